"""Annotations → types of the contract."""

from __future__ import annotations

import collections.abc
import datetime
import decimal
import enum
import pathlib
import typing
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, cast

from pytron import codec
from pytron.dispatcher import Upload
from pytron.typegen import hints
from pytron.typegen.contract import (
    ANY,
    ELEMENTS,
    FILE,
    NULL,
    Alias,
    AnyOf,
    Array,
    Binary,
    Choice,
    Declaration,
    Fixed,
    Map,
    Named,
    OneWay,
    Scalar,
    Text,
    Type,
    Variable,
)
from pytron.typegen.records import Scope, declaration_of

_UNKNOWN: Final = Scalar("unknown")
_KNOWN: Final[Mapping[Any, Type]] = {
    Any: ANY,
    object: _UNKNOWN,
    None: NULL,
    type(None): NULL,
    bool: Scalar("boolean"),
    int: Scalar("integer"),
    float: Scalar("number"),
    str: Text(),
    bytes: Binary(),
    bytearray: Binary(),
    memoryview: Binary(("bytes", *ELEMENTS)),
    Upload: FILE,
    datetime.datetime: Text("date-time"),
    datetime.date: Text("date"),
    datetime.time: Text("time"),
    datetime.timedelta: Text("duration"),
    uuid.UUID: Text("uuid"),
    decimal.Decimal: Text("decimal"),
}
_ARRAYS: Final = frozenset(
    {list, set, frozenset, collections.abc.Sequence, collections.abc.MutableSequence,
     collections.abc.Set, collections.abc.MutableSet, collections.abc.Collection,
     collections.abc.Iterable}
)  # fmt: skip
_MAPS: Final = frozenset(
    {dict, collections.abc.Mapping, collections.abc.MutableMapping}
)  # fmt: skip


