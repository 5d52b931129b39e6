"""Arguments of a call, checked against the function's annotations."""

from __future__ import annotations

import functools
import re
import typing
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Union, cast

from pytron import codec
from pytron.errors import CallError, ConfigError, ProtocolError

if TYPE_CHECKING:
    from inspect import Parameter, Signature

    from pytron.codec import Raw

_NO_KEYWORDS: Mapping[str, Any] = MappingProxyType({})
_PLACE = re.compile(r" - at `(?:key in )?\$([^`]*)`$")


def underlying(target: Any) -> Any:
    """The function behind methods, partials and callable objects."""
    while isinstance(target, functools.partial):
        target = cast("functools.partial[Any]", target).func
    target = getattr(target, "__func__", target)
    call: Any = getattr(cast("Any", type(target)), "__call__", None)  # noqa: B004 - the method is what is wanted
    return call if not hasattr(target, "__code__") and hasattr(call, "__code__") else target


class Arguments:
    """What a function takes. All of it is found out at first use: many are never called."""

    def __init__(self, name: str, target: Callable[..., Any]) -> None:
        self._name = name
        self._target = target

    @cached_property
    def _signature(self) -> Signature:
        import inspect  # heavy, and not needed before the first window opens

        try:
            return inspect.signature(self._target)
        except ValueError as error:
            raise ConfigError(
                f"{self._name!r} does not say what it takes ({error}); expose a def that calls it"
            ) from error

    @cached_property
    def _parameters(self) -> list[Parameter]:
        """All but `**options`, which a page cannot fill."""
        found = self._signature.parameters.values()
        return [p for p in found if p.kind is not p.VAR_KEYWORD]

    @cached_property
    def _by_place(self) -> list[Parameter]:
        """Those that can be given by position, without `*rest`."""
        return [p for p in self._parameters if p.kind not in (p.KEYWORD_ONLY, p.VAR_POSITIONAL)]

    @cached_property
    def _keyword_only(self) -> list[str]:
        return [p.name for p in self._parameters if p.kind is p.KEYWORD_ONLY]

    @cached_property
    def _rest(self) -> Parameter | None:
        return next((p for p in self._parameters if p.kind is p.VAR_POSITIONAL), None)

    @cached_property
    def types(self) -> dict[str, Any]:
        """Annotations by parameter, `return` too; `Any` where there is none.

        Raises:
            ConfigError: an annotation names something that does not exist.
        """
        import inspect

        function: Any = inspect.unwrap(underlying(self._target))
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
        """Members of the records: name and type, and a default where it may be left out."""
        fields: list[tuple[Any, ...]] = []
        for parameter in self._parameters:
            if parameter is self._rest:
                continue
            kind = self.types[parameter.name]
            if parameter.default is parameter.empty:
                fields.append((parameter.name, kind))
            else:
                optional: Any = Union[kind, codec.UnsetType]  # noqa: UP007 - not every kind has `|`
                fields.append((parameter.name, optional, codec.UNSET))
        # Records want required members first; keyword-only ones may break that order.
        return sorted(fields, key=len)

    def _made(self, *, by_position: bool) -> type[codec.Record]:
        if by_position and any(
            p.kind is p.KEYWORD_ONLY and p.default is p.empty for p in self._parameters
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
    def _record(self) -> type[codec.Record]:
        return self._made(by_position=True)

    @cached_property
    def _record_by_name(self) -> type[codec.Record]:
        return self._made(by_position=False)

    @cached_property
    def _decode_by_position(self) -> Callable[[Raw], Any]:
        return self._decoder(self._record)

    @cached_property
    def _decode_by_name(self) -> Callable[[Raw], Any]:
        return self._decoder(self._record_by_name)

    def _decoder(self, record: type[codec.Record]) -> Callable[[Raw], Any]:
        if not codec.mentions_binary(list(self.types.values())):
            return codec.decoder(record)
        # JSON holds no binary, and msgspec would take a text for base64.
        return lambda raw: codec.convert(codec.decode(raw), record)

    @cached_property
    def _is_plain(self) -> bool:
        """Whether values in order are all that a call needs: no defaults, nothing special."""
        return (
            not self._keyword_only
            and self._rest is None
            and all(parameter.default is parameter.empty for parameter in self._parameters)
        )

    @cached_property
    def _decode_plainly(self) -> Callable[[Raw], tuple[Any, ...]] | None:
        """Decodes what a call mostly brings, the values in order; None where that does not do.

        What it refuses is decoded again with names, for the words of the refusal.
        """
        if not self._is_plain or codec.mentions_binary(list(self.types.values())):
            return None
        _ = self._record  # complains where an annotation cannot come from a page
        return codec.sequence([self.types[parameter.name] for parameter in self._parameters])

    def prepare(self) -> None:
        """Make the decoders now.

        Raises:
            ConfigError: an annotation cannot come from a page.
        """
        _ = self._decode_plainly
        _ = self._decode_by_name if self._keyword_only else self._decode_by_position

    def decode(self, raw: Raw) -> tuple[Sequence[Any], Mapping[str, Any]]:
        """Positional and keyword arguments from JSON.

        Raises:
            CallError: `invalid_arguments`, naming the argument and what was expected.
            ProtocolError: neither an array nor an object.
        """
        decode = self._decode_plainly
        if decode is not None:
            try:
                return decode(raw), _NO_KEYWORDS
            except (ValueError, RecursionError):
                pass  # by name, or to be refused
        first = bytes(memoryview(raw)[:1])
        try:
            if first == b"{":
                record = self._decode_by_name(raw)
            elif first != b"[":
                raise ProtocolError(f"args of {self._name} must be an array or an object")
            elif self._rest is not None:
                return self._split(codec.decode(raw))
            else:
                record = self._decode_by_position(raw)
        except (ValueError, RecursionError) as error:
            raise self._refusal(str(error), by_name=first == b"{") from error
        return (codec.values(record), {}) if self._is_plain else self._bind(record)

    def convert(self, tree: object) -> tuple[Sequence[Any], dict[str, Any]]:
        """The same from plain data with binary in it."""
        by_name = isinstance(tree, dict)
        by_place = isinstance(tree, list)
        if self._rest is not None and by_place:
            return self._split(cast("list[Any]", tree))
        kind = self._record_by_name if by_name else self._record
        if by_name or by_place:
            self._share_bytes(cast("Any", tree))
        try:
            return self._bind(codec.convert(tree, kind))
        except (ValueError, RecursionError) as error:
            raise self._refusal(str(error), by_name=by_name) from error

    def _share_bytes(self, tree: list[Any] | dict[str, Any]) -> None:
        """A page's Uint8Array for a parameter of `bytes`: the memory that it was received in."""
        for index, parameter in enumerate(self._by_place):
            key: Any = parameter.name if isinstance(tree, dict) else index
            is_there = key in tree if isinstance(tree, dict) else index < len(tree)
            if is_there and self.types[parameter.name] is bytes:
                tree[key] = codec.whole(tree[key])

    def _bind(self, record: codec.Record) -> tuple[Sequence[Any], dict[str, Any]]:
        """Positional as long as nothing is left out, so that positional-only ones work too."""
        given = dict(zip(codec.names(record), codec.values(record), strict=True))
        positional: list[Any] = []
        keywords: dict[str, Any] = {}
        skipped = False
        for parameter in self._parameters:
            value = given.get(parameter.name, codec.UNSET)
            if value is codec.UNSET and parameter.kind is parameter.POSITIONAL_ONLY:
                positional.append(parameter.default)
            elif value is codec.UNSET:
                skipped = True
            elif skipped or parameter.kind is parameter.KEYWORD_ONLY:
                keywords[parameter.name] = value
            else:
                positional.append(value)
        return positional, keywords

    def _split(self, tree: list[Any]) -> tuple[Sequence[Any], dict[str, Any]]:
        """Arguments of a function with `*rest`, which no record can describe."""
        named = self._by_place
        missing = [p.name for p in named[len(tree) :] if p.default is p.empty]
        if missing:
            raise self._refused(f"{self._name}(): missing {', '.join(missing)}")
        rest: Any = self.types[self._rest.name] if self._rest is not None else Any
        values: list[Any] = []
        for index, value in enumerate(tree):
            kind = self.types[named[index].name] if index < len(named) else rest
            try:
                values.append(codec.convert(value, kind))
            except (ValueError, RecursionError) as error:
                text = str(error)
                if index >= len(named):
                    place = f"argument {index + 1}"
                    raise self._refused(f"{self._name}(): {place}: {_lower(text)}") from error
                inner = _PLACE.search(text)
                where = f"[{index}]{inner[1] if inner else ''}"
                text = text[: inner.start()] if inner else text
                raise self._refusal(f"{text} - at `${where}`", by_name=False) from error
        return values, {}

    def _refusal(self, text: str, *, by_name: bool) -> CallError:
        """The decoder's complaint in the words of the function."""
        place = _PLACE.search(text)
        reason = text[: place.start()] if place else text
        where = place[1] if place else ""
        index = re.match(r"\[(\d+)\]", where)
        if index and not by_name and int(index[1]) < len(self._by_place):
            where = self._by_place[int(index[1])].name + where[index.end() :]
        where = where.lstrip(".")
        if "got `Upload`" in reason:
            reason += " of a file: annotate it as pytron.Upload, or send await blob.arrayBuffer()"
        if not where:
            reason = self._complete(reason)
            return self._refused(f"{self._name}(){reason}")
        return self._refused(f"{self._name}(): argument {where}: {_lower(reason)}")

    def _complete(self, reason: str) -> str:
        """What is wrong with the arguments as a whole."""
        length = re.match(r"Expected `array` of (?:at (?:least|most) )?length \d+", reason)
        if length:
            got = re.search(r"got (\d+)", reason)
            left = self._by_place[int(got[1]) :] if got else []
            missing = [p.name for p in left if p.default is p.empty]
            if missing:
                return f": missing {', '.join(missing)}"
            most = len(self._by_place)
            more = f", and {', '.join(self._keyword_only)} by name" if self._keyword_only else ""
            return f" takes at most {most} argument{'' if most == 1 else 's'} by position{more}"
        lacks = re.match(r"Object missing required field `(.*)`", reason)
        if lacks:
            return f": missing {lacks[1]}"
        extra = re.match(r"Object contains unknown field `(.*)`", reason)
        if extra:
            open_end = [
                p.name for p in self._signature.parameters.values() if p.kind is p.VAR_KEYWORD
            ]
            unfilled = "".join(f", and a page cannot fill **{name}" for name in open_end)
            return f" has no argument called {extra[1]}{unfilled}"
        return f": {_lower(reason)}"

    def _refused(self, message: str) -> CallError:
        return CallError(
            f"{message}; it is {self._name}{self.signature()}", code="invalid_arguments"
        )

    def signature(self) -> str:
        """The parameters as the code has them."""
        written = [
            parameter.replace(annotation=_Text(parameter.annotation))
            if isinstance(parameter.annotation, str)
            else parameter
            for parameter in self._signature.parameters.values()
        ]
        returned: Any = self._signature.return_annotation
        if isinstance(returned, str):
            returned = _Text(returned)
        return str(self._signature.replace(parameters=written, return_annotation=returned))


class _Text(str):
    """An annotation that was written as a text, shown without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
