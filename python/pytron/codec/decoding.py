"""JSON and parts → Python values of the types that annotations name."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import Any, Final, TypeGuard

import msgspec

from pytron.codec.binary import BINARY_TYPES, as_ndarray

Record = msgspec.Struct
Raw = msgspec.Raw
Limits = msgspec.Meta
UNSET: Final = msgspec.UNSET
UnsetType = msgspec.UnsetType
_NDARRAY: Final = ("numpy", "ndarray")


def decode(text: bytes | Raw) -> Any:
    """JSON as plain Python data.

    Raises:
        ValueError: it is not JSON.
    """
    return msgspec.json.decode(text)


def _dec_hook(kind: Any, value: Any) -> Any:
    """Types that msgspec does not know, made from plain data."""
    origin: object = getattr(kind, "__origin__", kind)
    if _is_class(origin):
        if issubclass(origin, PurePath):
            return origin(value)
        if (origin.__module__, origin.__name__) == _NDARRAY:
            return as_ndarray(value, _element_type(kind))
        validate = getattr(origin, "model_validate", None)
        if callable(validate):  # pydantic, whose error is a ValueError with a line for each field
            return validate(value)
        if isinstance(value, origin):
            return value
    raise ValueError(f"Expected `{getattr(kind, '__name__', kind)}`, got `{type(value).__name__}`")


def _is_class(kind: object) -> TypeGuard[type[Any]]:
    return isinstance(kind, type)


def _element_type(kind: Any) -> type | None:
    """The scalar type in `NDArray[numpy.float64]`, None where it is open."""
    try:
        element = kind.__args__[1].__args__[0]
    except (AttributeError, IndexError):
        return None
    return element if isinstance(element, type) and element.__module__ == "numpy" else None


def mentions_binary(kinds: Sequence[Any]) -> bool:
    """Whether binary may be wanted anywhere in these types."""
    known: dict[int, Any] = {}  # kept, so that no other kind gets the same id
    waiting = list(kinds)
    while waiting:
        kind = waiting.pop()
        if id(kind) in known:
            continue
        known[id(kind)] = kind
        if _is_class(kind) and (
            issubclass(kind, BINARY_TYPES) or (kind.__module__, kind.__name__) == _NDARRAY
        ):
            return True
        waiting += typing.get_args(kind)
        origin = typing.get_origin(kind)
        if origin is not None:
            waiting.append(origin)
        elif _is_class(kind) and getattr(kind, "__annotations__", None):
            try:
                waiting += typing.get_type_hints(kind, include_extras=True).values()
            except (NameError, TypeError):
                return True  # not to be seen into: the careful way is right for all
        elif hasattr(kind, "__value__"):  # a `type` statement
            waiting.append(kind.__value__)
        elif hasattr(kind, "__supertype__"):  # NewType
            waiting.append(kind.__supertype__)
    return False


def decoder(kind: Any) -> Callable[[bytes | Raw], Any]:
    """A function that decodes JSON into this type, raising ValueError that says what is wrong."""
    return msgspec.json.Decoder(kind, dec_hook=_dec_hook).decode


def convert(value: object, kind: Any) -> Any:
    """Plain data (with binary in it) as this type.

    Raises:
        ValueError: it does not fit; the message says where and what was expected.
    """
    return msgspec.convert(
        value, kind, builtin_types=BINARY_TYPES, str_keys=True, dec_hook=_dec_hook
    )


def record(name: str, fields: Sequence[Any], *, by_position: bool) -> type[Record]:
    """A record type for decoding arguments: an array or an object, strict about its members."""
    opened = [(member[0], _opened(member[1]), *member[2:]) for member in fields]
    return msgspec.defstruct(
        name, opened, array_like=by_position, forbid_unknown_fields=True, kw_only=False
    )


def _opened(kind: Any) -> Any:
    """The annotation with Any for `object`: the same values, but msgspec asks for none of them.

    It takes `object` for a class of the user's, which costs a call for each value.
    """
    if kind is object:
        return Any
    arguments = typing.get_args(kind)
    opened = tuple(map(_opened, arguments))
    if opened == arguments or any(argument is Ellipsis for argument in opened[:1]):
        return kind
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        return typing.Union[opened]  # noqa: UP007 - made from a tuple
    if typing.get_origin(kind) is typing.Annotated:
        return typing.Annotated[(_opened(arguments[0]), *arguments[1:])]
    origin: Any = typing.get_origin(kind)
    return kind if origin in (typing.Literal, None) else origin[opened]


def sequence(kinds: Sequence[Any]) -> Callable[[bytes | Raw], tuple[Any, ...]]:
    """A function that decodes a JSON array of exactly these types, raising ValueError."""
    opened = tuple(map(_opened, kinds))
    return decoder(tuple[opened])  # type: ignore[valid-type] - made at run time


def values(instance: Record) -> tuple[Any, ...]:
    """The members of a record, in order."""
    return msgspec.structs.astuple(instance)


def fields(instance: Record) -> dict[str, Any]:
    """The members of a record by name, with its tag."""
    found: dict[str, Any] = msgspec.structs.asdict(instance)
    config = type(instance).__struct_config__
    if config.tag_field is not None:
        found[config.tag_field] = config.tag
    return found


def names(instance: Record) -> tuple[str, ...]:
    """The names of a record's members, in order."""
    return type(instance).__struct_fields__
