"""The native host as a process of its own: `pytron_native` at the other end of a link.

Source: spec/view.md, section 7. This is all of the kit that runs there.
"""

from __future__ import annotations

import os
import queue
import signal
from collections import deque
from collections.abc import Mapping, Sequence
from threading import Condition, Thread
from typing import TYPE_CHECKING, Any, Final

from pytron import codec, link
from pytron.errors import ProtocolError
from pytron.framing import pack
from pytron.link import Channel, Hub, Message, post

if TYPE_CHECKING:
    from pytron_native import Host

_REFUSED: Final = 1
#: How often a page that has not read all is looked at; only where it has no socket of its own.
_LOOK_S: Final = 0.01

Headers = Sequence[tuple[str, str]]


def main() -> int:
    """Serve the kit that started this process; the exit code."""
    channel = link.taken()
    if channel is None:
        raise SystemExit("this is the native engine's process; an app starts it by itself")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the kit's
    try:
        import pytron_native
    except ImportError as error:
        from pytron.platforms import native_remedy

        post(channel, {"kind": "ready", "error": native_remedy(error), "code": "unsupported"})
        return _REFUSED
    hub = Hub()
    hub.add(channel)
    waiting = _first(hub, channel)
    if not waiting:
        return 0
    start = waiting.popleft().fields
    try:
        host = pytron_native.Host(
            app_id=start["app"],
            name=start["name"],
            data_folder=start["folder"],
            dev=start["dev"],
            hand_over=True,
        )
        facts = {"host": pytron_native.__version__, **pytron_native.facts(), "pid": os.getpid()}
        post(channel, {"kind": "ready", "version": link.VERSION, "facts": facts, "windows": []})
        host.prewarm()
    except pytron_native.HostError as error:
        post(channel, {"kind": "ready", "error": str(error), "code": error.code})
        return _REFUSED
    return Service(host, channel, hub).serve(waiting)


def _first(hub: Hub, channel: Channel) -> deque[Message]:
    """What came first, `start` at its head; nothing when the kit has gone."""
    while True:
        hub.wait()
        found, more = link.messages(channel)
        if found:
            return deque(found)
        if not more:
            return deque()


class Service:
    """Passes on what comes from either side."""

    def __init__(self, host: Host, channel: Channel, hub: Hub) -> None:
        self._host = host
        self._link = channel
        self._hub = hub
        self._reads = Reads(host, channel)
        self._bodies: dict[int, BodyWriter] = {}

    def serve(self, first: deque[Message]) -> int:
        """Turn the event loop until the kit says `quit` or has gone."""
        threads = [
            Thread(target=self._down, args=(first,), name="pytron-down", daemon=True),
            Thread(target=self._up, name="pytron-up", daemon=True),
            Thread(target=self._reads.watch, name="pytron-reads", daemon=True),
        ]
        for thread in threads:
            thread.start()
        code = self._host.run()
        threads[1].join(1.0)  # the last events may still be on their way
        return code

    # --- from the kit -------------------------------------------------------------------------

    def _down(self, first: deque[Message]) -> None:
        more = True
        try:
            for message in first:
                self._take(message)
            while more:
                self._hub.wait()
                found, more = link.messages(self._link)
                for message in found:
                    self._take(message)
        except ProtocolError:
            pass
        finally:
            self._host.quit(0)  # the kit has gone, or speaks nonsense: its windows go, too

    def _take(self, message: Message) -> None:
        fields, kind = message.fields, message.kind
        if kind == "frame":
            text, *parts = message.parts
            size = sum(memoryview(part).nbytes for part in message.parts)
            self._host.send(fields["window"], bytes(text)[1:-1], parts)
            self._reads.sent(fields["window"], size)
        elif kind == "discard":
            self._host.discard(fields["window"])
        elif kind == "respond":
            self._respond(fields, message.parts)
        elif kind == "chunk":
            self._chunk(fields, message.parts)
        elif kind == "can":
            self._say_whether(fields)
        elif kind == "quit":
            self._host.quit(fields["code"])
        elif kind != "start":
            self._command(fields)

    def _command(self, fields: dict[str, Any]) -> None:
        import pytron_native

        fields.pop("kept", None)
        try:
            self._host.command(codec.encode_plain(fields))
        except pytron_native.HostError as error:
            post(self._link, {"kind": "log", "level": "error", "message": str(error)})

    def _say_whether(self, fields: Mapping[str, Any]) -> None:
        """Answer on the main thread, which the window system belongs to."""

        def say() -> None:
            from pytron.engines.native.features import able  # few apps ask

            possible, reason = able(fields["feature"])
            told = {"kind": "able", "id": fields["id"], "possible": possible, "reason": reason}
            post(self._link, told)

        self._host.invoke(say)

    def _respond(self, fields: dict[str, Any], parts: Sequence[bytes | memoryview]) -> None:
        request, status = fields["request"], fields["status"]
        headers = [(name, value) for name, value in fields["headers"]]
        file = fields.get("file")
        if fields.get("stream"):
            self._bodies[request] = BodyWriter(self._host, self._link, request, status, headers)
        elif file is None:
            self._host.answer(request, status, headers, parts[0] if parts else b"")
        else:
            place = (file["path"], file["offset"], file["length"])
            try:
                self._host.answer_file(request, status, headers, *place)
            except OSError:  # it was there when the kit looked
                self._host.answer(request, 404, [], b"")

    def _chunk(self, fields: dict[str, Any], parts: Sequence[bytes | memoryview]) -> None:
        request = fields["request"]
        body = self._bodies.get(request)
        if body is None:
            return
        if parts:
            body.pieces.put(parts[0])
        if fields.get("end"):
            del self._bodies[request]
            body.pieces.put(None)

    # --- to the kit ---------------------------------------------------------------------------

    def _up(self) -> None:
        while items := self._host.receive():
            for item in items:
                self._pass_on(item)

    def _pass_on(self, item: Any) -> None:
        kind = item[0]
        if kind == "frame":
            _, window, text, parts = item
            post(self._link, {"kind": "frame", "window": window}, [text, *parts])
        elif kind == "event":
            self._link.send(pack(item[1]))
        elif kind == "port":
            post(self._link, {"kind": "port", "window": item[1]}, descriptor=item[2])
            os.close(item[2])
        else:
            names = ("request", "window", "method", "target", "headers")
            post(self._link, {"kind": "asset", **dict(zip(names, item[1:], strict=True))})


