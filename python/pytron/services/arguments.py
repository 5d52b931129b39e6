"""What the methods of services are given, held against their types: once, for all of them.

A text where a list belongs would be taken letter by letter, and a wrong kind of value would fail
somewhere below, in words about our own code.
"""

from __future__ import annotations

import functools
import inspect
import os
import re
import types
import typing
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Union

if TYPE_CHECKING:
    from pytron.services.service import Service

_SHOWN = 120
_WORDS: dict[Any, str] = {
    str: "a text",
    bool: "True or False",
    int: "a whole number",
    float: "a number",
    bytes: "bytes",
    Path: "a path",
    type(None): "None",
}
_ACCEPTED: dict[Any, tuple[type, ...]] = {
    float: (int, float),
    bytes: (bytes, bytearray),
    Path: (str, os.PathLike),
}


def checked(method: Callable[..., Any]) -> Callable[..., Any]:
    """The method, which now refuses what does not fit its types with `invalid_arguments`."""

    @functools.wraps(method)
    def call(self: Service, *args: Any, **given: Any) -> Any:
        signature, hints = _types_of(method)
        try:
            bound = signature.bind(self, *args, **given).arguments
        except TypeError:
            return method(self, *args, **given)  # Python itself says which is missing or unknown
        for name, value in bound.items():
            wrong = _misfit(name, hints[name], value) if name in hints else None
            if wrong is not None:
                return self._refused(method.__name__, wrong)  # pyright: ignore[reportPrivateUsage]
        return method(self, *args, **given)

    return call


@functools.cache
def _types_of(method: Callable[..., Any]) -> tuple[inspect.Signature, dict[str, Any]]:
    return inspect.signature(method), typing.get_type_hints(method)


def _misfit(name: str, kind: Any, value: object) -> str | None:
    """What is wrong with a value; None when it fits."""
    inner = typing.get_args(kind)
    match typing.get_origin(kind):
        case None if _has_parts(kind) and isinstance(value, kind):
            hints = typing.get_type_hints(kind)
            parts = [(field.name, getattr(value, field.name)) for field in fields(kind)]
            wrongs = (_misfit(f"{name}.{part}", hints[part], one) for part, one in parts)
            return next(filter(None, wrongs), None)
        case None:
            fits = isinstance(value, _ACCEPTED.get(kind, (kind,)))
        case typing.Literal:
            fits = value in inner
        case types.UnionType | typing.Union:
            wrongs = [_misfit(name, one, value) for one in inner]
            return None if None in wrongs else wrongs[0]
        case _:  # a sequence
            if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
                each = typing.cast("Sequence[object]", value)
                wrongs = (_misfit(f"{name}[{at}]", inner[0], one) for at, one in enumerate(each))
                return next(filter(None, wrongs), None)
            fits = False
    return None if fits else f"{name}={_shown(value)} must be {_described(kind)}"


def _has_parts(kind: Any) -> bool:
    return is_dataclass(kind)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _described(kind: Any) -> str:
    inner = typing.get_args(kind)
    if typing.get_origin(kind) is Literal:
        return "one of " + ", ".join(map(str, inner))
    if typing.get_origin(kind) in (types.UnionType, Union):
        return " or ".join(map(_described, inner))
    if inner:
        return f"a list, each of it {_described(inner[0])}"
    # A class of ours begins its text with an example.
    example = re.search(r"`(\w+\(.*?\))`", kind.__doc__ or "") if _has_parts(kind) else None
    return _WORDS.get(kind) or (f"like {example[1]}" if example else f"a {kind.__name__}")
