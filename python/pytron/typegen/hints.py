"""What annotations and classes tell of themselves, whichever library they are made with."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import sys
import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any, Final, Union

from pytron import codec
from pytron.codec.structs import struct_fields
from pytron.errors import ConfigError
from pytron.typegen.contract import ELEMENTS

_LIMITS: Final = ("ge", "gt", "le", "lt", "multiple_of", "min_length", "max_length", "pattern")
_WRAPPERS: Final = frozenset({"Required", "NotRequired", "ReadOnly", "Final", "ClassVar"})
#: Factories whose result is the same every time.
_PLAIN_FACTORIES: Final = frozenset({list, dict, set, frozenset, tuple, str, int, float, bool})

#: No default, or one that cannot be told.
UNTOLD: Final = object()


def resolved(thing: Any, name: str) -> dict[str, Any]:
    """The annotations of a class or function, with forward references resolved.

    Raises:
        ConfigError: an annotation names something that does not exist, or is no type.
    """
    try:
        return typing.get_type_hints(thing, include_extras=True)
    except NameError as error:
        raise ConfigError(
            f"an annotation of {name} cannot be resolved: {error}; import the name at run time, "
            "not only under TYPE_CHECKING"
        ) from error
    except TypeError as error:
        raise ConfigError(f"an annotation of {name} is no type: {error}") from error


def own_annotations(kind: type) -> set[str]:
    """Names that the class itself annotates, not its bases."""
    return set(inspect.get_annotations(kind))


def owner_of(kind: type, name: str) -> type:
    """The class among the bases whose annotation of this name counts."""
    for base in kind.__mro__:
        if name in own_annotations(base):
            return base
    return kind


def wrapper_of(hint: Any) -> str:
    """`Required`, `NotRequired` and the like; empty for any other annotation."""
    origin = typing.get_origin(hint)
    name = getattr(origin, "_name", None) or getattr(origin, "__name__", "")
    return name if name in _WRAPPERS else ""


def unwrapped(hint: Any) -> Any:
    """The annotation without `Required`, `Final` and the like."""
    while wrapper_of(hint):
        hint = typing.get_args(hint)[0]
    return hint


def is_union(hint: Any) -> bool:
    """Whether it is `A | B` or `Optional[A]`."""
    return typing.get_origin(hint) in (Union, types.UnionType)


def is_annotated(hint: Any) -> bool:
    """Whether it is `Annotated[…]`."""
    return hasattr(hint, "__metadata__") and hasattr(hint, "__origin__")


def is_of_numpy(thing: Any) -> bool:
    """Whether NumPy defines it."""
    return str(getattr(thing, "__module__", "")).partition(".")[0] == "numpy"


def is_type_statement(hint: Any) -> bool:
    """Whether it is what `type X = …` makes."""
    return type(hint).__name__ == "TypeAliasType"  # of typing, or of typing_extensions


def limits_of(metadata: tuple[Any, ...]) -> dict[str, int | float | str]:
    """Limits among what annotates a type: of msgspec's Meta, or of pydantic's fields."""
    found: dict[str, int | float | str] = {}
    for item in metadata:
        for name in _LIMITS:
            value = getattr(item, name, None)
            if isinstance(value, (int, float, str)):
                found[name] = value
    return found


def annotated(hint: Any) -> tuple[str, dict[str, int | float | str]]:
    """What `Annotated` adds to an annotation: a description, and limits that are enforced."""
    hint = unwrapped(hint)
    if not is_annotated(hint):
        members = (
            [m for m in typing.get_args(hint) if m is not type(None)] if is_union(hint) else []
        )
        return annotated(members[0]) if len(members) == 1 else ("", {})
    own = tuple(item for item in hint.__metadata__ if isinstance(item, codec.Limits))
    described = [item.description for item in own if item.description]
    return (described[0] if described else "", limits_of(own))


def own_docstring(kind: Any) -> str:
    """The class's docstring if somebody wrote it."""
    text = getattr(kind, "__dict__", {}).get("__doc__") or ""
    made = text.startswith(f"{kind.__name__}(") or text == "An enumeration."
    return "" if made or not isinstance(text, str) else text


