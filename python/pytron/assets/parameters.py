"""What a route's function wants, and how text from the URL becomes that."""

from __future__ import annotations

import math
import re
import types
import typing
from collections.abc import Callable
from typing import Any, Final, Union
from urllib.parse import parse_qsl

from pytron.assets.answers import Request
from pytron.errors import AssetError

_INTEGER: Final = re.compile(r"-?[0-9]{1,300}")


class BadQuery(Exception):
    """The query has no, or an unfit, value for a parameter; the message says which."""


class Signature:
    """The parameters of a route's function."""

    def __init__(self, pattern: str, function: Callable[..., Any], names: list[str]) -> None:
        """Read the function's parameters and annotations.

        Raises:
            AssetError: they don't fit the pattern, or have types that a URL can't hold.
        """
        import inspect  # heavy, and only for routes

        try:
            parameters = inspect.signature(function).parameters
        except (TypeError, ValueError):
            raise AssetError(f"the route {pattern!r} needs a function, not {function!r}") from None
        hints = _hints(function)
        self._converters: dict[str, Callable[[str], Any]] = {}
        self._query: list[str] = []
        self._required: set[str] = set()
        self._request: list[str] = []
        open_ended = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
        for name in names:
            if name not in parameters and not open_ended:
                raise AssetError(
                    f"the route {pattern!r} has {{{name}}}, the function has no parameter "
                    f"{name!r}: add it"
                )
            self._converters[name] = str
        for name, parameter in parameters.items():
            if parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
                continue
            if parameter.kind is parameter.POSITIONAL_ONLY:
                raise AssetError(f"the route {pattern!r}: {name!r} can't be positional-only")
            hint = hints.get(name, str)
            if hint is Request:
                self._request.append(name)
                continue
            self._converters[name] = _converter(pattern, name, hint)
            if name not in names:
                self._query.append(name)
                if parameter.default is parameter.empty:
                    self._required.add(name)

    def from_path(self, texts: dict[str, str]) -> dict[str, Any] | None:
        """Convert what stood in the path; None when something doesn't fit its annotation."""
        try:
            return {name: self._converters[name](text) for name, text in texts.items()}
        except ValueError:
            return None

    def from_query(self, query: str, request: Request) -> dict[str, Any]:
        """Convert what stood in the query; what the function doesn't know is ignored.

        Raises:
            BadQuery: a value is missing or doesn't fit its annotation.
        """
        found: dict[str, Any] = dict.fromkeys(self._request, request)
        if not self._query:
            return found
        try:
            texts = dict(parse_qsl(query, keep_blank_values=True, max_num_fields=1000))
        except ValueError:
            raise BadQuery("the query has too many fields") from None
        for name in self._query:
            if name not in texts:
                if name in self._required:
                    raise BadQuery(f"the query has no {name!r}")
                continue
            try:
                found[name] = self._converters[name](texts[name])
            except ValueError as error:
                raise BadQuery(f"{name!r} in the query: {error}") from None
        return found


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    import inspect

    called = function if inspect.isroutine(function) else type(function).__call__
    try:
        return typing.get_type_hints(inspect.unwrap(called))
    except (NameError, TypeError):  # names that exist for type checkers only
        return {}


def _converter(pattern: str, name: str, hint: Any) -> Callable[[str], Any]:
    if typing.get_origin(hint) in (Union, types.UnionType):
        members = [member for member in typing.get_args(hint) if member is not type(None)]
        hint = members[0] if len(members) == 1 else hint
    converters: dict[Any, Callable[[str], Any]] = {
        str: str,
        Any: str,
        int: _to_int,
        float: _to_float,
        bool: _to_bool,
    }
    if hint not in converters:
        raise AssetError(
            f"the route {pattern!r}: {name!r} is annotated {hint!r}, which a URL can't hold: use "
            "str, int, float or bool"
        )
    return converters[hint]


def _to_int(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise ValueError(f"{text!r} is no integer")
    return int(text)


def _to_float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text!r} is no finite number")
    return value


def _to_bool(text: str) -> bool:
    if text not in ("true", "false", "1", "0"):
        raise ValueError(f"{text!r} is neither true nor false")
    return text in ("true", "1")
