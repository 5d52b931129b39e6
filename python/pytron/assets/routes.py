"""Routes: patterns of URL paths, and the functions that answer them.

A pattern is made of segments: a literal, `{name}` (perhaps with text around it, as `{id}.png`), or
at the end `{rest:path}` for all that follows. Where several fit, the more literal segment wins,
from left to right. Parameters of the function that are not in the pattern come from the query.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from pytron.assets.parameters import Signature
from pytron.assets.paths import Target, is_plain, is_safe_name, is_safe_parameter
from pytron.errors import AssetError

_PARAMETER: Final = re.compile(r"([^{}]*)\{([A-Za-z_][A-Za-z0-9_]*)(:path)?\}([^{}]*)")


class Route(NamedTuple):
    """A pattern with its function."""

    pattern: str
    function: Callable[..., Any]
    names: list[str]
    signature: Signature
    type: str | None
    remote: bool


class _Branch:
    """What may follow after some segments."""

    def __init__(self) -> None:
        self.route: Route | None = None
        self.rest: Route | None = None
        self.literals: dict[str, _Branch] = {}
        #: By what stands before and after the parameter, the longest first.
        self.parameters: dict[tuple[str, str], _Branch] = {}


class Table:
    """All routes of an app."""

    def __init__(self) -> None:
        self._root = _Branch()
        self.patterns: list[str] = []

    def add(
        self, pattern: str, function: Callable[..., Any], kind: str | None, *, remote: bool = False
    ) -> None:
        """Add a route.

        Raises:
            AssetError: the pattern is malformed, reserved, taken, or doesn't fit the function.
        """
        segments = pattern.removeprefix("/").split("/")
        if segments[0] == "_pytron":
            raise AssetError(f"the route {pattern!r} is in _pytron, which is reserved: rename it")
        branch, names, is_rest = self._root, list[str](), False
        for place, segment in enumerate(segments):
            match = _PARAMETER.fullmatch(segment)
            if match is None:
                if not is_safe_parameter(segment) or "{" in segment or "}" in segment:
                    raise _malformed(pattern, segment)
                branch = branch.literals.setdefault(segment, _Branch())
                continue
            before, name, path, after = match.groups()
            is_rest = path is not None
            if name in names or (is_rest and (before or after or place != len(segments) - 1)):
                raise _malformed(pattern, segment)
            names.append(name)
            if not is_rest:
                branch = _parameter(branch, before, after)
        route = Route(pattern, function, names, Signature(pattern, function, names), kind, remote)
        taken = branch.rest if is_rest else branch.route
        if taken is not None:
            raise AssetError(
                f"the routes {pattern!r} and {taken.pattern!r} answer the same paths: remove one"
            )
        if is_rest:
            branch.rest = route
        else:
            branch.route = route
        self.patterns.append(pattern)

    def find(self, target: Target) -> tuple[Route, dict[str, Any]] | None:
        """Give the route for a path and the values of its parameters."""
        return self._find(self._root, target, 0, [])

    def _find(
        self, branch: _Branch, target: Target, place: int, values: list[str]
    ) -> tuple[Route, dict[str, Any]] | None:
        names = target.names
        if place == len(names):
            return _bound(branch.route, values)
        name = names[place]
        if name in branch.literals:
            found = self._find(branch.literals[name], target, place + 1, values)
            if found is not None:
                return found
        for (before, after), child in branch.parameters.items():
            value = name[len(before) : len(name) - len(after)]
            fits = name.startswith(before) and name.endswith(after)
            if fits and len(before) + len(after) <= len(name) and is_safe_parameter(value):
                found = self._find(child, target, place + 1, [*values, value])
                if found is not None:
                    return found
        rest = names[place:]
        if branch.rest is not None and is_plain(target) and all(map(is_safe_name, rest)):
            return _bound(branch.rest, [*values, "/".join(rest)])
        return None


def _bound(route: Route | None, values: list[str]) -> tuple[Route, dict[str, Any]] | None:
    if route is None:
        return None
    arguments = route.signature.from_path(dict(zip(route.names, values, strict=True)))
    return None if arguments is None else (route, arguments)


def _parameter(branch: _Branch, before: str, after: str) -> _Branch:
    if (before, after) not in branch.parameters:
        branch.parameters[before, after] = _Branch()
        longest = sorted(branch.parameters.items(), key=lambda item: -len("".join(item[0])))
        branch.parameters = dict(longest)
    return branch.parameters[before, after]


def _malformed(pattern: str, segment: str) -> AssetError:
    return AssetError(
        f"the route {pattern!r} is malformed at {segment!r}: write it as 'thumb/{{id}}' or "
        "'files/{rest:path}', each name once, :path only at the end"
    )
