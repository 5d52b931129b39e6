"""A page's WebSocket: who it is, what it sends, and what is sent to it.

It begins and ends as plain ASGI; in between messages pass without it.

Source: spec/view.md, section 9.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qs

from pytron import codec, protocol
from pytron.dispatcher.faults import describe
from pytron.engine import Frame, Happening
from pytron.errors import ProtocolError
from pytron.server.guard import Bucket

if TYPE_CHECKING:
    from pytron.server.line import Line
    from pytron.server.site import Site
    from pytron.server.wire import Wire

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_log = logging.getLogger(__name__)
#: A page that has connected and does not say hello.
_HELLO_S = 10.0
#: A connection that is asked whether it is still there.
_PING_S = 1.5
_ACK_S = 1.0
#: A frame counts once more for each so many bytes.
_COST_BYTES = 64 << 10


class _Ended(Exception):
    """The connection is over; the code says why when it is ours."""

    def __init__(self, code: int = 0, *, left: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.left = left


class Socket:
    """One connection, from its hello to its end."""

    def __init__(
        self, site: Site, owner: str, query: str, wire: Wire, receive: Receive, send: Send
    ) -> None:
        self._site = site
        self._owner = owner
        self._deliver = site.deliver
        self._up, self._down = site.metrics.up, site.metrics.down
        self._wire = wire
        asked = parse_qs(query)
        self._ticket = asked.get("window", [""])[0]
        self._page = asked.get("page", ["/"])[0]
        self._receive = receive
        self._send = send
        self._line: Line | None = None
        self._loop = asyncio.get_running_loop()
        self._again: deque[bytes] = deque()
        self._over: asyncio.Future[None] = self._loop.create_future()
        self._heard: asyncio.Future[None] | None = None
        self._acking: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = 0
        rate = site.options.frame_rate
        #: A page on the app's own machine is as free as in a window.
        self._bucket = Bucket(rate, 2 * rate) if site.options.remote else None

    async def run(self) -> None:
        """Serve it to its end."""
        left, code = False, 0
        try:
            await self._join()
            self._wire.join(self._take, self._take_frame, self.wake)
            self.wake()
            await self._over
        except _Ended as ended:
            left, code = ended.left, ended.code
        except ProtocolError as error:
            _log.warning("a page's connection is closed: %s", error)
            code = 4001
        finally:
            if self._acking is not None:
                self._acking.cancel()
            if self._line is not None:
                self._line.detach(self, left=left)
            for task in self._tasks:
                task.cancel()
        if code and not self._closing:
            await self._send({"type": "websocket.close", "code": code})

    # --- the beginning ------------------------------------------------------------------------

    async def _join(self) -> None:
        """Take up the hello."""
        try:
            text = await asyncio.wait_for(self._next_text(), _HELLO_S)
        except asyncio.TimeoutError:
            raise ProtocolError("a page connected and did not say hello") from None
        hello = _hello_of(text)
        line = await self._window(hello)
        if hello.session == line.session and (hello.connection or 0) <= line.number:
            raise _Ended(4000)
        resumes = hello.epoch == self._site.epoch and hello.session == line.session
        again = self._resume(line, hello) if resumes else None
        if again is None:
            self._begin(line, hello, text)
        else:
            self._again.extend(again)
        self._line = line
        line.attach(self)

    async def _window(self, hello: protocol.Hello) -> Line:
        lines = self._site.lines
        line = lines.held(self._ticket, self._owner)
        other = line.connection if line is not None else None
        others = line is not None and line.session != hello.session
        if others and isinstance(other, Socket) and await other.answers():
            line = None  # the tab was duplicated: this one is another window
        if line is None:
            line = await lines.visit(self._page, self._owner)
        if line is None:
            raise _Ended(1013)
        return line

    def _resume(self, line: Line, hello: protocol.Hello) -> list[bytes] | None:
        try:
            seen, again = line.resume(hello.seen, hello.connection or 0)
        except ProtocolError as error:
            _log.info("a session of window %d cannot go on: %s", line.window, error)
            return None
        self._site.metrics.add("resumed_total")
        self.command({"kind": "resumed", "session": line.session, "seen": seen})
        return again

    def _begin(self, line: Line, hello: protocol.Hello, text: str) -> None:
        if line.session:
            self._site.deliver(Happening("gone", line.window, {}))
        elif hello.epoch not in (None, self._site.epoch):
            self._site.lines.take_over(hello.session, self._owner)
        line.begin(hello.session, hello.connection or 0)
        self._site.metrics.add("opened_total")
        self.command(
            {
                "kind": "opened",
                "session": hello.session,
                "epoch": self._site.epoch,
                "ticket": line.ticket,
                "keep": self._site.options.keep_s,
            }
        )
        if line.title is not None:
            self.command({"kind": "command", "do": "title", "value": line.title})
        self._site.deliver(Frame(line.window, f"[{text}]".encode()))
        self._site.deliver(Happening("loaded", line.window, {"url": self._page}))

    # --- what the page sends ------------------------------------------------------------------

    async def _next_text(self) -> str:
        data = _data_of(await self._receive())
        if isinstance(data, bytes):
            raise ProtocolError("the first message of a connection is a hello, as text")
        return data

    def _take(self, message: Message) -> None:
        """What the page has sent; its end is that of `run`."""
        if self._over.done():
            return
        try:
            data = _data_of(message)
            if not self._closing:  # else until the other side has closed too
                self._take_data(data)
        except (_Ended, ProtocolError) as error:
            self._over.set_exception(error)

    def _take_frame(self, data: bytes) -> None:
        """The same for a binary message."""
        if not (self._closing or self._over.done()):
            self._take_data(data)

    def _take_data(self, data: str | bytes) -> None:
        if self._bucket is not None:
            wait_s = self._bucket.take(1 + len(data) / _COST_BYTES)
            if wait_s:
                self._wire.hold(wait_s)
        if isinstance(data, str):
            self._control(data)
        else:
            self._frame(data)

    def _frame(self, data: bytes) -> None:
        line = self._line
        assert line is not None
        size = len(data)
        self._up.count += 1
        self._up.size += size
        try:
            text, parts = protocol.split_binary_frame(data)
        except ProtocolError as error:
            line.put(protocol.error(None, describe(error, "a frame", dev=False)), ())
        else:
            self._deliver(Frame(line.window, text, parts))
        if line.arrived(size):
            self._ack()
        elif self._acking is None:
            self._acking = self._loop.call_later(_ACK_S, self._ack)

    def _ack(self) -> None:
        if self._acking is not None:
            self._acking.cancel()
            self._acking = None
        if self._line is not None and self._line.owes:
            self.command({"kind": "ack", "seen": self._line.acked()})

    def _control(self, text: str) -> None:
        message = _control_of(text)
        line = self._line
        assert line is not None
        if message.get("kind") == "ack":
            line.confirmed(message.get("seen"))
            if self._heard is not None and not self._heard.done():
                self._heard.set_result(None)
        elif message.get("kind") == "answer":
            fields = {"kind": "answer", "id": message.get("id"), "value": message.get("value")}
            self._site.deliver(Happening("answer", line.window, fields))
        else:
            raise ProtocolError(f"a page sent the control message {message.get('kind')!r}")

    # --- what it is sent ----------------------------------------------------------------------

    def wake(self) -> None:
        """Write what there is, as long as there is room; then the wire calls this again."""
        line = self._line
        if line is None:
            return
        while self._wire.has_room and not self._closing:
            frame = self._again.popleft() if self._again else line.take()
            if frame is None:
                return
            self._down.count += 1
            self._down.size += len(frame)
            if not self._wire.write(frame):
                return  # it is ending; whoever reads is told

    def command(self, message: dict[str, Any]) -> None:
        """Send a control message."""
        self._wire.write(codec.encode_plain(message).decode())

    async def answers(self) -> bool:
        """Whether the page is still there."""
        self._heard = self._loop.create_future()
        self.command({"kind": "ping"})
        try:
            await asyncio.wait_for(self._heard, _PING_S)
        except asyncio.TimeoutError:
            return False
        return True

    def close(self, code: int) -> None:
        """End it."""
        if self._closing:
            return
        self._closing = code

        async def close() -> None:
            try:
                await self._send({"type": "websocket.close", "code": code})
            except (OSError, RuntimeError):
                return  # it has ended already
            self._wire.pass_on()

        self._spawn(close())

    def _spawn(self, coroutine: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = self._loop.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _data_of(message: Message) -> str | bytes:
    if message["type"] == "websocket.disconnect":
        # 1001: the document was left or reloaded; other codes and none are the network's.
        raise _Ended(left=message.get("code") in (1000, 1001))
    data = message.get("bytes")
    return data if data is not None else message.get("text") or ""


def _hello_of(text: str) -> protocol.Hello:
    messages = protocol.decode_frame(f"[{text}]".encode())
    if messages.faults:
        raise messages.faults[0].error
    found = messages.messages
    if len(found) != 1 or not isinstance(found[0], protocol.Hello):
        raise ProtocolError("a connection begins with hello")
    return found[0]


def _control_of(text: str) -> dict[str, Any]:
    try:
        codec.check_depth(text.encode())
        message: Any = codec.decode(text.encode())
    except ValueError as error:
        raise ProtocolError(f"a control message is no JSON: {error}") from error
    if not isinstance(message, dict):
        raise ProtocolError("a control message is an object")
    return cast("dict[str, Any]", message)