class Reads:
    """Tells the kit how many frames pages have taken that have no socket of their own."""

    def __init__(self, host: Host, channel: Channel) -> None:
        self._host = host
        self._link = channel
        self._sizes: dict[int, deque[int]] = {}
        self._changed = Condition()

    def sent(self, window: int, size: int) -> None:
        """A frame has been given to the host."""
        with self._changed:
            self._sizes.setdefault(window, deque()).append(size)
            self._changed.notify()

    def watch(self) -> None:
        """Look while there is something to see."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._sizes)
                for window in list(self._sizes):
                    self._look(window)
                if self._sizes:
                    self._changed.wait(_LOOK_S)

    def _look(self, window: int) -> None:
        sizes = self._sizes[window]
        unread = self._host.waiting(window)
        left, taken = sum(sizes), 0
        while sizes and left > max(unread, 0):
            left -= sizes.popleft()
            taken += 1
        if taken:
            post(self._link, {"kind": "read", "window": window, "count": taken})
        if not sizes or unread < 0:
            del self._sizes[window]


class BodyWriter:
    """Writes a body that comes in pieces to the web view, at the page's pace."""

    def __init__(
        self, host: Host, channel: Channel, request: int, status: int, headers: Headers
    ) -> None:
        self._host = host
        self._link = channel
        self._answer = (request, status, headers)
        self.pieces: queue.SimpleQueue[bytes | memoryview | None] = queue.SimpleQueue()
        Thread(target=self._run, name="pytron-body", daemon=True).start()

    def _run(self) -> None:
        import pytron_native

        request, status, headers = self._answer
        length = next((int(v) for k, v in headers if k.lower() == "content-length"), -1)
        try:
            descriptor = self._host.answer_stream(request, status, headers, length)
        except pytron_native.HostError:  # Windows wants whole bodies
            self._host.answer(request, status, headers, b"".join(self._taken()))
            return
        try:
            with open(descriptor, "wb", buffering=0) as pipe:  # noqa: PTH123 - a descriptor
                for piece in self._taken():
                    view = memoryview(piece)
                    while view.nbytes:
                        view = view[pipe.write(view) or 0 :]
        except BrokenPipeError:
            post(self._link, {"kind": "drop", "request": request})

    def _taken(self) -> Any:
        while (piece := self.pieces.get()) is not None:
            yield piece
            post(self._link, {"kind": "credit", "request": self._answer[0], "count": 1})
