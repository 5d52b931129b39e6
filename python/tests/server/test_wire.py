"""The bytes of a WebSocket: however they are cut, the same messages come of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import pytest
import uvicorn
from pytron.server.wire import SCOPE_KEY, Wire
from uvicorn.server import ServerState
from websockets.frames import Frame, Opcode
from websockets.protocol import CLIENT, Protocol

_LONG_S = 60.0
_MOST_BYTES = 100_000
_REQUEST = b"".join(
    line + b"\r\n"
    for line in (
        b"GET /_pytron/socket HTTP/1.1",
        b"Host: 127.0.0.1",
        b"Connection: Upgrade",
        b"Upgrade: websocket",
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        b"Sec-WebSocket-Version: 13",
        b"",
    )
)


class Line:
    """Stands for a connection."""

    def __init__(self) -> None:
        self.sent = b""
        self.closing = False
        self.reads = True

    def get_extra_info(self, name: str) -> tuple[str, int] | None:
        return ("127.0.0.1", 1) if name in ("peername", "sockname") else None

    def write(self, data: bytes) -> None:
        self.sent += data

    def writelines(self, pieces: Iterable[bytes]) -> None:
        self.sent += b"".join(pieces)

    def is_closing(self) -> bool:
        return self.closing

    def close(self) -> None:
        self.closing = True

    def pause_reading(self) -> None:
        self.reads = False

    def resume_reading(self) -> None:
        self.reads = True


class Page:
    """A connection that has been opened; what has come over it, in order."""

    def __init__(self, wire: Wire, line: Line) -> None:
        self.wire = wire
        self.line = line
        self.came: list[bytes | str] = []
        self.code: int | None = None

    def take(self, message: Any) -> None:
        if message["type"] == "websocket.disconnect":
            self.code = message["code"]
        else:
            self.came.append(message["bytes"] if "bytes" in message else message["text"])


def with_page(check: Callable[[Page], None]) -> None:
    """Check something with an open connection, on a loop."""

    async def run() -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        async def application(
            scope: Any,
            receive: Callable[[], Awaitable[object]],
            send: Callable[[dict[str, str]], Awaitable[None]],
        ) -> None:
            await receive()
            await send({"type": "websocket.accept"})
            page = Page(scope["state"][SCOPE_KEY], line)
            page.wire.join(page.take, page.came.append, lambda: None)
            line.sent = b""
            try:
                check(page)
            except BaseException as error:  # noqa: BLE001 - uvicorn would only log it
                done.set_exception(error)
            else:
                done.set_result(None)

        config = uvicorn.Config(
            application,  # type: ignore[arg-type]
            log_config=None,
            ws_max_size=_MOST_BYTES,
            ws_per_message_deflate=False,
            ws_ping_interval=None,
        )
        config.load()
        line = Line()
        wire = Wire(config, ServerState(), {}, asyncio.get_running_loop())
        wire.connection_made(line)  # type: ignore[arg-type]
        wire.data_received(_REQUEST)
        await asyncio.wait_for(done, _LONG_S)

    asyncio.run(run())


def frame(opcode: Opcode, data: bytes, *, fin: bool = True, mask: bool = True) -> bytes:
    return Frame(opcode, data, fin).serialize(mask=mask)


_MESSAGES: list[bytes | str] = [b"one", b"", b"two", "three", b"4" * 126, b"5" * 70_000, b"six"]
_STREAM = b"".join(
    (
        frame(Opcode.BINARY, b"one"),
        frame(Opcode.PING, b"there?"),
        frame(Opcode.BINARY, b""),
        frame(Opcode.BINARY, b"t", fin=False),
        frame(Opcode.PING, b"still?"),
        frame(Opcode.CONT, b"wo"),
        frame(Opcode.TEXT, b"three"),
        frame(Opcode.BINARY, b"4" * 126),
        frame(Opcode.BINARY, b"5" * 70_000),
        frame(Opcode.BINARY, b"six"),
    )
)


def feed(page: Page, stream: bytes, size: int, first: int = 0) -> None:
    """Give it bytes in pieces, of which the first may have another size."""
    page.wire.data_received(stream[:first]) if first else None
    for at in range(first, len(stream), size):
        page.wire.data_received(stream[at : at + size])


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000, len(_STREAM)])
def test_messages_are_the_same_in_pieces_of_any_size(size: int) -> None:
    def check(page: Page) -> None:
        feed(page, _STREAM, size)
        assert page.came == _MESSAGES
        peer = Protocol(CLIENT, max_size=None)
        peer.receive_data(page.line.sent)
        assert [(e.opcode, e.data) for e in peer.events_received() if isinstance(e, Frame)] == [
            (Opcode.PONG, b"there?"),
            (Opcode.PONG, b"still?"),
        ]

    with_page(check)


def test_messages_are_the_same_wherever_they_are_cut() -> None:
    def check(page: Page) -> None:
        for cut in range(1, 240):  # through every header but the long one's
            page.came.clear()
            feed(page, _STREAM, len(_STREAM), cut)
            assert page.came == _MESSAGES, cut

    with_page(check)


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (frame(Opcode.BINARY, b"not masked", mask=False), 1002),
        (frame(Opcode.BINARY, b"x" * (_MOST_BYTES + 1)), 1009),
        (b"\xff" * 14, 1002),
        (b"\x82\xff" + b"\x7f" + b"\xff" * 7 + b"mask", 1009),
        (frame(Opcode.CONT, b"of nothing"), 1002),
        (frame(Opcode.BINARY, b"a", fin=False) + frame(Opcode.BINARY, b"b"), 1002),
    ],
    ids=["unmasked", "large", "reserved", "huge", "continued", "interrupted"],
)
def test_what_is_no_frame_ends_the_connection(bad: bytes, code: int) -> None:
    def check(page: Page) -> None:
        page.wire.data_received(frame(Opcode.BINARY, b"good") + bad + frame(Opcode.BINARY, b"late"))
        assert page.came == [b"good"]
        assert page.code == code
        assert page.line.closing
        assert not page.wire.write(b"nobody reads this")

    with_page(check)


def test_what_comes_while_it_is_held_comes_later_and_in_order() -> None:
    def check(page: Page) -> None:
        page.wire.hold(_LONG_S)
        assert not page.line.reads
        feed(page, _STREAM, len(_STREAM))
        assert page.came == []
        page.wire._go_on()
        assert page.came == _MESSAGES
        assert page.line.reads

    with_page(check)


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_what_is_written_is_what_a_browser_reads(size: int) -> None:
    def check(page: Page) -> None:
        assert page.wire.write(b"x" * size)
        assert page.wire.write("é" * (size // 2))
        peer = Protocol(CLIENT, max_size=None)
        peer.receive_data(page.line.sent)
        assert [(e.opcode, e.data) for e in peer.events_received() if isinstance(e, Frame)] == [
            (Opcode.BINARY, b"x" * size),
            (Opcode.TEXT, ("é" * (size // 2)).encode()),
        ]

    with_page(check)
