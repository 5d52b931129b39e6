"""Classes with fields → records of the contract."""

from __future__ import annotations

import sys
import typing
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from pytron.typegen import docstrings, hints
from pytron.typegen.contract import (
    ANY,
    Alias,
    Choice,
    Declaration,
    Field,
    Fixed,
    Record,
    Type,
    Variable,
)

#: What type variables mean at the moment.
Scope = Mapping[Any, Type]


class Reads(Protocol):
    """What reads the annotations of the fields."""

    place: str

    def read(self, hint: Any) -> Type:
        """The type that an annotation means."""
        ...

    def read_in(self, hint: Any, scope: Scope) -> Type:
        """The same where these type variables mean these types."""
        ...


def declaration_of(reader: Reads, kind: Any, name: str, scope: Scope) -> Declaration:
    """A class with fields, as a record or, where its JSON is no object, as an alias."""
    doc = docstrings.parse(hints.own_docstring(kind))
    if hints.is_model(kind):
        fields, extra = list(_model_fields(reader, kind, doc)), _extra(kind)
    elif typing.is_typeddict(kind):
        fields, extra = list(_typed_dict_fields(reader, kind, doc)), None
    else:
        fields, extra = list(_member_fields(reader, kind, doc, scope)), None
    parameters = tuple(p.__name__ for p in hints.type_parameters(kind))
    target: Type | None = None
    if hints.is_model(kind) and list(kind.model_fields) == ["root"]:
        target = fields[0].type
    elif hasattr(kind, "__struct_config__") and kind.__struct_config__.array_like:
        target = _as_array(fields)
    if target is not None:
        return Alias(name, kind.__name__, kind.__module__, doc.text, parameters, target)
    return Record(name, kind.__name__, kind.__module__, doc.text, parameters, tuple(fields), extra)


def _as_array(fields: list[Field]) -> Fixed:
    """A Struct that travels as an array; its tag, if any, is the first item."""
    needed = [field.required for field in fields]
    return Fixed(
        tuple(field.type for field in fields),
        names=tuple(field.name for field in fields),
        required=needed.index(False) if False in needed else len(fields),
    )


def _field(
    reader: Reads, member: hints.Member, hint: Any, scope: Scope, doc: docstrings.Doc
) -> Field:
    description, limits = hints.annotated(hint)
    has_default = member.default is not hints.UNTOLD
    return Field(
        name=member.name,
        type=reader.read_in(hint, scope),
        sent_as=None if member.private else member.key,
        accepted_as=None if member.private and not member.required else member.key,
        optional=member.optional,
        required=member.required,
        doc=doc.attributes.get(member.name) or doc.args.get(member.name) or description,
        limits=limits,
        default=member.default if has_default else None,
        has_default=has_default,
    )


def _member_fields(reader: Reads, kind: Any, doc: docstrings.Doc, scope: Scope) -> Iterator[Field]:
    """The fields of a dataclass, an attrs class or a Struct."""
    config: Any = getattr(kind, "__struct_config__", None)
    if config is not None and config.tag is not None:
        tag = Choice((config.tag,))
        yield Field(config.tag_field or "type", tag, config.tag_field, config.tag_field)
    found = hints.resolved(kind, kind.__qualname__)
    scopes = _scopes(reader, kind, scope)
    for member in hints.members_of(kind) or []:
        owner = hints.owner_of(kind, member.name)
        reader.place = f"{kind.__qualname__}.{member.name}"
        yield _field(reader, member, found.get(member.name, Any), scopes.get(owner, {}), doc)


def _scopes(reader: Reads, kind: Any, scope: Scope) -> dict[Any, Scope]:
    """What the type variables of each base mean: in `class Hits(Page[Hit])`, Page's T is Hit."""
    found: dict[Any, Scope] = {kind: scope}
    for base in kind.__dict__.get("__orig_bases__", kind.__bases__):
        origin = typing.get_origin(base) or base
        if origin in (typing.Generic, typing.Protocol, object):
            continue
        given = typing.get_args(base)
        parameters = hints.type_parameters(origin)
        meant = {
            parameter: reader.read_in(given[index], scope) if given else ANY
            for index, parameter in enumerate(parameters)
        }
        found.update(_scopes(reader, origin, meant))
    return found


