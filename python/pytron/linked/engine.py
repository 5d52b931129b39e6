"""An engine behind a link: commands go to another process, and its events come from it."""

from __future__ import annotations

import logging
import time
from abc import abstractmethod
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from queue import SimpleQueue
from threading import Lock
from typing import Any, Final

from pytron import link
from pytron.engine import (
    AssetRequest,
    Body,
    Engine,
    EngineOptions,
    FileBody,
    Frame,
    Happening,
    Incoming,
)
from pytron.errors import EngineError, ProtocolError
from pytron.framing import Buffer
from pytron.link import Channel, Child, Hub, Message, post
from pytron.linked.bodies import PIECE_BYTES, Bodies
from pytron.linked.page import Page
from pytron.linked.ports import Ports
from pytron.linked.program import Program

_log = logging.getLogger(__name__)

#: How long a host may take to say that it is ready: its files may come from a slow disk.
START_TIMEOUT_S: Final = 30.0
_INTERRUPTED: Final = 128 + 2
_LOST: Final = 1


class LinkedEngine(Engine):
    """What all engines share that live in another process.

    A subclass gives `name`, `origin`, `program` and `can`; it may override `prepare`, `release`,
    `launch`, `details`, `started` and `answer`.
    """

    def __init__(self) -> None:
        self._hub: Hub | None = None
        self._link: Channel | None = None
        self._child: Child | None = None
        self._pages: dict[int, Page] = {}
        self._bodies = Bodies()
        self._inbox: deque[Incoming] = deque()
        self._dirty: set[Page] = set()
        self._listening = False
        self._main: SimpleQueue[Callable[[], object] | None] = SimpleQueue()
        self._lock = Lock()
        self._ready = self._over = False
        self._code = 0
        #: What the host says of itself.
        self.facts: dict[str, Any] = {}
        #: Windows that live already, with what their `open` carried as `kept`.
        self.living: Sequence[tuple[int, Any]] = []

    def prepare(self, options: EngineOptions) -> None:
        """Get what the process needs before it is started. For subclasses."""

    def release(self) -> None:
        """Give back what `prepare` got. For subclasses."""

    @abstractmethod
    def program(self) -> Program:
        """What is to be started, once it is prepared.

        Raises:
            EngineError: something is missing; the message names it and the remedy.
        """

    def launch(self) -> Child:
        """Start it. For subclasses that may have done so already."""
        return self.program().start()

    def started(self) -> None:
        """The host is ready, and `facts` are here. For subclasses.

        Raises:
            EngineError: they do not suffice.
        """

    def details(self) -> Mapping[str, object]:
        """What `start` tells the host besides. For subclasses."""
        return {}

    def carry(self, parts: Sequence[Buffer]) -> tuple[bytes, list[str]] | None:  # noqa: ARG002
        """Take the parts of a frame another way; its head, and what names them. For subclasses."""
        return None

    @property
    def host(self) -> Channel:
        """The link to the host.

        Raises:
            EngineError: the engine has not been started.
        """
        if self._link is None:
            raise EngineError(f"the {self.name} engine has not been started")
        return self._link

    # --- life ---------------------------------------------------------------------------------

    def begin(self, options: EngineOptions) -> None:
        """Start the process, or take the link that this one was started with.

        Raises:
            EngineError: it is missing, or cannot start.
        """
        if self._link is not None:
            return
        self._link = link.taken()
        self.kept = self._link is not None
        if self._link is None:
            self.prepare(options)
            self._child = self.launch()
            self._link = self._child.channel
        hub = self._hub = Hub()
        self.ports = Ports(hub, self._pages)
        hub.add(self._link)
        start = {"kind": "start", "version": link.VERSION, "engine": self.name}
        start |= {"app": options.app_id, "name": options.name, "dev": options.dev}
        post(self._link, {**start, "folder": options.data_folder, **self.details()})

    def start(self, options: EngineOptions) -> None:
        """Begin, where that has not been done, and wait until the host is ready.

        Raises:
            EngineError: it is missing, cannot start, or says that it cannot show windows.
        """
        self.begin(options)
        assert self._hub is not None
        try:
            self._await_ready(self.host, self._hub)
            self.started()
        except BaseException:
            self._stop(_LOST)
            link.let_go(self.host, to_next=self.kept)  # a host ends with it, a keeper has others
            self._link = None
            self.close()
            raise

    def _await_ready(self, host: Channel, hub: Hub) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise EngineError(
                    f"the {self.name} engine did not start in {START_TIMEOUT_S:g} s; what it wrote "
                    "above may say why"
                )
            hub.wait(left)
            try:
                found, more = link.messages(host)
            except ProtocolError as error:
                raise EngineError(f"the {self.name} engine sent nonsense: {error}") from error
            for place, message in enumerate(found):
                if message.kind == "ready":
                    self._welcome(message.fields)
                    for later in found[place + 1 :]:
                        self._take(later)
                    return
            if not more:
                fate = self._fate()
                raise EngineError(f"the {self.name} engine ended before it was ready: {fate}")

    def _welcome(self, fields: Mapping[str, Any]) -> None:
        if "error" in fields:
            raise EngineError(str(fields["error"]), code=str(fields.get("code", "unsupported")))
        if fields.get("version") != link.VERSION:
            raise EngineError(
                f"the {self.name} engine speaks version {fields.get('version')} of the link, this "
                f"is {link.VERSION}; install both from one release",
                code="version",
            )
        self._ready = True
        self.facts = dict(fields.get("facts") or {})
        windows: list[dict[str, Any]] = fields.get("windows") or []
        for window in windows:
            self._pages[window["window"]] = Page(window["window"], self.host, self.carry)
            self.living = [*self.living, (window["window"], window.get("kept"))]

    def _fate(self) -> str:
        return self._child.fate() if self._child else "the process that had started it has gone"

    def run(self) -> int:
        """Run what is for the main thread until `quit`; 130 when Ctrl-C ended it."""
        try:
            while (function := self._main.get()) is not None:
                self._run(function)
        except KeyboardInterrupt:
            return _INTERRUPTED
        return self._code

    def _run(self, function: Callable[[], object]) -> None:
        try:
            function()
        except Exception:  # noqa: BLE001 - what fails on the main thread must not end the app
            _log.exception("a function on the main thread failed")

    def quit(self, code: int = 0) -> None:
        """End `run`, and the process at the other end."""
        if self._stop(code) and self._link is not None:
            post(self._link, {"kind": "quit", "code": code})

    def _stop(self, code: int) -> bool:
        """Let everything here end; whether it has not been ended before."""
        with self._lock:
            if self._over:
                return False
            self._over = True
            self._code = code
        self._bodies.close()
        if self._hub is not None:
            self._hub.ring()
        self._main.put(None)
        return True

    def close(self) -> None:
        """Wait for the end of the process, by force if it does not come."""
        self.quit()
        if self._child is not None:
            self._child.end(link.END_TIMEOUT_S if self._ready else 0)  # or it has nothing to end
        for page in self._pages.values():
            page.close()
        if self._link is not None:
            self._link.close()
        if self._hub is not None:
            self.ports.close()
            self._hub.close()
        self.release()

    def resume(self) -> None:
        """Let the pages of living windows be heard."""
        if self.living:
            post(self.host, {"kind": "resume"})

    def _lost(self, reason: str) -> None:
        """The link has ended by itself. A host that is still there sees it end, and ends."""
        if self._stop(_LOST):
            _log.error("the %s engine has gone (%s), and the app ends", self.name, reason)
        self.host.close()

    # --- down ---------------------------------------------------------------------------------

    def command(self, message: Mapping[str, object]) -> None:
        """Pass on a command."""
        if message["kind"] == "open":
            window = message["window"]
            assert isinstance(window, int)
            self._pages[window] = Page(window, self.host, self.carry)
        post(self.host, message)

    def send(self, window: int, body: bytes, parts: Sequence[memoryview] = ()) -> int:
        """Queue messages for a page."""
        page = self._pages.get(window)
        if page is None:
            return -1
        waiting = page.push(body, parts)
        self._dirty.add(page)
        # Seen false, it was not set before `page` was dirty: whoever sets it then sends this.
        if self._listening:
            self._flush(page)
        return waiting

    def _flush(self, page: Page) -> None:
        self._dirty.discard(page)
        if not page.flush():
            self._dirty.add(page)

    def discard(self, window: int) -> None:
        """Forget what is queued for a page."""
        page = self._pages.get(window)
        if page is not None:
            page.discard()
            post(self.host, {"kind": "discard", "window": window})

    def waiting(self, window: int) -> int:
        """Bytes the page has not read."""
        page = self._pages.get(window)
        return -1 if page is None else page.waiting

    def drained(self, window: int, below: int, timeout_s: float) -> bool:
        """Wait until the page has read what waits for it."""
        page = self._pages.get(window)
        return page is None or page.wait_below(below, timeout_s)

    def answer(
        self, request: int, status: int, headers: Sequence[tuple[str, str]], body: Body
    ) -> None:
        """Answer an asset request; an iterator is sent from this thread."""
        host = self.host
        head: dict[str, object] = {"kind": "respond", "request": request}
        head |= {"status": status, "headers": headers}
        if isinstance(body, FileBody):
            post(host, {**head, "file": body._asdict()})
        elif isinstance(body, AsyncIterator):
            raise EngineError("the kit reads asynchronous bodies before it answers")
        elif isinstance(body, Iterator) or memoryview(body).nbytes > PIECE_BYTES:
            post(host, {**head, "stream": True})
            pieces = body if isinstance(body, Iterator) else iter([memoryview(body)])
            self._bodies.send(host, request, pieces)
        else:
            post(host, head, [body] if len(body) else [])

    def invoke(self, function: Callable[[], object]) -> None:
        """Run a function on the main thread soon."""
        self._main.put(function)

    # --- up -----------------------------------------------------------------------------------

    def receive(self, timeout_s: float | None = None) -> list[Incoming]:
        """Wait for what comes over the link and from the pages."""
        hub = self._hub
        if hub is None:
            raise EngineError(f"the {self.name} engine has not been started")
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while not self._over:
            if self._inbox:
                items, self._inbox = self._inbox, deque()
                return list(items)
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                return []
            self._listen(hub, left)
        return []

    def _listen(self, hub: Hub, timeout_s: float | None) -> None:
        self._listening = True
        try:
            for page in list(self._dirty):
                self._flush(page)
            ready = hub.wait(timeout_s)
        finally:
            self._listening = False
        for page in self._pages.values():
            page.moved()
        for channel in ready:
            if channel is self._link:
                self._read_link(channel)
            else:
                self._inbox += self.ports.read(channel)

    def _read_link(self, channel: Channel) -> None:
        try:
            found, more = link.messages(channel)
        except ProtocolError as error:
            self._lost(str(error))
            return
        for message in found:
            try:
                self._take(message)
            except (KeyError, TypeError, ValueError, IndexError) as error:
                self._lost(f"it sent a malformed {message.kind!r}: {error!r}")
                return
        if not more:
            self._lost(self._fate())

    def _take(self, message: Message) -> None:
        fields, kind = message.fields, message.kind
        window = fields.get("window") or 0
        if kind == "read":
            if window in self._pages:
                self._pages[window].took(fields["count"])
        elif kind == "credit":
            self._bodies.credit(fields["request"], fields["count"])
        elif kind == "drop":
            self._bodies.drop(fields["request"])
        elif kind == "port":
            self.ports.join(window, self.host.descriptors.popleft())
        elif kind == "end":
            self._stop(0)
        else:
            item = self.taken(message)
            if item is not None:
                self._inbox.append(item)
            if kind == "closed" and window in self._pages:
                self.ports.drop(self._pages.pop(window).close())

    def taken(self, message: Message) -> Incoming | None:
        """What a message is for the kit; None for nothing. For subclasses to take some first."""
        fields, kind = message.fields, message.kind
        window = fields.get("window") or 0
        if kind == "frame":
            text, *parts = message.parts
            return Frame(window, bytes(text), parts)
        if kind == "asset":
            what = (fields["method"], fields["target"], fields["headers"])
            return AssetRequest(fields["request"], window, *what)
        return Happening(kind, window, fields)
