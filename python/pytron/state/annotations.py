"""The annotated type of a place in a typed state."""

from __future__ import annotations

import collections.abc
import types
import typing
from functools import cache
from typing import Any, Final, Union

from pytron.state.links import Step
from pytron.state.records import shape_of

#: The annotation says too much or too little to speak of one item: check the whole container.
UNCLEAR: Final = object()

COLLECTIONS: Final = (
    list,
    collections.abc.MutableSequence,
    collections.abc.Sequence,
    collections.abc.Collection,
    collections.abc.Iterable,
)
DICTS: Final = (dict, collections.abc.MutableMapping, collections.abc.Mapping)
_WRAPPERS: Final = ("Final", "Required", "NotRequired", "ReadOnly")


def type_at(hint: Any, node: object, key: Step) -> Any:
    """Give the annotation of what is at `key` of `node`, whose own annotation is `hint`.

    The node itself settles which member of a union is meant. UNCLEAR when it can't.
    """
    shape = shape_of(node)
    if shape is not None:
        return shape.hints().get(str(key), Any)
    if hint is UNCLEAR or hint is Any or hint is object or isinstance(hint, typing.TypeVar):
        return hint if hint is UNCLEAR else Any
    kinds = members(hint)
    if isinstance(node, list):
        found = [kind for kind in kinds if origin_of(kind) in COLLECTIONS]
        return _argument(found[0], 0) if len(found) == 1 else UNCLEAR
    if isinstance(node, dict):
        found = [kind for kind in kinds if origin_of(kind) in DICTS or typing.is_typeddict(kind)]
        return _value_type(found[0], key) if len(found) == 1 else UNCLEAR
    return UNCLEAR


def is_required(hint: Any, key: str) -> bool:
    """Tell whether a typed dict can't be without `key`."""
    return any(
        typing.is_typeddict(member) and key in required_keys(member) for member in members(hint)
    )


@cache
def keys_of(hint: Any) -> dict[str, Any] | None:
    """Give the annotations of a typed dict's keys, None when one can't be resolved."""
    try:
        return typing.get_type_hints(hint, include_extras=True)
    except NameError:
        return None


def only_keys(hint: Any) -> list[str] | None:
    """Give the keys that a dict of this annotation can have, None when that can't be said."""
    known = [keys_of(kind) if typing.is_typeddict(kind) else None for kind in members(hint)]
    return None if None in known else [key for keys in known for key in keys or ()]


def required_keys(hint: Any) -> list[str]:
    """Give the keys that a typed dict can't be without."""
    # Where annotations are texts, the class itself takes those that say NotRequired for required.
    hints = keys_of(hint) or {}
    return [key for key in hint.__required_keys__ if _wrapper(hints.get(key)) != "NotRequired"]


def _wrapper(hint: Any) -> str | None:
    """Give the name of what is written around an annotation, also by `typing_extensions`."""
    return getattr(typing.get_origin(hint), "_name", None)


def members(hint: Any) -> list[Any]:
    """Give the members of a union, without the wrappers that mean nothing here."""
    while True:
        origin = typing.get_origin(hint)
        if _wrapper(hint) in _WRAPPERS or (origin is typing.Annotated and not _has_limits(hint)):
            hint = typing.get_args(hint)[0]
        elif hasattr(hint, "__supertype__"):  # NewType
            hint = hint.__supertype__
        elif hasattr(hint, "__value__"):  # a `type` statement
            hint = hint.__value__
        elif origin is Union or origin is types.UnionType:
            return [inner for member in typing.get_args(hint) for inner in members(member)]
        else:
            return [hint]


def _has_limits(hint: Any) -> bool:
    return any(hasattr(note, "max_length") for note in hint.__metadata__)


def origin_of(hint: Any) -> Any:
    """Give the class of an annotation such as `list[int]`."""
    # Annotated keeps its own origin: limits such as a greatest length concern the whole container.
    origin = typing.get_origin(hint)
    return hint if origin is None else origin


def _argument(hint: Any, place: int) -> Any:
    arguments = typing.get_args(hint)
    return arguments[place] if len(arguments) > place else Any


def _value_type(hint: Any, key: Step) -> Any:
    if not typing.is_typeddict(hint):
        return _argument(hint, 1)
    return (keys_of(hint) or {}).get(str(key), UNCLEAR)
