"""Types of the contract as TypeScript, in the two directions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Final

from pytron.typegen.contract import (
    ELEMENTS,
    FILE,
    Alias,
    AnyOf,
    Array,
    Binary,
    Choice,
    Contract,
    Declaration,
    Fixed,
    Map,
    Named,
    OneWay,
    Record,
    Scalar,
    Text,
    Type,
    inside,
    sent_inside,
)
from pytron.typegen.tsnames import input_names, parameter, quoted, type_names

_SCALARS: Final[Mapping[str, str]] = {
    "null": "null", "boolean": "boolean", "integer": "number", "number": "number",
    "any": "any", "unknown": "unknown", "never": "never", "file": "Blob",
}  # fmt: skip
#: Texts with a form: their name, and what it says.
FORMATS: Final[Mapping[str, tuple[str, str]]] = {
    "date-time": ("DateTime", 'A point in time as RFC 3339 has it: "2024-05-01T12:00:00Z".'),
    "date": ("DateOnly", 'A day: "2024-05-01".'),
    "time": ("TimeOnly", 'A time of day: "12:00:00".'),
    "duration": ("Duration", 'A length of time as ISO 8601 has it: "PT1H30M".'),
    "uuid": ("Uuid", 'A UUID: "123e4567-e89b-12d3-a456-426614174000".'),
    "decimal": ("DecimalText", 'A decimal number, exactly: "12.30".'),
    "path": ("FilePath", "A path of a file or folder on the machine that Python runs on."),
}
#: The typed array of each element type.
ARRAYS: Final[Mapping[str, str]] = {
    "int8": "Int8Array", "uint8": "Uint8Array", "int16": "Int16Array", "uint16": "Uint16Array",
    "int32": "Int32Array", "uint32": "Uint32Array", "int64": "BigInt64Array",
    "uint64": "BigUint64Array", "float32": "Float32Array", "float64": "Float64Array",
}  # fmt: skip
#: Names that the file declares if it uses them, and how; in the order in which they stand there.
EXTRAS: Final[Mapping[str, tuple[str, str]]] = {
    **{name: (doc, f"export type {name} = string;") for name, doc in FORMATS.values()},
    "TypedArray": (
        "An array of numbers of any type.",
        "export type TypedArray =\n" + "\n".join(f"  | {a}" for a in ARRAYS.values()) + ";",
    ),
    "NdArray": (
        "An array of NumPy. One of more than one dimension has a `shape`; its rows stand one after"
        " the other.",
        "export type NdArray<T> = T & { readonly shape?: readonly number[] };",
    ),
    "Numbers": (
        "Numbers that become an array of NumPy; nested for more dimensions.",
        "export type Numbers = readonly (number | Numbers)[];",
    ),
}


class Printer:
    """Prints types: what Python sends, and what it accepts.

    Attributes:
        used: names among EXTRAS that have been printed.
        wanted: declared types that have been printed, as (id, accepted).
    """

    def __init__(self, contract: Contract) -> None:
        self._types = contract.types
        self._names = type_names(contract.types)
        self._differing = _differing(contract.types)
        self._input_names = input_names(self._names, self._differing)
        self.used: set[str] = set()
        self.wanted: set[tuple[str, bool]] = set()

    def name_of(self, identity: str, *, accepted: bool) -> str:
        """The name of a declared type in one direction."""
        accepted = accepted and identity in self._differing
        self.wanted.add((identity, accepted))
        return (self._input_names if accepted else self._names)[identity]

    def sent(self, type: Type) -> str:
        """What a page gets."""
        return self.print(type, accepted=False)

    def accepted(self, type: Type) -> str:
        """What a page may send."""
        return self.print(type, accepted=True)

    def result(self, type: Type) -> str:
        """What a promise of this type resolves to."""
        return "void" if type == Scalar("null") else self.sent(type)

    def print(self, type: Type, *, accepted: bool) -> str:
        """A type in one direction."""
        if isinstance(type, Scalar):
            return "never" if type == FILE and not accepted else _SCALARS[type.name]
        if isinstance(type, Text):
            return self._text(type, accepted)
        if isinstance(type, Binary):
            return self._accepted_binary(type) if accepted else self._sent_binary(type)
        if isinstance(type, Array):
            return f"{'readonly ' if accepted else ''}{self._item(type.items, accepted)}[]"
        if isinstance(type, Fixed):
            return self._fixed(type, accepted)
        if isinstance(type, Map):
            return self._map(type, accepted)
        if isinstance(type, Choice):
            return " | ".join(dict.fromkeys(literal(value) for value in type.values))
        if isinstance(type, AnyOf):
            return self._union(type.members, accepted)
        if isinstance(type, Named):
            name = self.name_of(type.id, accepted=accepted)
            given = ", ".join(self.print(t, accepted=accepted) for t in type.arguments)
            return f"{name}<{given}>" if given else name
        if isinstance(type, OneWay):
            return "never" if accepted else self.sent(type.type)
        return type.name

    def _extra(self, name: str) -> str:
        self.used.add(name)
        return name

    def _text(self, type: Text, accepted: bool) -> str:
        if not type.format:
            return "string"
        name = self._extra(FORMATS[type.format][0])
        return f"{name} | Date" if accepted and type.format == "date-time" else name

    def _sent_binary(self, type: Binary) -> str:
        numbers = [element for element in type.elements if element != "bytes"]
        if numbers == list(ELEMENTS):
            arrays = self._extra("TypedArray")
        else:
            arrays = " | ".join(ARRAYS[element] for element in numbers)
        members = [f"{self._extra('NdArray')}<{arrays}>"] if arrays else []
        return " | ".join(["ArrayBuffer"] * ("bytes" in type.elements) + members)

    def _accepted_binary(self, type: Binary) -> str:
        if "bytes" in type.elements:
            return "ArrayBuffer | ArrayBufferView"
        clamped = " | Uint8ClampedArray" if "uint8" in type.elements else ""
        return f"{self._sent_binary(type)}{clamped} | {self._extra('Numbers')}"

    def _item(self, type: Type, accepted: bool) -> str:
        """A type where `[]` follows."""
        text = self.print(type, accepted=accepted)
        return f"({text})" if " | " in text or text.startswith("readonly ") else text

    def _fixed(self, type: Fixed, accepted: bool) -> str:
        items = [self.print(item, accepted=accepted) for item in type.items]
        marks = ["?" if accepted and i >= type.required else "" for i in range(len(items))]
        if type.names:
            named = zip(type.names, marks, items, strict=True)
            items = [f"{parameter(name)}{mark}: {item}" for name, mark, item in named]
        return f"{'readonly ' if accepted else ''}[{', '.join(items)}]"

    def _map(self, type: Map, accepted: bool) -> str:
        values = self.print(type.values, accepted=accepted)
        keys = _key_type(type.keys, self._types)
        if keys is None:
            printed = self.print(type.keys, accepted=accepted)
            return f"Partial<Record<{printed}, {values}>>"
        return f"{{ [key: {keys}]: {values} }}"

    def _union(self, members: Iterable[Type], accepted: bool) -> str:
        texts = list(dict.fromkeys(self._member(member, accepted) for member in members))
        for all_of_it in ("any", "unknown"):
            if all_of_it in texts:
                return all_of_it
        texts = [text for text in texts if text != "never"] or ["never"]
        if "null" in texts:  # where a reader looks for it
            texts.append(texts.pop(texts.index("null")))
        return " | ".join(texts)

    def _member(self, type: Type, accepted: bool) -> str:
        text = self.print(type, accepted=accepted)
        return f"({text})" if text.startswith("readonly ") and " | " in text else text


def literal(value: str | int | bool | None) -> str:
    """A value as a type of its own."""
    return quoted(value) if isinstance(value, str) else json.dumps(value)


def _key_type(type: Type, types: Mapping[str, Declaration]) -> str | None:
    """What an index signature says of keys; None when only certain keys are possible."""
    if isinstance(type, Scalar) and type.name in ("integer", "number"):
        return "number"
    if isinstance(type, Choice):
        return None
    if isinstance(type, AnyOf):
        found = {_key_type(member, types) for member in type.members}
        return None if found == {None} else "number" if found == {"number"} else "string"
    if isinstance(type, Named):
        declared = types[type.id]
        return _key_type(declared.type, types) if isinstance(declared, Alias) else "string"
    return _key_type(type.type, types) if isinstance(type, OneWay) else "string"


def _differing(types: Mapping[str, Declaration]) -> set[str]:
    """Declared types of which Python accepts something else than it sends."""
    found = {identity for identity, declared in types.items() if _differs_itself(declared)}
    while True:
        more = {
            identity
            for identity, declared in types.items()
            if identity not in found
            and any(_differs(type, found) for type in sent_inside(declared))
        }
        if not more:
            return found
        found |= more


def _differs_itself(declared: Declaration) -> bool:
    if isinstance(declared, Record):
        return any(
            field.sent_as != field.accepted_as
            or field.optional == field.required
            or field.accepts is not None
            for field in declared.fields
        )
    return False


def _differs(type: Type, found: set[str]) -> bool:
    if isinstance(type, (Binary, OneWay)) or type in (Text("date-time"), FILE):
        return True
    if isinstance(type, Fixed) and type.required < len(type.items):
        return True
    if isinstance(type, Named) and type.id in found:
        return True
    return any(_differs(inner, found) for inner in inside(type))