def _typed_dict_fields(reader: Reads, kind: Any, doc: docstrings.Doc) -> Iterator[Field]:
    scope = {p: Variable(p.__name__) for p in hints.type_parameters(kind)}
    required: frozenset[str] = kind.__required_keys__
    for name, hint in hints.resolved(kind, kind.__qualname__).items():
        reader.place = f"{kind.__qualname__}.{name}"
        # Annotations as text hide NotRequired from the class itself.
        wrapper = hints.wrapper_of(hint)
        needed = (
            name in required
            if wrapper not in ("Required", "NotRequired")
            else (wrapper == "Required")
        )
        member = hints.Member(name, name, needed, optional=not needed)
        yield _field(reader, member, hint, scope, doc)


# --- pydantic -------------------------------------------------------------------------------------


def _extra(kind: Any) -> Type | None:
    """The type of what a model takes under other names."""
    return ANY if kind.model_config.get("extra") == "allow" else None


def _model_fields(reader: Reads, kind: Any, doc: docstrings.Doc) -> Iterator[Field]:
    scope = {p: Variable(p.__name__) for p in hints.type_parameters(kind)}
    by_alias = bool(kind.model_config.get("serialize_by_alias"))
    serialized = _serialized(kind)
    for name, field in kind.model_fields.items():
        reader.place = f"{kind.__qualname__}.{name}"
        accepts = reader.read_in(field.annotation, scope)
        sends = accepts
        if name in serialized or "*" in serialized:
            sends = reader.read_in(serialized.get(name, serialized.get("*")), scope)
        required = bool(field.is_required())
        default = hints.UNTOLD
        if not required:
            factory = field.default_factory
            default = hints.plain(field.default) if factory is None else hints.made_by(factory)
        written = field.serialization_alias or field.alias
        yield Field(
            name=name,
            type=sends,
            sent_as=None if field.exclude else (written or name) if by_alias else name,
            accepted_as=_accepted_key(kind, name, field),
            required=required,
            accepts=None if accepts == sends else accepts,
            doc=doc.attributes.get(name) or field.description or "",
            limits=hints.limits_of(tuple(field.metadata)),
            default=None if default is hints.UNTOLD else default,
            has_default=default is not hints.UNTOLD,
        )
    for name, computed in kind.model_computed_fields.items():
        reader.place = f"{kind.__qualname__}.{name}"
        key = (computed.alias or name) if by_alias else name
        sends = reader.read_in(computed.return_type, scope)
        yield Field(name, sends, key, None, doc=computed.description or "")


def _accepted_key(kind: Any, name: str, field: Any) -> str:
    """The key that a model looks for; of several the one that Python would use itself."""
    config: Mapping[str, Any] = kind.model_config
    alias = field.validation_alias or field.alias
    if alias is None or config.get("populate_by_name") or config.get("validate_by_name"):
        return name
    choices = getattr(alias, "choices", None)
    first = choices[0] if choices else alias
    path = getattr(first, "path", None)
    return str(path[0] if path else first)


def _serialized(kind: Any) -> dict[str, Any]:
    """What the serializers of a model make of its fields, by their names; `*` is all of them."""
    found: dict[str, Any] = {}
    undefined = sys.modules["pydantic_core"].PydanticUndefined
    for serializer in kind.__pydantic_decorators__.field_serializers.values():
        returns = serializer.info.return_type
        if returns is undefined:
            returns = hints.resolved(serializer.func, kind.__qualname__).get("return", Any)
        for name in serializer.info.fields:
            found[name] = returns
    return found
