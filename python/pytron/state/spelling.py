"""Whether a path can ever lead somewhere in a typed state."""

from __future__ import annotations

import enum
import typing
from collections.abc import Sequence
from typing import Any

from pytron.errors import StateError
from pytron.state.annotations import COLLECTIONS, DICTS, keys_of, members, origin_of
from pytron.state.records import Shape, shape_of_class
from pytron.state.subscriptions import INDEX
from pytron.state.values import SCALARS


def misspelt(hint: Any, steps: Sequence[str]) -> str | None:
    """Say why nothing can ever be at a path below a value of this annotation, or None."""
    kinds = members(hint)
    for place, step in enumerate(steps):
        below = [hint for kind in kinds for hint in _below(kind, step)]
        if not below:
            return f"{'.'.join(steps[: place + 1])!r} leads nowhere: {_reason(kinds, step)}"
        kinds = [kind for hint in below for kind in members(hint)]
    return None


def _below(kind: Any, step: str) -> list[Any]:
    """Give the annotations of what may be at one step, none when nothing can be."""
    origin, arguments = origin_of(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return [below for member in members(arguments[0]) for below in _below(member, step)]
    if typing.is_typeddict(kind):
        keys = keys_of(kind)
        return [Any] if keys is None else [keys[step]] if step in keys else []
    if origin in COLLECTIONS or origin is tuple:
        known = origin is not tuple and arguments
        return [arguments[0] if known else Any] if INDEX.fullmatch(step) else []
    if origin in DICTS:
        return [arguments[1] if arguments else Any]
    shape = shape_of_class(origin) if isinstance(origin, type) else None
    if shape is not None:
        return _field(shape, step)
    is_leaf = origin in SCALARS or (isinstance(origin, type) and issubclass(origin, enum.Enum))
    return [] if is_leaf or origin is None else [Any]


def _field(shape: Shape, step: str) -> list[Any]:
    subclasses = [shape_of_class(kind) for kind in shape.base.__subclasses__()]
    if any(other is not shape for other in subclasses):  # one of those may have the field
        return [Any]
    if step not in shape.name_of:
        return []
    try:
        return [shape.hints()[step]]
    except StateError:  # an annotation that can't be resolved
        return [Any]


def _reason(kinds: Sequence[Any], step: str) -> str:
    for kind in kinds:
        origin = origin_of(kind)
        shape = shape_of_class(origin) if isinstance(origin, type) else None
        if shape is not None:
            return f"{shape.base.__qualname__} has no field {step!r}, {shape.near(step)}"
        if typing.is_typeddict(kind):
            keys = ", ".join(keys_of(kind) or ())
            return f"{kind.__name__} has no key {step!r}, its keys are {keys}"
        if origin in COLLECTIONS or origin is tuple:
            return f"it is a list, whose places are numbers: not {step!r}"
    return f"it is declared as {getattr(kinds[0], '__name__', kinds[0])}, which has nothing inside"
