"""uvicorn's WebSocket, without a task between it and us for each message.

ASGI passes messages through a queue and two coroutines, and the parser takes as long again: both
cost as much as a quick call. So plain frames, which nearly all are, are taken and written here;
the parser of `websockets` has all others, and decides what is no frame. What this uses of uvicorn
beyond ASGI is its protocol class; pyproject.toml says of which versions.

Source: RFC 6455, section 5.2.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable, MutableMapping
from typing import Any, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

# In C where that could be built, else in Python: `frames` has chosen.
from websockets.frames import apply_mask  # pyright: ignore[reportPrivateImportUsage]
from websockets.http11 import Request

Message = MutableMapping[str, Any]
#: Where it is in a connection's scope.
SCOPE_KEY = "pytron.wire"
#: The bytes before a payload (RFC 6455, section 5.2).
_WHOLE_TEXT, _WHOLE_BINARY = 0x81, 0x82
_MASKED = 0x80
_TWO_BYTES, _EIGHT_BYTES = 126, 127
_SHORT, _LONG = struct.Struct(">BBH"), struct.Struct(">BBQ")


class Wire(WebSocketsSansIOProtocol):
    """The bytes of one connection. Only on the server's loop."""

    _take: Callable[[Message], object]
    _frame: Callable[[bytes], object]
    _room: Callable[[], object]
    _joined = False
    _held: asyncio.TimerHandle | None = None
    _full = False
    _opened = False
    #: The beginning of a frame whose length has not come yet.
    _begun = b""
    #: What is still to come of the frame that the parser has.
    _rest = 0

    async def run_asgi(self) -> None:
        """Begin; the application finds this in its scope."""
        cast("dict[str, Any]", self.scope)["state"][SCOPE_KEY] = self
        await super().run_asgi()

    def join(
        self,
        take: Callable[[Message], object],
        frame: Callable[[bytes], object],
        room: Callable[[], object],
    ) -> None:
        """From now on messages go straight to `take`, those that are here already first.

        Args:
            take: gets ASGI messages, the disconnect too.
            frame: gets binary messages instead, mostly.
            room: called when there is room again to write.
        """
        self._take, self._frame, self._room, self._joined = take, frame, room, True
        self.pass_on()

    def pass_on(self) -> None:
        """Take what has been queued; then more is read, unless that has to wait."""
        if not self._joined:
            return
        while self._held is None and not self.queue.empty():
            self._take(cast("Message", self.queue.get_nowait()))
        if self.read_paused and self._held is None and not self.transport.is_closing():
            self.read_paused = False
            self.transport.resume_reading()

    def handle_connect(self, event: Request) -> None:
        """The opening request has come: frames follow."""
        super().handle_connect(event)
        self._opened = True

    def data_received(self, data: bytes) -> None:
        """Bytes have come: plain frames that are whole are taken here, others by the parser."""
        if not self._opened:
            super().data_received(data)
            return
        if self._begun:
            data, self._begun = self._begun + data, b""
        at, end = 0, len(data)
        while at < end and not self.transport.is_closing():
            if not self._rest:
                start, stop = _extent(data, at)
                if not start:
                    self._begun = data[at:]
                    return
                if (
                    stop <= end
                    and data[at] == _WHOLE_BINARY
                    and data[at + 1] >= _MASKED
                    and self._joined
                    and self._held is None  # so nothing is queued
                    and not self.close_sent
                    and self.conn.current_size is None  # no message in pieces is under way
                    and stop - start <= self.config.ws_max_size
                ):
                    self._frame(apply_mask(data[start:stop], data[start - 4 : start]))
                    at = stop
                    continue
                self._rest = stop - at
            piece = data[at : at + self._rest]
            at += len(piece)
            self._rest -= len(piece)
            super().data_received(piece)
            self.pass_on()

    def connection_lost(self, exc: Exception | None) -> None:
        """It has ended."""
        super().connection_lost(exc)
        self.pass_on()

    def shutdown(self) -> None:
        """The server ends."""
        super().shutdown()
        self.pass_on()

    def hold(self, wait_s: float) -> None:
        """Take no more for a while: what comes then fills the page's own buffer."""
        if self._held is not None:
            self._held.cancel()
        if not self.read_paused and not self.transport.is_closing():
            self.read_paused = True
            self.transport.pause_reading()
        self._held = self.loop.call_later(wait_s, self._go_on)

    def _go_on(self) -> None:
        self._held = None
        self.pass_on()

    def pause_writing(self) -> None:
        """What has been written goes out first."""
        super().pause_writing()
        self._full = True

    def resume_writing(self) -> None:
        """There is room again."""
        super().resume_writing()
        self._full = False
        if self._joined:
            self._room()

    @property
    def has_room(self) -> bool:
        """Whether more may be written now."""
        return not self._full and not self.transport.is_closing()

    def write(self, message: bytes | str) -> bool:
        """Send a message: binary or text. False when the connection is ending."""
        if self.close_sent or self.transport.is_closing():
            return False
        kind = _WHOLE_BINARY if isinstance(message, bytes) else _WHOLE_TEXT
        data = message if isinstance(message, bytes) else message.encode()
        size = len(data)
        if size < _TWO_BYTES:
            self.transport.write(bytes((kind, size)) + data)
        elif size < 65536:
            self.transport.write(_SHORT.pack(kind, _TWO_BYTES, size) + data)
        else:
            self.transport.writelines((_LONG.pack(kind, _EIGHT_BYTES, size), data))
        return True


def _extent(data: bytes, at: int) -> tuple[int, int]:
    """Where the payload of the frame at `at` begins and ends; 0 when its length has not come."""
    here = len(data) - at
    if here < 2:
        return 0, 0
    size, start = data[at + 1] & ~_MASKED, at + 6
    if size == _TWO_BYTES:
        start += 2
        size = int.from_bytes(data[at + 2 : at + 4], "big")
    elif size == _EIGHT_BYTES:
        start += 8
        size = int.from_bytes(data[at + 2 : at + 10], "big")
    return (start, start + size) if start <= len(data) else (0, 0)
