"""The server's addresses, over Starlette: the socket, the pairing, the app's assets.

Source: spec/view.md, section 9.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable, Mapping, MutableMapping
from time import monotonic
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute

from pytron.engine import Incoming
from pytron.server.exchange import Exchange
from pytron.server.guard import Addresses, Guard, Refusal
from pytron.server.lines import Lines
from pytron.server.metrics import Metrics
from pytron.server.options import ServerOptions
from pytron.server.pages import CLOSED, HEADERS, PAIR
from pytron.server.pairing import COOKIE_S, Pairing, outdated
from pytron.server.socket import Receive, Send, Socket
from pytron.server.wire import SCOPE_KEY

_access = logging.getLogger("pytron.access")
#: The header by which a development server's proxy shows who it is (spec/dev.md, section 2).
TOKEN: Final = "pytron-token"
#: The owner of what comes through it.
_PROXY: Final = "proxy"
#: Attempts to pair, of one address and minute.
_PAIRINGS_PER_MINUTE = 30
_MOST_TOKEN_BYTES = 1_000
Scope = MutableMapping[str, Any]


class Site:
    """Everything that is answered, and what it needs."""

    def __init__(
        self,
        options: ServerOptions,
        port: int,
        *,
        epoch: str,
        pairing: Pairing,
        lines: Lines,
        metrics: Metrics,
        exchange: Exchange,
        deliver: Callable[[Incoming], object],
        paired: Callable[[bool], object],
    ) -> None:
        self.options = options
        self.epoch = epoch
        self.pairing = pairing
        self.lines = lines
        self.metrics = metrics
        self.exchange = exchange
        self.deliver = deliver
        self.draining = False
        self._paired = paired
        self._guard = Guard(options, port)
        self._addresses = Addresses(options.requests_per_minute, options.per_address)
        self._pairers = Addresses(_PAIRINGS_PER_MINUTE, options.per_address)
        self._connections = 0
        self.secure = (options.url or options.scheme).startswith("https")
        #: Cookies don't know ports: two apps on one machine must not take each other's, and the
        #: processes of one app behind one address must.
        public = urlsplit(options.url).port if options.url else port
        self.cookie = "__Host-pytron" if self.secure else f"pytron-{public or 80}"
        self.application = Starlette(
            routes=[
                WebSocketRoute("/_pytron/socket", _Plain(self._socket)),
                Route("/_pytron/health", self._health),
                Route("/_pytron/pair", self._pair_page, methods=["GET"]),
                Route("/_pytron/pair", self._pair, methods=["POST"]),
                Route("/_pytron/session", self._session),
                Route("/_pytron/closed", self._closed),
                Route("/_pytron/metrics", self._metrics),
                Route("/{path:path}", _Plain(self._assets)),
            ],
        )

    # --- before anything is looked at ---------------------------------------------------------

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or serve one WebSocket (ASGI)."""
        began = monotonic()
        address = (scope.get("client") or ("", 0))[0]
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        socket = scope["type"] == "websocket"
        method = scope.get("method", "GET")
        status = 101 if socket else 500

        async def note(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"].endswith("response.start"):
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), *HEADERS]
            await send(message)

        try:
            refusal = self._refusal(scope["path"], method, headers, address, socket=socket)
            if refusal is not None:
                self.metrics.add("refused_total", label=f'cause="{refusal.cause}"')
                await _refuse(refusal, scope, receive, note)
            else:
                await self.application(scope, receive, note)
        finally:
            took_ms = (monotonic() - began) * 1000
            if not socket:
                self.metrics.add("requests_total", label=f'status="{status}"')
            _access.info("%s %s %s %d %.1f ms", address, method, scope["path"], status, took_ms)

    def _refusal(
        self, path: str, method: str, headers: Mapping[str, str], address: str, *, socket: bool
    ) -> Refusal | None:
        if path == "/_pytron/health":
            return None  # balancers ask by address; it tells nothing
        refusal = self._guard.check(method, headers, socket=socket)
        if refusal is not None:
            return refusal
        if not self._addresses.ask(address):
            return Refusal(429, "rate", "too many requests from this address; wait a minute")
        if socket and (self.draining or self._connections >= self.options.connections):
            return Refusal(503, "connections", "the server takes no more connections now")
        return None

    def owner(self, request: Request) -> str | None:
        """The paired browser that a request comes from."""
        wanted = self.options.proxy_token.encode()
        if wanted and hmac.compare_digest(wanted, request.headers.get(TOKEN, "").encode()):
            found: str | None = _PROXY
        else:
            found = self.pairing.check(request.cookies.get(self.cookie, ""))
        if found is not None:
            self.lines.seen[found] = monotonic()
        return found

    # --- the socket ---------------------------------------------------------------------------

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = _SocketRequest(scope)
        owner = self.owner(request)
        address = (scope.get("client") or ("", 0))[0]
        await receive()  # websocket.connect
        if owner is None:
            self.metrics.add("refused_total", label='cause="cookie"')
            await _refuse(Refusal(401, "cookie", "not paired"), scope, receive, send)
            return
        if not self._addresses.connect(address):
            self.metrics.add("refused_total", label='cause="address"')
            await _refuse(Refusal(429, "address", "too many connections"), scope, receive, send)
            return
        self._connections += 1
        self.metrics.add("connections")
        try:
            await send({"type": "websocket.accept"})
            query = scope["query_string"].decode("latin-1")
            wire = scope["state"][SCOPE_KEY]
            await Socket(self, owner, query, wire, receive, send).run()
        finally:
            self._connections -= 1
            self.metrics.add("connections", -1)
            self._addresses.leave(address)

    # --- over HTTP ----------------------------------------------------------------------------

    async def _health(self, request: Request) -> Response:  # noqa: ARG002 - Starlette's signature
        return PlainTextResponse("draining" if self.draining else "ok",
                                 503 if self.draining else 200)  # fmt: skip

    async def _pair_page(self, request: Request) -> Response:
        response = HTMLResponse(PAIR, headers={"Cache-Control": "no-store"})
        if not self.options.pairing and self.owner(request) is None:
            self._give_cookie(request, response)
        return response

    async def _pair(self, request: Request) -> Response:
        address = request.client.host if request.client else ""
        if not self._pairers.ask(address):
            return PlainTextResponse("too many attempts; wait a minute\n", 429)
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MOST_TOKEN_BYTES:
                return PlainTextResponse("this is no token\n", 413)
        window = self.pairing.take(body.decode("ascii", "replace").strip())
        if window is None:
            self.metrics.add("refused_total", label='cause="token"')
            self._paired(False)
            text = "this link was used already, or is too old: the app prints a new one now\n"
            return PlainTextResponse(text, 403)
        owner = self.owner(request)
        response = JSONResponse({})
        if owner is None:
            owner = self._give_cookie(request, response)
        line = self.lines.claim(window, owner)
        found = {"ticket": line.ticket, "page": line.page} if line else {"page": "/"}
        response.body = JSONResponse(found).body
        response.headers["Content-Length"] = str(len(response.body))
        self._paired(True)
        return response

    def _give_cookie(self, request: Request, response: Response) -> str:
        owner, value = self.pairing.cookie()
        for name in outdated(request.cookies):
            response.delete_cookie(name)
        response.set_cookie(
            self.cookie,
            value,
            max_age=COOKIE_S,
            httponly=True,
            samesite="strict",
            secure=self.secure,
        )
        return owner

    async def _session(self, request: Request) -> Response:
        paired = self.owner(request) is not None
        response = JSONResponse({"paired": paired or not self.options.pairing}, 200)
        if not paired and not self.options.pairing:
            self._give_cookie(request, response)
        elif not paired:
            response.status_code = 401
        return response

    async def _closed(self, request: Request) -> Response:  # noqa: ARG002 - Starlette's signature
        return HTMLResponse(CLOSED)

    async def _metrics(self, request: Request) -> Response:
        wanted = f"Bearer {self.options.metrics_token}".encode()
        given = request.headers.get("authorization", "").encode()
        if not self.options.metrics_token or not hmac.compare_digest(wanted, given):
            return PlainTextResponse("not found\n", 404)
        return PlainTextResponse(self.metrics.text())

    async def _assets(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        owner = self.owner(request)
        if owner is not None:
            await self.exchange.serve(request, send)
            return
        wants_page = "text/html" in request.headers.get("accept", "")
        if not self.options.pairing and wants_page:
            await self._public(request, send)
        elif wants_page and request.method == "GET":
            headers = {"Cache-Control": "no-store"}
            await HTMLResponse(PAIR, 401, headers=headers)(scope, receive, send)
        else:
            await PlainTextResponse("this browser is not paired\n", 401)(scope, receive, send)

    async def _public(self, request: Request, send: Send) -> None:
        """A first visit where none is paired: the page, and the cookie of a new visitor."""
        held = Response()
        self._give_cookie(request, held)
        cookies = [pair for pair in held.raw_headers if pair[0] == b"set-cookie"]

        async def with_cookie(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *cookies]
            await send(message)

        await self.exchange.serve(request, with_cookie)


class _Plain:
    """An ASGI function as Starlette takes one: anything else it would wrap."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._function(scope, receive, send)


class _SocketRequest(Request):
    """The cookies of a WebSocket's opening request."""

    def __init__(self, scope: Scope) -> None:
        super().__init__({**scope, "type": "http", "method": "GET"})


async def _refuse(refusal: Refusal, scope: Scope, receive: Receive, send: Send) -> None:
    text = f"{refusal.reason}\n"
    if scope["type"] == "websocket":
        # Its own status, for logs and tools: browsers show scripts none.
        start = {
            "type": "websocket.http.response.start",
            "status": refusal.status,
            "headers": [(b"content-type", b"text/plain; charset=utf-8")],
        }
        await send(start)
        await send({"type": "websocket.http.response.body", "body": text.encode()})
        return
    await PlainTextResponse(text, refusal.status)(scope, receive, send)