class Reader:
    """Reads annotations, and declares each named type that it meets once.

    Attributes:
        types: the declarations by id.
        problems: what has no form between Python and a page, and where it stands.
        place: where the annotation that is read now stands, for `problems`.
    """

    def __init__(self) -> None:
        self.types: dict[str, Declaration] = {}
        self.problems: list[str] = []
        self.place = ""
        self._ids: dict[int, str] = {}
        self._kept: list[Any] = []  # so that no id() is used twice
        self._scope: Scope = {}

    def read(self, hint: Any) -> Type:
        """The type that an annotation means."""
        hint = hints.unwrapped(hint)
        if hints.is_annotated(hint):
            return self.read(hint.__origin__)
        try:
            known = _KNOWN.get(hint)
        except TypeError:  # a Literal of something unhashable, and the like
            known = None
        if known is not None:
            return known
        if hint is typing.NoReturn or hint is getattr(typing, "Never", typing.NoReturn):
            return Scalar("never")
        if hint is getattr(typing, "LiteralString", None):
            return OneWay(Text(), "LiteralString")
        if isinstance(hint, typing.TypeVar):
            return self._variable(hint)
        if hints.is_union(hint):
            return self._union(typing.get_args(hint))
        if typing.get_origin(hint) is typing.Literal:
            return self._literal(typing.get_args(hint))
        if hasattr(hint, "__supertype__") or hints.is_type_statement(hint):
            return self._alias(hint, ())
        origin = typing.get_origin(hint)
        if origin is not None:
            return self._generic(hint, origin, typing.get_args(hint))
        return self._class(hint) if isinstance(hint, type) else self.refuse(hint)

    def read_in(self, hint: Any, scope: Scope) -> Type:
        """The same where these type variables mean these types."""
        before, self._scope = self._scope, scope
        try:
            return self.read(hint)
        finally:
            self._scope = before

    def refuse(self, hint: Any) -> Type:
        """Note that this has no form in JSON."""
        name = hint.__qualname__ if isinstance(hint, type) else str(hint)
        self.problems.append(
            f"{self.place}: {name} has no form in JSON; use plain data, a dataclass or bytes"
        )
        return _UNKNOWN

    # --- what is not a class ------------------------------------------------------------------

    def _variable(self, variable: Any) -> Type:
        if variable in self._scope:
            return self._scope[variable]
        if variable.__constraints__:
            return self._union(variable.__constraints__)
        return ANY if variable.__bound__ is None else self.read(variable.__bound__)

    def _union(self, members: Sequence[Any]) -> Type:
        found: list[Type] = []
        for member in members:
            if member is codec.UnsetType:
                continue
            read = self.read(member)
            found.extend(read.members if isinstance(read, AnyOf) else [read])
        unique = tuple(dict.fromkeys(found))
        return unique[0] if len(unique) == 1 else AnyOf(unique)

    def _literal(self, values: Sequence[Any]) -> Type:
        found: list[str | int | bool | None] = []
        for value in values:
            bare = value.value if isinstance(value, enum.Enum) else value
            if bare is not None and not isinstance(bare, (str, int)):
                return self.refuse(typing.Literal[value])
            found.append(bare)
        return Choice(tuple(found))

    def _alias(self, alias: Any, arguments: Sequence[Any]) -> Type:
        """A NewType or a `type` statement."""
        given = tuple(self.read(argument) for argument in arguments)
        new = self._declared(alias)
        if new is not None:
            parameters = hints.type_parameters(alias)
            target = alias.__supertype__ if hasattr(alias, "__supertype__") else alias.__value__
            scope = {p: Variable(p.__name__) for p in parameters}
            self.types[new] = self._alias_of(alias, new, self.read_in(target, scope), parameters)
        return Named(self._ids[id(alias)], given)

    def _alias_of(self, thing: Any, name: str, target: Type, parameters: Sequence[Any]) -> Alias:
        return Alias(
            id=name,
            name=thing.__name__,
            module=thing.__module__,
            doc=hints.own_docstring(thing) if isinstance(thing, type) else "",
            parameters=tuple(p.__name__ for p in parameters),
            type=target,
        )

    # --- containers ---------------------------------------------------------------------------

    def _generic(self, hint: Any, origin: Any, arguments: Sequence[Any]) -> Type:
        if origin is tuple:
            return self._tuple(arguments)
        if origin in _ARRAYS:
            return Array(self.read(arguments[0]))
        if origin in _MAPS:
            return Map(self.read(arguments[0]), self.read(arguments[1]))
        if hints.is_type_statement(origin):
            if hints.is_of_numpy(origin):  # NDArray, in newer releases
                return self.read(origin.__value__[arguments])
            return self._alias(origin, arguments)
        if not isinstance(origin, type) or origin is type:
            return self.refuse(hint)
        if origin.__module__ == "numpy" and origin.__name__ == "ndarray":
            return self._ndarray(arguments)
        if _is_mapping(origin) and not typing.is_typeddict(origin):
            return OneWay(self._mapping(origin, arguments), origin.__qualname__)
        if issubclass(origin, (list, set, frozenset)):
            return OneWay(Array(self.read(arguments[0])), origin.__qualname__)
        return self._class(cast("type[Any]", origin), arguments)

    def _mapping(self, origin: type[Any], arguments: Sequence[Any]) -> Type:
        if issubclass(origin, collections.Counter):
            return Map(self.read(arguments[0]), Scalar("integer"))
        if len(arguments) == 2:
            return Map(self.read(arguments[0]), self.read(arguments[1]))
        return Map(Text(), ANY)

    def _tuple(self, arguments: Sequence[Any]) -> Type:
        if not arguments or arguments == ((),):
            return Fixed(())
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return Array(self.read(arguments[0]))
        return Fixed(tuple(self.read(item) for item in arguments), required=len(arguments))

    def _ndarray(self, arguments: Sequence[Any]) -> Type:
        wanted = typing.get_args(arguments[1])[0] if len(arguments) == 2 else Any
        elements = hints.numpy_elements(wanted)
        if elements:
            return Binary(elements)
        name = getattr(wanted, "__name__", str(wanted))
        self.problems.append(
            f"{self.place}: an array of {name} cannot cross; convert it to a type of numbers that "
            "pages have, such as float32 or uint8"
        )
        return _UNKNOWN

    # --- classes ------------------------------------------------------------------------------

    def _class(self, kind: type[Any], arguments: Sequence[Any] = ()) -> Type:
        if kind in (*_ARRAYS, tuple):
            return Array(ANY)
        if kind in _MAPS:
            return Map(Text(), ANY)
        if issubclass(kind, pathlib.PurePath):
            return Text("path")
        if self._is_declared(kind):
            return self._named(kind, arguments)
        if kind.__module__ == "numpy":
            return self._of_numpy(kind)
        if kind.__module__ == "array" and kind.__name__ == "array":
            return OneWay(Binary(ELEMENTS), "array.array")
        for base, plain in ((str, Text()), (int, Scalar("integer")), (float, Scalar("number"))):
            if issubclass(kind, base):
                return OneWay(plain, kind.__qualname__)
        if _is_mapping(kind):
            return OneWay(self._mapping(kind, (Any,)), kind.__qualname__)
        if issubclass(kind, (list, tuple, set, frozenset)):
            return OneWay(Array(ANY), kind.__qualname__)
        return self.refuse(kind)

    def _is_declared(self, kind: Any) -> bool:
        return (
            hints.is_enum(kind)
            or hints.is_named_tuple(kind)
            or hints.is_model(kind)
            or typing.is_typeddict(kind)
            or hints.members_of(kind) is not None
        )

    def _of_numpy(self, kind: type[Any]) -> Type:
        if kind.__name__ == "ndarray":
            return Binary(ELEMENTS)
        elements = hints.numpy_elements(kind)
        if kind.__name__ == "generic" or not elements:
            return self.refuse(kind)
        number = "number" if any(e.startswith("float") for e in elements) else "integer"
        return OneWay(Scalar(number), f"numpy.{kind.__name__}")

    def _named(self, kind: Any, arguments: Sequence[Any]) -> Type:
        model: Mapping[str, Any] = getattr(kind, "__pydantic_generic_metadata__", {})
        if model and model["origin"] is not None:  # pydantic makes a class of `Page[int]`
            kind, arguments = model["origin"], model["args"]
        parameters = hints.type_parameters(kind)
        given = tuple(self.read(argument) for argument in arguments)
        if parameters and not given:
            given = tuple(self._variable(parameter) for parameter in parameters)
        new = self._declared(kind)
        if new is not None:
            place, self.place = self.place, kind.__qualname__
            before, self._scope = self._scope, {p: Variable(p.__name__) for p in parameters}
            try:
                self.types[new] = self._declaration(kind, new, parameters)
            finally:
                self.place, self._scope = place, before
        return Named(self._ids[id(kind)], given)

    def _declared(self, thing: Any) -> str | None:
        """A new id for a type that has none yet."""
        if id(thing) in self._ids:
            return None
        base = f"{thing.__module__}.{getattr(thing, '__qualname__', thing.__name__)}"
        taken = set(self._ids.values())
        name, number = base, 1
        while name in taken:
            number += 1
            name = f"{base}#{number}"
        self._ids[id(thing)] = name
        self._kept.append(thing)
        return name

    def _declaration(self, kind: Any, name: str, parameters: Sequence[Any]) -> Declaration:
        if hints.is_enum(kind):
            made = self._alias_of(kind, name, self._enum(kind), ())
            return replace(made, doc="\n\n".join(filter(None, [made.doc, _members_doc(kind)])))
        if hints.is_named_tuple(kind):
            return self._alias_of(kind, name, self._named_tuple(kind), parameters)
        return declaration_of(self, kind, name, self._scope)

    def _enum(self, kind: type[enum.Enum]) -> Type:
        if issubclass(kind, enum.Flag):
            return Scalar("integer")
        values: list[Any] = [member.value for member in kind]
        if values and all(isinstance(value, (str, int)) for value in values):
            choice = Choice(tuple(dict.fromkeys(values)))
            texts = [isinstance(value, str) for value in values]
            same = all(texts) or not any(texts)  # else Python cannot decode it
            return choice if same else OneWay(choice, kind.__qualname__)
        found = self._union([type(value) for value in values]) if values else Scalar("never")
        return OneWay(found, kind.__qualname__)

    def _named_tuple(self, kind: Any) -> Type:
        found = hints.resolved(kind, kind.__qualname__)
        defaults = getattr(kind, "_field_defaults", {})
        return Fixed(
            tuple(self.read(found.get(name, Any)) for name in kind._fields),
            names=tuple(kind._fields),
            required=len(kind._fields) - len(defaults),
        )


def _members_doc(kind: type[enum.Enum]) -> str:
    """What the numbers of an enumeration mean: texts say it themselves."""
    named = [f"{m.value} is {m.name}" for m in kind if isinstance(m.value, int)]
    ending = "; their sum is several of them" if issubclass(kind, enum.Flag) else ""
    return f"{', '.join(named)}{ending}." if named else ""


def _is_mapping(kind: type[Any]) -> bool:
    return issubclass(kind, collections.abc.Mapping)
