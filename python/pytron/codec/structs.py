"""What a msgspec Struct says of its fields, for those who may not know msgspec."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec


class StructField(NamedTuple):
    """A field of a Struct; `key` is its name in JSON, `factory` makes its default if not None."""

    name: str
    key: str
    required: bool
    default: object
    factory: Callable[[], object] | None


def struct_fields(kind: type[Any]) -> list[StructField]:
    """The fields of a Struct, in order."""
    none = msgspec.NODEFAULT
    return [
        StructField(
            name=field.name,
            key=field.encode_name,
            required=field.required,
            default=None if field.default is none else field.default,
            factory=None if field.default_factory is none else field.default_factory,
        )
        for field in msgspec.structs.fields(kind)
    ]
