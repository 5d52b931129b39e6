"""What a route's function returns, as content."""

from __future__ import annotations

import re
import stat
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Mapping, Set
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

from pytron.assets.answers import Answer, Body, Content, Request, Response, etag_of, failure, serve
from pytron.assets.files import file_content
from pytron.assets.mime import OCTETS, check_type, is_html, type_of
from pytron.assets.routes import Route
from pytron.errors import AssetError
from pytron.logs import logger

_log = logger(__name__)

#: Iterating one of these would send nonsense: whoever returns it expected JSON.
_NO_STREAMS: Final[tuple[type[Any], ...]] = (Mapping, Set)

_HEADER: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class Routed(NamedTuple):
    """A function that must be called to answer a request.

    Attributes:
        function: what to call.
        arguments: with what, by name.
        is_async: calling it gives something to await.
    """

    function: Callable[..., Any]
    arguments: dict[str, Any]
    is_async: bool
    route: Route
    path: str
    policy: str | None
    dev: bool

    def finish(self, value: Any, request: Request) -> Answer:
        """Make the answer from what the function returned."""
        try:
            return self._answer(value, request)
        except (AssetError, OSError) as error:
            _log.error("the route %r: %s", self.route.pattern, error)
            return self.failed(error)

    def failed(self, error: BaseException) -> Answer:
        """Make the answer for what the function raised; the traceback only in development."""
        if not self.dev:
            return failure(500, "the route failed; the log of the app has more")
        import traceback  # heavy, and only for mistakes

        return failure(500, "".join(traceback.format_exception(error)))

    def _answer(self, value: Any, request: Request) -> Answer:
        response = value if isinstance(value, Response) else Response(value)
        if response.body is None:
            return failure(404, "not found")
        kind = response.type or self.route.type
        if kind is not None:
            check_type(kind)
        content = content_of(response.body, kind, type_of(self.path))
        if content is None:
            _log.debug("the route %r: %s is no file", self.route.pattern, response.body)
            return failure(404, "not found")
        extra = [_header(name, text) for name, text in response.headers.items()]
        if self.policy is not None and is_html(content.type):
            extra.insert(0, ("Content-Security-Policy", self.policy))
        extra = list({header[0].lower(): header for header in extra}.values())
        overridden = {name.lower() for name, _ in extra}
        answer = serve(request, content, response.status)
        kept = [header for header in answer.headers if header[0].lower() not in overridden]
        return Answer(answer.status, kept + extra, answer.body)


def routed(
    route: Route, arguments: dict[str, Any], path: str, policy: str | None, dev: bool
) -> Routed:
    """Describe the call that answers a request."""
    function = route.function
    import inspect  # heavy, and only for routes

    called = function if inspect.isroutine(function) else getattr(function, "__call__", None)  # noqa: B004
    if inspect.isasyncgenfunction(called):
        return Routed(_opened(function), arguments, True, route, path, policy, dev)
    is_async = inspect.iscoroutinefunction(called)
    return Routed(function, arguments, is_async, route, path, policy, dev)


def _opened(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make calling an async generator something to await, so that it runs where it belongs."""

    async def opened(**arguments: Any) -> Any:
        return function(**arguments)

    return opened


def content_of(value: Any, kind: str | None, guess: str | None) -> Content | None:
    """Make content of a body; None for a path where no regular file is.

    Args:
        value: bytes or anything with a buffer, text, a path, or an iterator of bytes.
        kind: the media type, where it was said.
        guess: the media type that the URL suggests.

    Raises:
        AssetError: nothing that can be sent.
        OSError: the file can't be read.
    """
    if isinstance(value, Path):
        try:
            status = value.stat()
        except (OSError, ValueError):  # absent, too long, with a NUL
            return None
        return file_content(value.resolve(), status, kind) if stat.S_ISREG(status.st_mode) else None
    if isinstance(value, str):
        data = value.encode()
        kind = kind or guess or "text/plain; charset=utf-8"
        return Content(data, len(data), kind, etag_of(data))
    kind = kind or guess or OCTETS
    view = _buffer(value)
    if view is not None:
        return Content(view, len(view), kind, etag_of(view))
    return Content(_stream(value), None, kind, cache="no-store")


def _buffer(value: Any) -> bytes | memoryview | None:
    """Give the bytes behind a value, without a copy where nobody else can change them."""
    if isinstance(value, bytes):
        return value
    try:
        view = memoryview(value)
    except TypeError:
        return None
    if not view.c_contiguous or 0 in (view.shape or ()):
        return view.tobytes()
    return view.cast("B")


def _stream(value: object) -> Body:
    if isinstance(value, AsyncIterator | Iterator):
        return cast("Body", value)
    if isinstance(value, AsyncIterable):
        return aiter(cast("AsyncIterable[bytes]", value))
    kind = type(value)
    if issubclass(kind, Iterable) and not issubclass(kind, _NO_STREAMS):
        return iter(cast("Iterable[bytes]", value))
    raise AssetError(
        f"a route returned a {kind.__name__}: return bytes, str, a Path, an array, an "
        "iterator of bytes, a Response, or None for 404"
    )


def _header(name: str, value: str) -> tuple[str, str]:
    if name.lower() in ("content-length", "content-range", "transfer-encoding"):
        raise AssetError(f"the header {name!r} follows from the body: leave it out")
    if not _HEADER.fullmatch(name) or not value.isprintable() or not value.isascii():
        raise AssetError(f"{name!r} with {value!r} is no HTTP header: use printable ASCII")
    return name, value
