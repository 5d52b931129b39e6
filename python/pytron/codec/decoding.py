"""JSON and parts → Python values of the types that annotations name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import Any, Final

import msgspec

from pytron.codec.binary import BINARY_TYPES, TypedPart, as_ndarray

Record = msgspec.Struct
Raw = msgspec.Raw
UNSET: Final = msgspec.UNSET
UnsetType = msgspec.UnsetType


def decode(text: bytes | Raw) -> Any:
    """JSON as plain Python data.

    Raises:
        ValueError: it is not JSON.
    """
    return msgspec.json.decode(text)


def _dec_hook(kind: Any, value: Any) -> Any:
    """Types that msgspec does not know, made from plain data."""
    origin = getattr(kind, "__origin__", kind)
    if isinstance(origin, type):
        if issubclass(origin, PurePath):
            return origin(value)
        if origin.__module__ == "numpy" and origin.__name__ == "ndarray":
            return as_ndarray(value)
        validate = getattr(origin, "model_validate", None)
        if callable(validate):
            try:
                return validate(value)
            except ValueError as error:  # pydantic's own, with a line for each field
                raise ValueError(str(error)) from error
        if isinstance(value, origin):
            return value
    raise ValueError(f"Expected `{getattr(kind, '__name__', kind)}`, got `{type(value).__name__}`")


def decoder(kind: Any) -> Callable[[bytes | Raw], Any]:
    """A function that decodes JSON into this type, raising ValueError that says what is wrong."""
    return msgspec.json.Decoder(kind, dec_hook=_dec_hook).decode


def convert(value: object, kind: Any) -> Any:
    """Plain data (with binary in it) as this type.

    Raises:
        ValueError: it does not fit; the message says where and what was expected.
    """
    if kind is Any:
        return _loose(value)
    return msgspec.convert(
        value, kind, builtin_types=BINARY_TYPES, str_keys=True, dec_hook=_dec_hook
    )


def _loose(value: object) -> object:
    """Typed parts without an annotation become typed memoryviews."""
    if isinstance(value, TypedPart):
        return value.memory()
    if isinstance(value, dict):
        return {key: _loose(child) for key, child in value.items()}  # pyright: ignore
    if isinstance(value, list):
        return [_loose(child) for child in value]  # pyright: ignore
    return value


def record(name: str, fields: Sequence[Any], *, by_position: bool) -> type[Record]:
    """A record type for decoding arguments: an array or an object, strict about its members."""
    return msgspec.defstruct(
        name, fields, array_like=by_position, forbid_unknown_fields=True, kw_only=False
    )


def values(instance: Record) -> tuple[Any, ...]:
    """The members of a record, in order."""
    return msgspec.structs.astuple(instance)


def names(instance: Record) -> tuple[str, ...]:
    """The names of a record's members, in order."""
    return type(instance).__struct_fields__
