"""Assets: everything a page can load from the app's origin.

Source: design, "VAP"; spec/view.md, section 4.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

from pytron.assets.answers import Answer, Content, Request, etag_of, failure, serve
from pytron.assets.blobs import Blobs
from pytron.assets.csp import policy
from pytron.assets.error_page import HTML, error_page
from pytron.assets.frontend import NO_INLINE, Frontend
from pytron.assets.mime import check_type
from pytron.assets.parameters import BadQuery
from pytron.assets.paths import is_plain, parse_target
from pytron.assets.results import Routed, routed
from pytron.assets.routes import Table
from pytron.errors import AssetError
from pytron.logs import logger

_log = logger(__name__)

F = TypeVar("F", bound=Callable[..., Any])

#: What published bytes may take together, by default.
BLOB_LIMIT_BYTES: Final = 512 * 1024 * 1024

#: How much may be published at a time.
BLOB_LIMIT_COUNT: Final = 100_000


class Assets:
    """Answers requests of pages: from routes, published blobs, and the frontend, in this order.

    Thread-safe. Paths below `/_pytron/` are the kit's own.
    """

    def __init__(
        self,
        frontend: Path | None = None,
        *,
        client: bytes | Callable[[], bytes] = b"",
        csp: str | bool | None = None,
        origin: str | None = None,
        dev: bool = False,
        blob_limit_bytes: int = BLOB_LIMIT_BYTES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make the assets of an app; nothing is read before the first request.

        Args:
            frontend: the absolute path of a folder with index.html, or of one HTML file.
            client: what `/_pytron/client.js` serves.
            csp: a Content-Security-Policy for documents, in which `{hashes}` stands for the hashes
                of the document's own inline scripts; None for the one made here, False for none.
            origin: the app's origin, where the engine doesn't count it as 'self'.
            dev: answers to failed routes carry the traceback.
            blob_limit_bytes: what published bytes may take together.
            clock: gives seconds, for the lifetimes of blobs.
        """
        if csp is True:
            raise AssetError("csp=True says nothing: use None for the made policy, False for none")
        if isinstance(csp, str) and not (csp.isprintable() and csp.isascii()):
            raise AssetError("the csp must be one line of ASCII: quote or encode what is not")
        self._frontend = None if frontend is None else Frontend(frontend, csp, origin)
        self._client = client
        self._routes = Table()
        self._blobs = Blobs(blob_limit_bytes, BLOB_LIMIT_COUNT, clock)
        #: More of the kit's own paths, by the name that follows `/_pytron/`: development tools.
        self.own: dict[str, Callable[[Request, list[str]], Answer]] = {}
        self._dev = dev
        setting = csp if isinstance(csp, str) else None
        #: For documents made at run time: their inline scripts may hold anything, so none is let.
        self._strict = None if csp is False else policy(setting, NO_INLINE, origin)

    def check(self) -> None:
        """Raise when the frontend isn't there.

        Raises:
            AssetError: with what is missing and how to make it.
        """
        if self._frontend is not None:
            self._frontend.check()

    def prepare(self) -> None:
        """Look through the first document while nobody waits for it."""
        if self._frontend is not None:
            self._frontend.prepare()

    def route(
        self, pattern: str, *, type: str | None = None, remote: bool = False
    ) -> Callable[[F], F]:
        """Serve the paths of a pattern from a function: `@assets.route("thumb/{id}.png")`.

        The function may be `async`; it returns bytes or anything with a buffer (a NumPy array),
        str, a Path, an iterator of bytes, a `Response`, or None for 404. Its annotations convert
        what the URL holds: str, int, float, bool; a parameter annotated `Request` gets the request,
        one that isn't in the pattern comes from the query. A `{name}` never holds a slash, a
        backslash or a drive, and a `{rest:path}` never leads out of a folder it is joined to.

        Args:
            pattern: literals, `{name}`, and at the end `{rest:path}`, between slashes.
            type: the media type; without it the URL's ending and the body decide.
            remote: sessions of `pytron serve` may load it too.

        Raises:
            AssetError: the pattern is malformed, taken, or doesn't fit the function.
        """
        if type is not None:
            check_type(type)

        def add(function: F) -> F:
            self._routes.add(pattern, function, type, remote=remote)
            return function

        return add

    def publish(
        self,
        data: Any,
        type: str | None = None,
        *,
        lifetime_s: float | None = None,
        once: bool = False,
        name: str | None = None,
    ) -> str:
        """Give a path under which pages can load `data` from now on.

        Args:
            data: bytes or anything with a buffer (copied unless it is bytes), a Path, or a function
                that returns an iterator of bytes, called for each request.
            type: the media type; without it the name's ending decides.
            lifetime_s: when to forget it; None keeps it until `withdraw`.
            once: forget it when a page has got it (or its last part).
            name: stands at the end of the path, for downloads.

        Raises:
            AssetError: the limit is reached (`too_large`), or `data` can't be served.
        """
        return self._blobs.publish(data, type, lifetime_s, once, name)

    def withdraw(self, url: str) -> bool:
        """Forget what `publish` gave; tell whether it was still there."""
        return self._blobs.withdraw(url)

    def patterns(self) -> list[str]:
        """The patterns of the routes."""
        return self._routes.patterns

    def answer(self, request: Request) -> Answer | Routed:
        """Answer a request, or name the function that has to be called for it. Never raises."""
        try:
            return self._answer(request)
        except Exception:  # noqa: BLE001 - the page must get an answer
            _log.exception("%s %s could not be answered", request.method, request.target)
            return failure(500, "the kit failed; the log of the app has more")

    def _answer(self, request: Request) -> Answer | Routed:
        if request.method not in ("GET", "HEAD"):
            return failure(405, "only GET and HEAD are served", ("Allow", "GET, HEAD"))
        target = parse_target(request.target)
        if target is None:
            return failure(400, "the path is malformed")
        if target.names[0] == "_pytron":
            return self._own(request, target.names[1:] if is_plain(target) else [])
        found = self._routes.find(target)
        if found is not None:
            route, arguments = found
            if request.remote and not route.remote:
                return failure(403, "this route is not for remote sessions: mark it remote=True")
            try:
                arguments |= route.signature.from_query(target.query, request)
            except BadQuery as error:
                return failure(400, str(error))
            return routed(route, arguments, "/".join(target.names), self._strict, self._dev)
        if self._frontend is None:
            return failure(404, "the app has no frontend")
        return self._frontend.answer(request, target)

    def _own(self, request: Request, names: list[str]) -> Answer:
        if names == ["client.js"]:
            data = self._client() if callable(self._client) else self._client
            kind = "text/javascript; charset=utf-8"
            return serve(request, Content(data, len(data), kind, etag_of(data)))
        if names == ["error"]:
            page = error_page(request.target.partition("?")[2])
            return serve(request, Content(page, len(page), HTML, etag_of(page)))
        if names[:1] == ["blob"]:
            return self._blobs.answer(request, names[1:])
        if names and names[0] in self.own:
            return self.own[names[0]](request, names[1:])
        return failure(404, "not found")
