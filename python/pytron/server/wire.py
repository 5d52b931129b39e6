"""uvicorn's WebSocket, without a task between it and us for each message.

ASGI passes messages through a queue and two coroutines, which costs as much as a quick call. What
this uses of uvicorn beyond ASGI is its protocol class; pyproject.toml says of which versions.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, MutableMapping
from typing import Any, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.frames import Frame

Message = MutableMapping[str, Any]
#: Where it is in a connection's scope.
SCOPE_KEY = "pytron.wire"


class Wire(WebSocketsSansIOProtocol):
    """The bytes of one connection. Only on the server's loop."""

    _take: Callable[[Message], object] | None = None
    _room: Callable[[], object] | None = None
    _held: asyncio.TimerHandle | None = None

    async def run_asgi(self) -> None:
        """Begin; the application finds this in its scope."""
        cast("dict[str, Any]", self.scope)["state"][SCOPE_KEY] = self
        await super().run_asgi()

    def join(self, take: Callable[[Message], object], room: Callable[[], object]) -> None:
        """From now on messages go straight to `take`, those that are here already first.

        Args:
            take: gets ASGI messages, the disconnect too.
            room: called when there is room again to write.
        """
        self._take, self._room = take, room
        self.pass_on()

    def pass_on(self) -> None:
        """Take what has been queued; then more is read, unless that has to wait."""
        if self._take is None:
            return
        while self._held is None and not self.queue.empty():
            self._take(cast("Message", self.queue.get_nowait()))
        if self.read_paused and self._held is None and not self.transport.is_closing():
            self.read_paused = False
            self.transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        super().data_received(data)
        self.pass_on()

    def handle_bytes(self, event: Frame) -> None:
        """A binary message, or its beginning: mostly nothing is before it, and it is whole."""
        if self._take is not None and event.fin and self._held is None and self.queue.empty():
            if not self.close_sent:
                self._take({"type": "websocket.receive", "bytes": event.data})
        else:
            super().handle_bytes(event)

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

    def resume_writing(self) -> None:
        """There is room again."""
        super().resume_writing()
        if self._room is not None:
            self._room()

    @property
    def has_room(self) -> bool:
        """Whether more may be written now."""
        return self.writable.is_set() and not self.transport.is_closing()

    def write(self, message: bytes | str) -> bool:
        """Send a message: binary or text. False when the connection is ending."""
        if self.transport.is_closing():
            return False
        try:
            if isinstance(message, str):
                self.conn.send_text(message.encode())
            else:
                self.conn.send_binary(message)
        except InvalidState:
            return False
        for piece in self.conn.data_to_send():  # one: the transport joins what is written at once
            self.transport.write(piece)
        return True
