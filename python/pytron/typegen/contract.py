"""The contract of an app, in no language: its functions, events, state and the types they use.

A type says what stands in the JSON. Where what Python sends and what it accepts differ (a field
with a default need not be given, but is always sent), the fields of a record say both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

#: The version of this description, for those who read it as JSON.
VERSION = 1

ScalarName = Literal[
    "null", "boolean", "integer", "number", "any", "unknown", "never", "file"
]  # `any` is Python's Any: nothing is checked; `unknown` is object: anything; pages send a `file`
Format = Literal["", "date-time", "date", "time", "duration", "uuid", "decimal", "path"]
#: Element types of binary arrays, as spec/ipc.md names them; NumPy has all of these.
ELEMENTS: Final = (
    *("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"),
    *("float32", "float64"),
)
Limits = Mapping[str, int | float | str]


@dataclass(frozen=True)
class Scalar:
    """A value without parts that is no text."""

    name: ScalarName
    kind: Literal["scalar"] = "scalar"


@dataclass(frozen=True)
class Text:
    """A string; the format says how it is written."""

    format: Format = ""
    kind: Literal["text"] = "text"


@dataclass(frozen=True)
class Binary:
    """Bytes, or an array of numbers with these element types (spec/ipc.md, "bin")."""

    elements: tuple[str, ...] = ("bytes",)
    kind: Literal["binary"] = "binary"


@dataclass(frozen=True)
class Array:
    """Any number of items."""

    items: Type
    kind: Literal["array"] = "array"


@dataclass(frozen=True)
class Fixed:
    """An array whose places have types of their own; those after `required` may be left out."""

    items: tuple[Type, ...]
    names: tuple[str, ...] = ()
    required: int = 0
    kind: Literal["fixed"] = "fixed"


@dataclass(frozen=True)
class Map:
    """An object with any keys. In JSON keys are text, also those of numbers."""

    keys: Type
    values: Type
    kind: Literal["map"] = "map"


@dataclass(frozen=True)
class Choice:
    """One of these very values."""

    values: tuple[str | int | bool | None, ...]
    kind: Literal["choice"] = "choice"


@dataclass(frozen=True)
class AnyOf:
    """A value of one of these types."""

    members: tuple[Type, ...]
    kind: Literal["anyOf"] = "anyOf"


@dataclass(frozen=True)
class Named:
    """A type that is declared once, by its id, with arguments if it is generic."""

    id: str
    arguments: tuple[Type, ...] = ()
    kind: Literal["named"] = "named"


@dataclass(frozen=True)
class Variable:
    """A parameter of the generic type that it stands in."""

    name: str
    kind: Literal["variable"] = "variable"


@dataclass(frozen=True)
class OneWay:
    """What Python can send, but cannot make of what a page sends."""

    type: Type
    python: str
    kind: Literal["oneWay"] = "oneWay"


Type = Scalar | Text | Binary | Array | Fixed | Map | Choice | AnyOf | Named | Variable | OneWay

NULL = Scalar("null")
ANY = Scalar("any")
FILE = Scalar("file")


@dataclass(frozen=True)
class Field:
    """A member of a record.

    Attributes:
        name: its name in Python.
        sent_as: its key in what Python sends; None when it is never sent.
        accepted_as: its key in what Python accepts; None when it is not looked at.
        optional: it may be missing in what Python sends.
        required: it must not be missing in what Python accepts.
        accepts: the type that Python accepts, where it is not the type that it sends.
        default: what Python takes when it is missing, as JSON; absent (`has_default`) if unknown.
    """

    name: str
    type: Type
    sent_as: str | None
    accepted_as: str | None
    optional: bool = False
    required: bool = True
    accepts: Type | None = None
    doc: str = ""
    limits: Limits = field(default_factory=dict[str, int | float | str])
    default: object = None
    has_default: bool = False


@dataclass(frozen=True)
class Record:
    """An object with known keys.

    Attributes:
        extra: the type of values under other keys; None when there are none.
    """

    id: str
    name: str
    module: str
    doc: str
    parameters: tuple[str, ...]
    fields: tuple[Field, ...]
    extra: Type | None = None
    kind: Literal["record"] = "record"


@dataclass(frozen=True)
class Alias:
    """A name for another type: an enum, a NewType, a `type` statement, a named tuple."""

    id: str
    name: str
    module: str
    doc: str
    parameters: tuple[str, ...]
    type: Type
    kind: Literal["alias"] = "alias"


Declaration = Record | Alias


@dataclass(frozen=True)
class Parameter:
    """What a function takes. `by` says how it can be given; `rest` takes any number."""

    name: str
    type: Type
    by: Literal["both", "position", "name", "rest"]
    required: bool
    doc: str = ""
    limits: Limits = field(default_factory=dict[str, int | float | str])
    default: object = None
    has_default: bool = False


@dataclass(frozen=True)
class Failure:
    """An error that a function declares in the `Raises:` of its docstring."""

    name: str
    code: str
    doc: str


@dataclass(frozen=True)
class Function:
    """An exposed function; of a stream, `result` is the type of one item."""

    name: str
    doc: str
    parameters: tuple[Parameter, ...]
    result: Type
    stream: bool
    returns: str = ""
    raises: tuple[Failure, ...] = ()


@dataclass(frozen=True)
class Event:
    """A declared event and its data."""

    name: str
    type: Type
    doc: str = ""


@dataclass(frozen=True)
class State:
    """The typed state: its type, and what it is at the start, as JSON; None if there is binary."""

    type: Type
    initial: object = None


@dataclass(frozen=True)
class Contract:
    """All that a page can know of an app."""

    app: str
    functions: Sequence[Function]
    events: Sequence[Event]
    state: State | None
    types: Mapping[str, Declaration]
    version: int = VERSION


def inside(type: Type) -> tuple[Type, ...]:
    """The types that stand directly in a type, as it is written."""
    if isinstance(type, Array):
        return (type.items,)
    if isinstance(type, Fixed):
        return type.items
    if isinstance(type, Map):
        return (type.keys, type.values)
    if isinstance(type, AnyOf):
        return type.members
    if isinstance(type, Named):
        return type.arguments
    return (type.type,) if isinstance(type, OneWay) else ()


def sent_inside(declared: Declaration) -> list[Type]:
    """The types of what Python sends in a declared type."""
    if isinstance(declared, Alias):
        return [declared.type]
    return [field.type for field in declared.fields if field.sent_as is not None]


def accepted_inside(declared: Declaration) -> list[Type]:
    """The types of what Python accepts in a declared type."""
    if isinstance(declared, Alias):
        return [declared.type]
    fields = [field for field in declared.fields if field.accepted_as is not None]
    return [field.accepts or field.type for field in fields]
