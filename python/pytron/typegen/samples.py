"""Values that fit a type of the contract, written as TypeScript."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from pytron.typegen.contract import (
    ELEMENTS,
    AnyOf,
    Array,
    Binary,
    Choice,
    Contract,
    Declaration,
    Field,
    Fixed,
    Map,
    Named,
    OneWay,
    Record,
    Scalar,
    Text,
    Type,
    Variable,
)
from pytron.typegen.tsnames import key
from pytron.typegen.tstypes import ARRAYS

_SCALARS: Final[Mapping[str, str]] = {
    "null": "null", "boolean": "false", "integer": "0", "number": "0", "any": "null",
    "unknown": "null", "never": "undefined as never", "file": "undefined as never",
}  # fmt: skip
_TEXTS: Final[Mapping[str, str]] = {
    "": "", "date-time": "2000-01-01T00:00:00Z", "date": "2000-01-01", "time": "00:00:00",
    "duration": "PT0S", "uuid": "00000000-0000-0000-0000-000000000000", "decimal": "0",
    "path": "/",
}  # fmt: skip


class Samples:
    """Makes sample values of what Python sends: the simplest ones, and defaults where known."""

    def __init__(self, contract: Contract) -> None:
        self._types = contract.types
        self._open: list[str] = []

    def of(self, type: Type, given: Mapping[str, Type] | None = None) -> str:
        """A value; `given` says what type parameters stand for."""
        given = given or {}
        if isinstance(type, Scalar):
            return _SCALARS[type.name]
        if isinstance(type, Text):
            return json.dumps(_TEXTS[type.format])
        if isinstance(type, Binary):
            return _binary(type)
        if isinstance(type, (Array, Map)):
            return "[]" if isinstance(type, Array) else "{}"
        if isinstance(type, Fixed):
            return f"[{', '.join(self.of(item, given) for item in type.items)}]"
        if isinstance(type, Choice):
            return json.dumps(type.values[0])
        if isinstance(type, AnyOf):
            return self.of(self._simplest(type.members), given)
        if isinstance(type, Named):
            return self._named(type, given)
        if isinstance(type, OneWay):
            return self.of(type.type, given)
        return self.of(given[type.name]) if type.name in given else "null"

    def _simplest(self, members: tuple[Type, ...]) -> Type:
        """A member that does not lead back to a type that is being made; null at best."""
        for member in members:
            if member == Scalar("null"):
                return member
        for member in members:
            if not (isinstance(member, Named) and member.id in self._open):
                return member
        return members[0]

    def _named(self, type: Named, given: Mapping[str, Type]) -> str:
        if type.id in self._open:  # a type that cannot be without itself has no value at all
            return "undefined as never"
        declared = self._types[type.id]
        arguments = [_filled(argument, given) for argument in type.arguments]
        inner = dict(zip(declared.parameters, arguments, strict=False))
        self._open.append(type.id)
        try:
            return self._declared(declared, inner)
        finally:
            self._open.pop()

    def _declared(self, declared: Declaration, given: Mapping[str, Type]) -> str:
        if not isinstance(declared, Record):
            return self.of(declared.type, given)
        fields = [
            f"{key(field.sent_as)}: {self._field_value(field, given)}"
            for field in declared.fields
            if field.sent_as is not None and not field.optional
        ]
        return f"{{ {', '.join(fields)} }}" if fields else "{}"

    def _field_value(self, field: Field, given: Mapping[str, Type]) -> str:
        # A default is in the form that Python accepts, which may be another one.
        if field.default is None or field.accepts is not None:
            return self.of(field.type, given)
        return json.dumps(field.default, ensure_ascii=False)


def _binary(type: Binary) -> str:
    if "bytes" in type.elements:
        return "new ArrayBuffer(0)"
    element = "float64" if type.elements == ELEMENTS else type.elements[0]
    return f"new {ARRAYS[element]}(0)"


def _filled(type: Type, given: Mapping[str, Type]) -> Type:
    """A type argument where it is itself a parameter of what is around it."""
    return given.get(type.name, type) if isinstance(type, Variable) else type
