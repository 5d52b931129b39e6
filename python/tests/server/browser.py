"""A browser's side of the server engine: real sockets, no page."""

from __future__ import annotations

import http.client
import itertools
import json
import secrets
import socket
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from pytron import App, protocol
from pytron.engines.server import ServerEngine
from pytron.server.options import ServerOptions
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

#: Deadlines of tests: a machine may be busy.
WAIT_S = 30.0


@contextmanager
def serving(app: App[Any], **options: Any) -> Generator[ServerEngine]:
    """The app on a server of its own, on a free port, for the length of a `with` block."""
    chosen: dict[str, Any] = {"browser": False, **options}
    engine = ServerEngine(ServerOptions(**chosen))
    with app.running_on(engine):
        yield engine


class Browser:
    """What a browser keeps of one server: its cookies. `pair` gets one."""

    def __init__(self, engine: ServerEngine) -> None:
        self.engine = engine
        self.port = engine.port
        self.origin = f"http://127.0.0.1:{engine.port}"
        self.cookie = ""

    def request(
        self, method: str, path: str, body: str | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body. Headers by names with `_` for `-`; None leaves one out."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT_S)
        sent = {"Cookie": self.cookie, **{k.replace("_", "-"): v for k, v in headers.items()}}
        if method == "POST":
            sent.setdefault("Origin", self.origin)
        try:
            connection.request(method, path, body, {k: v for k, v in sent.items() if v})
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, found, answer.read()
        finally:
            connection.close()

    def pair(self, token: str | None = None) -> dict[str, Any]:
        """Use a token as the pairing page does; what it gives."""
        token = token or self.engine.pairing_url(1).partition("#")[2]
        status, headers, body = self.request("POST", "/_pytron/pair", token)
        assert status == 200, body
        if "set-cookie" in headers:
            self.cookie = headers["set-cookie"].partition(";")[0]
        return json.loads(body)

    def socket(self, ticket: str = "", **headers: str) -> ClientConnection:
        """A WebSocket as a page opens it."""
        sent = {"Cookie": self.cookie, "Origin": self.origin}
        sent |= {k.replace("_", "-"): v for k, v in headers.items()}
        origin = sent.pop("Origin")
        connecting = connect(
            f"ws://127.0.0.1:{self.port}/_pytron/socket?window={ticket}&page=%2F",
            additional_headers={k: v for k, v in sent.items() if v},
            origin=origin or None,  # type: ignore[arg-type]
            open_timeout=WAIT_S,
            max_size=None,
            compression=None,
        )
        return connecting.__enter__()  # the test, or the server, ends it


class Tab:
    """A page: one session over as many connections as the test makes."""

    def __init__(self, browser: Browser, ticket: str = "") -> None:
        self.browser = browser
        self.ticket = ticket
        self.session = secrets.token_urlsafe(16)
        self.ledger = protocol.Ledger()
        self.epoch = ""
        self.window = ""
        self.limits: Mapping[str, int] = {}
        self.connections = 0
        self.answers: dict[int, list[dict[str, Any]]] = {}
        self.events: list[dict[str, Any]] = []
        self.faults: list[dict[str, Any]] = []
        self.controls: list[dict[str, Any]] = []
        self.state: Any = None
        self._ids = itertools.count(1)
        self.socket: ClientConnection

    def connect(self) -> str:
        """Connect, or connect again; `opened` or `resumed`."""
        self.socket = self.browser.socket(self.ticket)
        self.connections += 1
        hello: dict[str, Any] = {
            "kind": "hello",
            "version": 1,
            "session": self.session,
            "client": "test",
            "connection": self.connections,
        }
        if self.epoch:
            hello |= {"epoch": self.epoch, "seen": self.ledger.taken}
        self.socket.send(json.dumps(hello))
        first = json.loads(self._text())
        if first["kind"] == "opened":
            self.epoch, self.ticket = first["epoch"], first["ticket"]
            self.ledger = protocol.Ledger()
        else:
            for frame in self.ledger.resume(first["seen"]):
                self.socket.send(frame)
        return first["kind"]

    def hello(self) -> Tab:
        """Connect and wait for the first snapshot."""
        assert self.connect() == "opened"
        while self.state is None:
            self.read()
        return self

    def send(self, *messages: Mapping[str, Any], parts: tuple[memoryview, ...] = ()) -> None:
        """Send messages as one frame."""
        text = json.dumps(list(messages)).encode()
        frame = b"".join(protocol.join_binary_frame(text, parts))
        self.ledger.send(frame)
        self.socket.send(frame)

    def start(self, name: str, *args: Any) -> int:
        """Send a call; its id."""
        identity = next(self._ids)
        self.answers[identity] = []
        self.send({"kind": "call", "id": identity, "name": name, "args": args})
        return identity

    def call(self, name: str, *args: Any) -> Any:
        """The result of a call; an error raises LookupError with its code."""
        return self.result(self.start(name, *args))

    def result(self, identity: int) -> Any:
        """Wait for the answer of a call."""
        box = self.answers[identity]
        while not box:
            self.read()
        answer = box[0]
        if answer["kind"] == "error":
            raise LookupError(answer["error"]["code"], answer["error"]["message"])
        return answer.get("value")

    def read(self) -> None:
        """Take one message of the server."""
        data = self.socket.recv(WAIT_S)
        if isinstance(data, str):
            self._control(json.loads(data))
            return
        self.ledger.take(len(data))
        text, _ = protocol.split_binary_frame(data)
        for message in json.loads(text):
            self._take(message)

    def ack(self) -> None:
        """Confirm what has come."""
        self.socket.send(json.dumps({"kind": "ack", "seen": self.ledger.acked()}))

    def cut(self) -> None:
        """Break the connection as a network does: no goodbye."""
        with suppress(OSError):
            self.socket.socket.shutdown(socket.SHUT_RDWR)

    def close_code(self) -> int:
        """Read until the server has closed; its code."""
        try:
            while True:
                self.socket.recv(WAIT_S)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006

    def _text(self) -> str:
        data = self.socket.recv(WAIT_S)
        assert isinstance(data, str), data
        return data

    def _control(self, message: dict[str, Any]) -> None:
        if message["kind"] == "ack":
            self.ledger.ack(message["seen"])
        elif message["kind"] == "ping":
            self.ack()
        else:
            self.controls.append(message)

    def _take(self, message: dict[str, Any]) -> None:
        kind = message["kind"]
        if kind == "hello":
            self.window, self.limits = message["window"], message["limits"]
        elif kind == "snapshot" and message["scope"] == "app":
            self.state = message["value"]
        elif kind == "event":
            self.events.append(message)
        elif "id" in message and kind in ("result", "error", "item", "end"):
            self.answers.setdefault(message["id"], []).append(message)
        elif kind == "error":
            self.faults.append(message["error"])


def tab(engine: ServerEngine) -> Tab:
    """A page of a paired browser, greeted."""
    browser = Browser(engine)
    found = browser.pair()
    return Tab(browser, found.get("ticket", "")).hello()
