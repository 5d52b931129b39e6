"""Arguments of a call, checked against the function's annotations."""

from __future__ import annotations

import inspect
import re
import sys
import typing
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from pytron import codec
from pytron.codec import Raw
from pytron.errors import CallError, ConfigError

_PLACE = re.compile(r" - at `(?:key in )?\$([^`]*)`$")
_KINDS = inspect.Parameter


class Arguments:
    """What a function takes. The decoders are made at first use: many are never called."""

    def __init__(self, name: str, target: Callable[..., Any]) -> None:
        self._name = name
        self._target = target
        self._parameters = [
            parameter
            for parameter in inspect.signature(target).parameters.values()
            if parameter.kind is not _KINDS.VAR_KEYWORD
        ]
        self._keyword_only = [p.name for p in self._parameters if p.kind is _KINDS.KEYWORD_ONLY]
        self._variadic = any(p.kind is _KINDS.VAR_POSITIONAL for p in self._parameters)

    @cached_property
    def types(self) -> dict[str, Any]:
        """Annotations by parameter, `return` too; `Any` where there is none.

        Raises:
            ConfigError: an annotation names something that does not exist.
        """
        function = inspect.unwrap(self._target)
        function = getattr(function, "__func__", function)
        try:
            hints = typing.get_type_hints(function, include_extras=True)
        except NameError as error:
            raise ConfigError(
                f"an annotation of {self._name!r} cannot be resolved: {error}; import the name at "
                "run time, not only under TYPE_CHECKING"
            ) from error
        except TypeError as error:
            raise ConfigError(f"an annotation of {self._name!r} is no type: {error}") from error
        names = [parameter.name for parameter in self._parameters]
        return {name: hints.get(name, Any) for name in [*names, "return"]}

    @cached_property
    def _fields(self) -> list[tuple[Any, ...]]:
        fields: list[tuple[Any, ...]] = []
        for parameter in self._parameters:
            if parameter.kind is _KINDS.VAR_POSITIONAL:
                continue
            kind = self.types[parameter.name]
            if parameter.default is _KINDS.empty:
                fields.append((parameter.name, kind))
            else:
                fields.append(
                    (
                        parameter.name,
                        kind | codec.UnsetType
                        if _unionable(kind)
                        else typing.Union[kind, codec.UnsetType],
                        codec.UNSET,
                    )
                )
        # Records want required members first; keyword-only ones may break that order.
        return sorted(fields, key=lambda member: len(member) > 2)

    @cached_property
    def _record(self) -> type[codec.Record]:
        return self._made(by_position=True)

    @cached_property
    def _record_by_name(self) -> type[codec.Record]:
        return self._made(by_position=False)

    def _made(self, *, by_position: bool) -> type[codec.Record]:
        if by_position and any(
            p.kind is _KINDS.KEYWORD_ONLY and p.default is _KINDS.empty for p in self._parameters
        ):
            raise CallError(
                f"{self._name}() takes {', '.join(self._keyword_only)} by name only: "
                f"pytron.call({self._name!r}, {{…}}); it is {self._name}{self.signature()}",
                code="invalid_arguments",
            )
        fields = [
            member
            for member in self._fields
            if not by_position or member[0] not in self._keyword_only
        ]
        try:
            made = codec.record("Arguments", fields, by_position=by_position)
            codec.decoder(made)
        except TypeError as error:
            raise ConfigError(
                f"{self._name!r} has an annotation that cannot come from a page: {error}"
            ) from error
        return made

    @cached_property
    def _by_position(self) -> Callable[[bytes | Raw], Any]:
        return codec.decoder(self._record)

    @cached_property
    def _by_name(self) -> Callable[[bytes | Raw], Any]:
        return codec.decoder(self._record_by_name)

    @cached_property
    def _rest(self) -> Any:
        variadic = next(p for p in self._parameters if p.kind is _KINDS.VAR_POSITIONAL)
        return self.types[variadic.name]

    @cached_property
    def _plain(self) -> bool:
        """Whether values in order are all that a call needs: no defaults, nothing special."""
        return (
            not self._keyword_only
            and not self._variadic
            and all(parameter.default is _KINDS.empty for parameter in self._parameters)
        )

    def prepare(self) -> None:
        """Make the decoders now.

        Raises:
            ConfigError: an annotation cannot come from a page.
        """
        _ = self._by_name if self._keyword_only else self._by_position

    def decode(self, raw: Raw) -> tuple[Sequence[Any], dict[str, Any]]:
        """Positional and keyword arguments from JSON.

        Raises:
            CallError: `invalid_arguments`, naming the argument and what was expected.
        """
        by_name = bytes(memoryview(raw)[:1]) == b"{"
        try:
            if by_name:
                record = self._by_name(raw)
            elif self._variadic:
                return self._split(codec.decode(raw))
            else:
                record = self._by_position(raw)
        except (ValueError, RecursionError) as error:
            raise self._refusal(str(error), by_name=by_name) from error
        return self._bind(record)

    def convert(self, tree: Any) -> tuple[Sequence[Any], dict[str, Any]]:
        """The same from plain data with binary in it."""
        by_name = isinstance(tree, dict)
        if self._variadic and not by_name:
            return self._split(tree)
        kind = self._record_by_name if by_name else self._record
        try:
            return self._bind(codec.convert(tree, kind))
        except (ValueError, RecursionError) as error:
            raise self._refusal(str(error), by_name=by_name) from error

    def _bind(self, record: codec.Record) -> tuple[Sequence[Any], dict[str, Any]]:
        values = codec.values(record)
        if self._plain:
            return values, {}
        given = dict(zip(codec.names(record), values, strict=True))
        positional: list[Any] = []
        keywords: dict[str, Any] = {}
        skipped = False
        for parameter in self._parameters:
            if parameter.kind is _KINDS.VAR_POSITIONAL:
                continue
            value = given.get(parameter.name, codec.UNSET)
            if value is codec.UNSET:
                skipped = True
            elif skipped or parameter.kind is _KINDS.KEYWORD_ONLY:
                keywords[parameter.name] = value
            else:
                positional.append(value)
        return positional, keywords

    def _split(self, tree: Any) -> tuple[Sequence[Any], dict[str, Any]]:
        """Arguments of a function with `*rest`, which no record can describe."""
        named = [
            p for p in self._parameters
            if p.kind in (_KINDS.POSITIONAL_ONLY, _KINDS.POSITIONAL_OR_KEYWORD)
        ]  # fmt: skip
        required = [p for p in named if p.default is _KINDS.empty]
        if not isinstance(tree, list) or len(tree) < len(required):
            raise self._refusal(f"Expected at least {len(required)} arguments", by_name=False)
        values: list[Any] = []
        for index, value in enumerate(typing.cast("list[Any]", tree)):
            kind = self.types[named[index].name] if index < len(named) else self._rest
            try:
                values.append(codec.convert(value, kind))
            except (ValueError, RecursionError) as error:
                raise self._refusal(f"{error} - at `$[{index}]`", by_name=False) from error
        return values, {}

    def _refusal(self, text: str, *, by_name: bool) -> CallError:
        """The decoder's complaint in the words of the function."""
        place = _PLACE.search(text)
        reason = text[: place.start()] if place else text
        where = place[1] if place else ""
        index = re.match(r"\[(\d+)\]", where)
        names = [member[0] for member in self._fields]
        if index and not by_name and int(index[1]) < len(names):
            where = names[int(index[1])] + where[index.end() :]
        message = _told(self._name, reason, where.lstrip("."), self._required, names)
        return CallError(
            f"{message}; it is {self._name}{self.signature()}", code="invalid_arguments"
        )

    @property
    def _required(self) -> list[str]:
        return [member[0] for member in self._fields if len(member) == 2]

    def signature(self) -> str:
        """The parameters as Python writes them."""
        return str(inspect.signature(self._target))


def _told(
    function: str, reason: str, where: str, required: Sequence[str], names: Sequence[str]
) -> str:
    """A decoder's complaint in plain words."""
    length = re.match(r"Expected `array` of (?:at (?:least|most) )?length (\d+)", reason)
    if length and not where:
        got = re.search(r"got (\d+)", reason)
        missing = [name for name in names[int(got[1]) :] if name in required] if got else []
        if missing:
            return f"{function}(): missing {', '.join(missing)}"
        most = len(names)
        return f"{function}() takes at most {most} argument{'' if most == 1 else 's'}"
    lacks = re.match(r"Object missing required field `(.*)`", reason)
    if lacks and not where:
        return f"{function}(): missing {lacks[1]}"
    extra = re.match(r"Object contains unknown field `(.*)`", reason)
    if extra and not where:
        return f"{function}() has no argument called {extra[1]}"
    lead = f"argument {where}: " if where else ""
    return f"{function}(): {lead}{reason[:1].lower()}{reason[1:]}"


def _unionable(kind: Any) -> bool:
    return sys.version_info >= (3, 10) and isinstance(kind, type)
