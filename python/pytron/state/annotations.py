"""The annotated type of a place in a typed state."""

from __future__ import annotations

import collections.abc
import types
import typing
from typing import Any, Final, Union

from pytron.state.links import Step
from pytron.state.records import shape_of

#: The annotation says too much or too little to speak of one item: check the whole container.
UNCLEAR: Final = object()

_LISTS: Final = (list, collections.abc.MutableSequence, collections.abc.Sequence)
_COLLECTIONS: Final = (*_LISTS, collections.abc.Collection, collections.abc.Iterable)
_DICTS: Final = (dict, collections.abc.MutableMapping, collections.abc.Mapping)
_WRAPPERS: Final = {
    getattr(typing, name)
    for name in ("Final", "Required", "NotRequired", "ReadOnly")
    if hasattr(typing, name)
}


def type_at(hint: Any, node: object, key: Step) -> Any:
    """Give the annotation of what is at `key` of `node`, whose own annotation is `hint`.

    The node itself settles which member of a union is meant. UNCLEAR when it can't.
    """
    shape = shape_of(node)
    if shape is not None:
        return shape.hints().get(str(key), Any)
    if hint is UNCLEAR or hint is Any or hint is object or isinstance(hint, typing.TypeVar):
        return hint if hint is UNCLEAR else Any
    members = _members(hint)
    if isinstance(node, list):
        found = [member for member in members if _origin(member) in _COLLECTIONS]
        return _argument(found[0], 0) if len(found) == 1 else UNCLEAR
    if isinstance(node, dict):
        found = [m for m in members if _origin(m) in _DICTS or typing.is_typeddict(m)]
        return _value_type(found[0], key) if len(found) == 1 else UNCLEAR
    return UNCLEAR


def is_required(hint: Any, key: str) -> bool:
    """Tell whether a typed dict can't be without `key`."""
    return any(
        typing.is_typeddict(member) and key in member.__required_keys__ for member in _members(hint)
    )


def _members(hint: Any) -> list[Any]:
    """Give the members of a union, without the wrappers that mean nothing here."""
    while True:
        origin = typing.get_origin(hint)
        if origin in _WRAPPERS:
            hint = typing.get_args(hint)[0]
        elif hasattr(hint, "__supertype__"):  # NewType
            hint = hint.__supertype__
        elif hasattr(hint, "__value__"):  # a `type` statement
            hint = hint.__value__
        elif origin is Union or origin is types.UnionType:
            return [inner for member in typing.get_args(hint) for inner in _members(member)]
        else:
            return [hint]


def _origin(hint: Any) -> Any:
    # Annotated keeps its own origin: limits such as a greatest length concern the whole container.
    origin = typing.get_origin(hint)
    return hint if origin is None else origin


def _argument(hint: Any, place: int) -> Any:
    arguments = typing.get_args(hint)
    return arguments[place] if len(arguments) > place else Any


def _value_type(hint: Any, key: Step) -> Any:
    if not typing.is_typeddict(hint):
        return _argument(hint, 1)
    return typing.get_type_hints(hint, include_extras=True).get(str(key), UNCLEAR)