def plain(value: Any) -> Any:
    """A default as JSON has it; UNTOLD when it has no such form."""
    try:
        encoded = codec.encode(value)
    except Exception:  # noqa: BLE001 - a user's class may raise anything; then nothing is told
        return UNTOLD
    return UNTOLD if encoded.parts else codec.decode(encoded.json)


def made_by(factory: Any) -> Any:
    """What a default factory makes, as JSON; UNTOLD unless it makes the same every time."""
    known = (typing.get_origin(factory) or factory) in _PLAIN_FACTORIES  # list[str] is list
    return plain(factory()) if known else UNTOLD


@dataclasses.dataclass(frozen=True)
class Member:
    """A field as its library describes it. `optional`: it may not be there when it is sent."""

    name: str
    key: str
    required: bool
    default: Any = UNTOLD
    optional: bool = False
    private: bool = False


def dataclass_members(kind: Any) -> Iterator[Member]:
    """The fields of a dataclass."""
    for field in dataclasses.fields(kind):
        default, required = UNTOLD, False
        if field.default is not dataclasses.MISSING:
            default = plain(field.default)
        elif field.default_factory is not dataclasses.MISSING:
            default = made_by(field.default_factory)
        else:
            required = True
        yield Member(field.name, field.name, required, default)


def attrs_members(kind: Any) -> Iterator[Member]:
    """The fields of an attrs class."""
    nothing = sys.modules["attr"].NOTHING
    for field in kind.__attrs_attrs__:
        required = field.default is nothing
        default = UNTOLD
        if not required:
            factory = getattr(field.default, "factory", None)
            default = plain(field.default) if factory is None else made_by(factory)
        private = field.name.startswith("_")
        yield Member(field.name, field.name, required, default, private=private)


def struct_members(kind: Any) -> Iterator[Member]:
    """The fields of a msgspec Struct."""
    omits = kind.__struct_config__.omit_defaults
    for field in struct_fields(kind):
        default = UNTOLD
        if field.factory is not None:
            default = made_by(field.factory)
        elif not field.required and field.default is not codec.UNSET:
            default = plain(field.default)
        optional = field.default is codec.UNSET or (omits and not field.required)
        yield Member(field.name, field.key, field.required, default, optional=optional)


def members_of(kind: Any) -> list[Member] | None:
    """The fields of a dataclass, an attrs class or a Struct; None for any other class."""
    if hasattr(kind, "__struct_config__"):
        return list(struct_members(kind))
    if hasattr(kind, "__attrs_attrs__"):
        return list(attrs_members(kind))
    if dataclasses.is_dataclass(kind):
        return list(dataclass_members(kind))
    return None


def is_enum(kind: Any) -> bool:
    """Whether it is an enumeration."""
    return isinstance(kind, type) and issubclass(kind, enum.Enum)


def is_named_tuple(kind: Any) -> bool:
    """Whether it is made by `NamedTuple` or `namedtuple`."""
    return isinstance(kind, type) and "_fields" in dir(kind) and tuple in kind.__mro__


def is_model(kind: Any) -> bool:
    """Whether it is a pydantic model."""
    return isinstance(kind, type) and hasattr(kind, "model_fields") and hasattr(kind, "model_dump")


def numpy_elements(wanted: Any) -> tuple[str, ...]:
    """Element types on the wire that an element type of NumPy allows: `numpy.floating` has two.

    `wanted` may also be a union of them, or Any.
    """
    numpy: Any = sys.modules["numpy"]
    if is_union(wanted):
        found = [e for member in typing.get_args(wanted) for e in numpy_elements(member)]
        return tuple(e for e in ELEMENTS if e in found)
    wanted = typing.get_origin(wanted) or wanted
    if not isinstance(wanted, type):
        return ELEMENTS
    found = [e for e in ELEMENTS if issubclass(getattr(numpy, e), wanted)]
    if not found and issubclass(wanted, numpy.number):  # long and long long are one type here
        dtype = numpy.dtype(wanted)
        found = [e for e in ELEMENTS if numpy.dtype(e) == dtype]
    return tuple(found)


def type_parameters(kind: Any) -> tuple[Any, ...]:
    """The type variables of a generic class or alias."""
    model: Mapping[str, Any] = getattr(kind, "__pydantic_generic_metadata__", {})
    if model:
        return tuple(model["parameters"])
    return tuple(getattr(kind, "__parameters__", ()) or getattr(kind, "__type_params__", ()))
