"""What the state can hold, and plain copies of it.

Containers (list, dict, record) become nodes; everything else is a leaf. A leaf is never tracked
inside: bytes and arrays are replaced as a whole.
"""

from __future__ import annotations

import datetime
import decimal
import enum
import math
import pathlib
import uuid
from collections.abc import Callable
from typing import Any, Final, cast

from pytron.state.arrays import NotNumbers, hold_array
from pytron.state.links import is_dict, is_list
from pytron.state.records import shape_of

#: Past this, JavaScript can't tell neighbouring integers apart.
MAX_INTEGER: Final = 2**53 - 1

#: Levels of containers. The wire allows 128, of which a message itself needs a few.
MAX_DEPTH: Final = 100


def check_int(value: int) -> str | None:
    """Say why an integer can't be held, or None."""
    if -MAX_INTEGER <= value <= MAX_INTEGER:
        return None
    return "an integer outside ±(2^53 - 1), which pages can't hold: use a str"


def check_float(value: float) -> str | None:
    """Say why a float can't be held, or None."""
    return None if math.isfinite(value) else f"{value}, which JSON has no word for: use None"


def check_str(value: str) -> str | None:
    """Say why a string can't be held, or None."""
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            return "a string with a lone surrogate: decode it with errors='replace'"
    return None


#: Types whose values are held as they are, with the check that they need.
SCALARS: Final[dict[type, Callable[[Any], str | None] | None]] = {
    type(None): None,
    bool: None,
    int: check_int,
    float: check_float,
    str: check_str,
    bytes: None,
    datetime.datetime: None,
    datetime.date: None,
    datetime.time: None,
    datetime.timedelta: None,
    decimal.Decimal: None,
    uuid.UUID: None,
}


class Refused(Exception):
    """A value that the state can't hold; the message says what it is and the remedy."""


def hold_leaf(value: object) -> object:
    """Give the leaf to keep for `value`: itself when immutable, else a copy.

    Raises:
        Refused: it is nothing that pages could see.
    """
    kind = type(value)
    if kind in SCALARS:
        check = SCALARS[kind]
        if check is not None and (why := check(value)) is not None:
            raise Refused(why)
        return value
    if isinstance(value, enum.Enum):
        hold_leaf(value.value)
        return value
    if isinstance(value, pathlib.PurePath):
        return value
    if isinstance(value, tuple):
        return _hold_tuple(cast("tuple[object, ...]", value))
    if getattr(kind, "__module__", "") == "numpy" and not hasattr(value, "__len__"):
        return hold_leaf(cast("Any", value).item())  # a NumPy scalar is a number, a text or a date
    for base in (bool, int, float, str, bytes):
        if isinstance(value, base):
            return hold_leaf(base(cast("Any", value)))
    if isinstance(value, uuid.UUID):
        return value
    try:
        array = hold_array(value)
    except NotNumbers as why:
        raise Refused(f"{why}: convert it to a number type that pages know") from None
    if array is None:
        raise Refused(_complaint(value))
    return array


def _hold_tuple(value: tuple[object, ...]) -> object:
    held: list[object] = []
    for item in value:
        if is_list(item) or is_dict(item) or shape_of(item) is not None:
            raise Refused(
                f"a tuple with a {_name(item)} in it, whose changes nobody would see: use a list"
            )
        held.append(hold_leaf(item))
    if all(one is other for one, other in zip(held, value, strict=True)):
        return value
    make = getattr(value, "_make", None)  # a named tuple
    return make(held) if make is not None else tuple(held)


def _type(value: object) -> type[object]:
    return type(value)


def _name(value: object) -> str:
    return type(value).__name__


def _complaint(value: object) -> str:
    name = f"a {_name(value)}"
    if isinstance(value, set | frozenset):
        return f"{name}: use a list, or a dict with the members as keys"
    if is_dict(value):
        return f"{name}, whose special behaviour would be lost: use a plain dict"
    if hasattr(value, "__pydantic_fields__"):
        return f"{name}, a pydantic model: use a dataclass, or its model_dump()"
    if callable(value):
        return f"{name}: keep functions and classes outside the state"
    return f"{name}: use a dataclass, dict, list, str, number, bool or None"


def plain(value: Any) -> Any:
    """Give a copy as plain data: dicts, lists and leaves, with the names that pages see."""
    if type(value) in SCALARS:
        return value
    if is_list(value):
        items = value
        return [item if type(item) in SCALARS else plain(item) for item in items]
    if is_dict(value):
        pairs = value.items()
        return {key: item if type(item) in SCALARS else plain(item) for key, item in pairs}
    if isinstance(value, tuple):
        return [plain(item) for item in cast("tuple[Any, ...]", value)]
    shape = shape_of(value)
    if shape is not None:
        made = {} if shape.tag is None else dict((shape.tag,))
        for key, item in shape.items(value):
            made[key] = item if type(item) in SCALARS else plain(item)
        return made
    dump = getattr(_type(value), "__pytron_plain__", None)  # the attribute view of an untyped state
    return value if dump is None else dump(value)


def same_leaf(one: object, other: object) -> bool:
    """Tell whether two values are one and the same for every reader. False for containers."""
    kind = type(one)
    if kind is not type(other) or kind not in SCALARS:
        return False
    if one != other:
        return False
    return kind is not float or math.copysign(1, cast("float", one)) == math.copysign(
        1, cast("float", other)
    )
