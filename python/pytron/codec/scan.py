"""What stands inside a value, level by level at C speed: binary, and what JSON would change.

msgspec alone would turn bytes into base64, NaN into null and odd keys into texts.
"""

from __future__ import annotations

import datetime
import enum
import math
import sys
import uuid
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import chain
from typing import Any, Final, cast

from pytron.codec.binary import BINARY_TYPES, TypedPart
from pytron.codec.depth import MAX_DEPTH

#: The largest integer that a page can hold exactly (ECMA-262, Number.MAX_SAFE_INTEGER).
MAX_SAFE_INTEGER: Final = 2**53 - 1

SCALARS: Final = frozenset({str, int, float, bool, type(None)})
_NUMBERS: Final = frozenset({int, float})
_TEXTS: Final = frozenset({str})
_NOTHING: Final = frozenset[type]()
_BINARY: Final = (*BINARY_TYPES, TypedPart)
#: From this level on, what stands in several places is looked at once: a value that contains
#: itself twice would be endless otherwise.
_SINGLE_FROM: Final = 8


def has_binary(value: object, seen: set[type]) -> bool:
    """Whether there may be bytes anywhere in the value; `seen` gets every type that is there.

    Raises:
        TypeError: a key of a mapping has no form in JSON.
        RecursionError: it is nested too deeply, or contains itself.
    """
    found = False
    if _is_flat(value, seen):
        return False
    for kind, members in _members(value, seen, _NOTHING):
        if issubclass(kind, dict):
            _check_keys(members)
        elif issubclass(kind, _BINARY):
            found = True
        else:
            _complete(cast("Any", kind), members)
    return found


def _is_flat(value: object, seen: set[type]) -> bool:
    """Whether it is a container of nothing but scalars, as most results are: a quick answer."""
    kind, members = type(value), cast("Any", value)
    if kind is dict:
        seen.update(map(type, members.values()))
        if seen <= SCALARS and set(map(type, members)) <= _TEXTS:
            seen.add(dict)
            return True
    elif kind is list:
        seen.update(map(type, members))
        if seen <= SCALARS:
            seen.add(list)
            return True
    return False


def is_inexact(value: object) -> bool:
    """Whether there is a number anywhere in the value that JSON or a page would change."""
    for kind, members in _members(value, set(), _NUMBERS):
        if kind is int:
            if max(members) > MAX_SAFE_INTEGER or min(members) < -MAX_SAFE_INTEGER:
                return True
        elif kind is float and not all(map(math.isfinite, members)):
            return True
    return False


def _members(
    value: object, seen: set[type], scalars: frozenset[type]
) -> Iterator[tuple[type, list[Any]]]:
    """The values of each level by their types; of scalars only the wanted ones."""
    level: list[Any] = [value]
    for depth in range(MAX_DEPTH + 1):
        kinds = set(map(type, level))
        seen |= kinds
        below: list[Iterable[Any]] = []
        for kind in kinds - SCALARS | kinds & scalars:
            members = level if len(kinds) == 1 else [v for v in level if type(v) is kind]
            yield kind, members
            if kind in SCALARS:
                continue
            if depth >= _SINGLE_FROM:
                members = list({id(member): member for member in members}.values())
            inside = _inside(kind, members)
            if inside is not None:
                below.append(inside)
        if not below:
            return
        level = list(chain.from_iterable(below))
    raise RecursionError


def _inside(kind: type[Any], members: list[Any]) -> Iterable[Any] | None:
    """What stands inside these values, all of one type; None when nothing can."""
    if issubclass(kind, dict):
        return chain.from_iterable(map(cast("Any", kind).values, members))
    if issubclass(kind, (list, tuple, set, frozenset)):
        return chain.from_iterable(members)
    if issubclass(kind, enum.Enum):
        return [member.value for member in members]
    fields = fields_of(cast("Any", kind))
    if fields:
        return [getattr(member, name, None) for member in members for name in fields]
    return None


def _complete(kind: type[Any], members: list[Any]) -> None:
    """Give objects the defaults that are only in their class, which msgspec would leave out.

    It makes such objects itself, of what a page sent without these fields.
    """
    fields: Any = getattr(kind, "__dataclass_fields__", None)
    defaults = _class_defaults(kind) if fields else None
    if defaults:
        count = len(fields)
        for member in members:
            own = member.__dict__
            if len(own) < count:
                own.update({name: v for name, v in defaults.items() if name not in own})


@cache
def _class_defaults(kind: type[Any]) -> Mapping[str, object]:
    """Defaults of a dataclass whose objects have a `__dict__`."""
    if not kind.__dictoffset__:
        return {}
    library: Any = sys.modules["dataclasses"]  # heavy to import, and here since there is one
    return {f.name: f.default for f in library.fields(kind) if f.default is not library.MISSING}


def fields_of(kind: type[Any]) -> Iterable[str]:
    """Names of the fields of a Struct, dataclass or attrs class; none for any other."""
    fields: Any = getattr(kind, "__struct_fields__", None)
    if fields is None:
        fields = getattr(kind, "__dataclass_fields__", None)
    if fields is None:
        fields = [field.name for field in getattr(kind, "__attrs_attrs__", ())]
    return fields


def _check_keys(members: list[dict[Any, Any]]) -> None:
    kinds = set(map(type, chain.from_iterable(members)))
    if not kinds or kinds == {str}:
        return
    for mapping in members:
        problem = key_problem(mapping)
        if problem is not None:
            raise TypeError(problem)


def key_problem(mapping: Iterable[object]) -> str | None:
    """Why the keys of a mapping have no form in JSON, or None."""
    written: set[str] = set()
    for key in mapping:
        text = written_key(key)
        if text is None:
            return f"the key {key!r} is a {type(key).__name__}; make it a str"
        if text in written:
            return f"two keys are both written {text!r}; make them differ as str"
        written.add(text)
    return None


def written_key(key: object) -> str | None:
    """A key of a mapping as it stands in JSON; None when it must not."""
    if isinstance(key, enum.Enum):
        return written_key(key.value)
    if isinstance(key, (datetime.date, uuid.UUID)) or type(key) is int:
        return str(key)
    return key if isinstance(key, str) else None


def leaf_problem(value: object) -> str | None:
    """What JSON or a page would change in a single value, or None."""
    if isinstance(value, str):
        if not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError:
                return "the text has half a surrogate pair; decode it with errors='replace'"
    elif isinstance(value, int):
        if not -MAX_SAFE_INTEGER <= value <= MAX_SAFE_INTEGER:
            return f"the integer {value} is past 2^53, which a page cannot hold exactly; send a str"
    elif isinstance(value, float):
        if not math.isfinite(value):
            return f"{value} has no form in JSON; send None or a str"
    elif isinstance(value, enum.Enum):
        return leaf_problem(value.value)
    return None
