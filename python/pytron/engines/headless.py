"""An engine without windows: the other end is a script, such as `pytron.testing.TestClient`."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from threading import Condition, Event, Lock
from typing import Any, ClassVar, cast

from pytron.engine import (
    AssetRequest,
    Body,
    Capability,
    Engine,
    EngineOptions,
    FileBody,
    Frame,
    Happening,
    Incoming,
)
from pytron.errors import EngineError, PytronError


class HeadlessPage:
    """The page of a window: collects the frames that the kit sends it."""

    def __init__(self) -> None:
        self.frames: deque[tuple[bytes, list[memoryview]]] = deque()
        self.changed = Condition()
        self.waiting = 0
        self.closed = False

    def put(self, body: bytes, parts: Sequence[memoryview]) -> int:
        """Add a frame."""
        with self.changed:
            self.frames.append((b"[" + body + b"]", list(parts)))
            self.waiting += len(body) + sum(part.nbytes for part in parts)
            self.changed.notify_all()
            return self.waiting

    def take(self, timeout_s: float | None = None) -> list[tuple[bytes, list[memoryview]]]:
        """All frames that are there; waits for one until the time-out, or until it is closed."""
        with self.changed:
            self.changed.wait_for(lambda: self.frames or self.closed, timeout_s)
            taken = list(self.frames)
            self._forget()
            return taken

    def clear(self) -> None:
        """Forget what has not been taken."""
        with self.changed:
            self._forget()

    def close(self) -> None:
        """Nothing comes any more."""
        with self.changed:
            self.closed = True
            self._forget()

    def wait_below(self, size_bytes: int, timeout_s: float) -> bool:
        """Wait until fewer bytes than these have not been taken."""
        with self.changed:
            return self.changed.wait_for(
                lambda: self.closed or self.waiting < size_bytes, timeout_s
            )

    def _forget(self) -> None:
        self.frames.clear()
        self.waiting = 0
        self.changed.notify_all()


class HeadlessEngine(Engine):
    """Windows that nobody sees. Everything else is as with any other engine."""

    name: ClassVar[str] = "headless"
    origin = "pytron://localhost"

    def __init__(self) -> None:
        self.pages: dict[int, HeadlessPage] = {}
        self.windows: dict[int, dict[str, Any]] = {}
        self.options: EngineOptions | None = None
        #: What stands in for the desktop: for each name of spec/view.md, section 8, a function that
        #: gets `args` and gives the value, or raises a `PytronError`.
        self.services: dict[str, Callable[[Mapping[str, Any]], object]] = {}
        #: Names that are there but never answered, as by a user who is away.
        self.silent: set[str] = set()
        self._incoming: deque[Incoming] = deque()
        self._arrived = Condition()
        self._answers: dict[int, tuple[Event, list[Any]]] = {}
        self._serial = 0
        self._lock = Lock()
        self._quit = Event()
        self._code = 0

    def start(self, options: EngineOptions) -> None:
        """Nothing is needed."""
        self.options = options

    def run(self) -> int:
        """Wait for `quit`; 130 when Ctrl-C ended it."""
        try:
            self._quit.wait()
        except KeyboardInterrupt:
            return 130
        return self._code

    def quit(self, code: int = 0) -> None:
        """End `run`."""
        with self._arrived:
            if not self._quit.is_set():
                self._code = code
                self._quit.set()
            self._arrived.notify_all()
        for page in list(self.pages.values()):
            page.close()

    def command(self, message: Mapping[str, object]) -> None:
        """Do what a window would do, without one."""
        kind, window = message["kind"], message["window"]
        if kind == "service":
            self._serve(message)
            return
        assert isinstance(window, int)
        if kind == "open":
            self.windows[window] = dict(cast("Mapping[str, Any]", message["options"]))
            self.pages[window] = HeadlessPage()
            self.happen(Happening("opened", window, {}))
        elif kind == "close":
            if self.windows.pop(window, None) is not None:
                self.pages.pop(window).close()
                self.happen(Happening("closed", window, {}))
        elif kind == "set":
            self._set(window, message)
        elif kind == "navigate":
            self.windows.get(window, {})["url"] = message["url"]
        elif kind == "query":
            self._query(window, message)

    def _set(self, window: int, message: Mapping[str, object]) -> None:
        options = self.windows.get(window)
        if options is None:
            return
        changed = {k: v for k, v in message.items() if k not in ("kind", "window")}
        options.update(changed)
        if changed.keys() & {"width", "height"}:
            size = {"width": options.get("width", 800), "height": options.get("height", 600)}
            self.happen(Happening("resized", window, size))
        states = ("minimized", "maximized", "fullscreen", "visible")
        if changed.keys() & set(states):
            now = {name: bool(options.get(name, name == "visible")) for name in states}
            self.happen(Happening("state", window, now))

    def _serve(self, message: Mapping[str, Any]) -> None:
        """Let the script answer for the desktop: `engine.services["dialogs.open"] = …`."""
        if message["name"] in self.silent:
            return
        fields: dict[str, Any] = {"id": message["id"]}
        name = str(message["name"])
        try:
            if name not in self.services:
                raise EngineError(self.can(name).reason)
            fields["value"] = self.services[name](message["args"])
        except PytronError as error:
            fields.update(error=str(error), code=error.code)
        self.happen(Happening("answer", 0, fields))

    def _query(self, window: int, message: Mapping[str, object]) -> None:
        options = self.windows.get(window, {})
        what = message["what"]
        fields: dict[str, Any] = {"id": message["id"]}
        if what == "bounds":
            fields["value"] = {
                "x": options.get("x") or 0,
                "y": options.get("y") or 0,
                "width": options.get("width", 800),
                "height": options.get("height", 600),
            }
        elif what == "state":
            names = ("minimized", "maximized", "fullscreen")
            fields["value"] = {name: bool(options.get(name)) for name in names}
            fields["value"]["visible"] = options.get("visible", True)
        elif what == "url":
            fields["value"] = options.get("url", "")
        else:
            fields["error"] = f"the headless engine has no {what}; use the native engine"
        self.happen(Happening("answer", 0, fields))

    def send(self, window: int, body: bytes, parts: Sequence[memoryview] = ()) -> int:
        """Give the page a frame."""
        page = self.pages.get(window)
        return -1 if page is None else page.put(body, parts)

    def discard(self, window: int) -> None:
        """Forget what the page has not taken."""
        page = self.pages.get(window)
        if page is not None:
            page.clear()

    def waiting(self, window: int) -> int:
        """Bytes the page has not taken."""
        page = self.pages.get(window)
        return -1 if page is None else page.waiting

    def drained(self, window: int, below: int, timeout_s: float) -> bool:
        """Wait until the page has taken what waits for it."""
        page = self.pages.get(window)
        return page is None or page.wait_below(below, timeout_s)

    def receive(self, timeout_s: float | None = None) -> list[Incoming]:
        """Wait for what the script did."""
        with self._arrived:
            self._arrived.wait_for(lambda: self._incoming or self._quit.is_set(), timeout_s)
            items = list(self._incoming)
            self._incoming.clear()
            return items

    def answer(
        self, request: int, status: int, headers: Sequence[tuple[str, str]], body: Body
    ) -> None:
        """Keep the answer for whoever asked."""
        with self._lock:
            waiting = self._answers.pop(request, None)
        if waiting is None:
            return
        arrived, box = waiting
        box.extend((status, dict(headers), _whole(body)))
        arrived.set()

    def invoke(self, function: Callable[[], object]) -> None:
        """There is no main loop: the caller's thread does."""
        function()

    def can(self, feature: str) -> Capability:
        """Nothing that needs a screen, unless the script stands in for it."""
        if feature in self.services or feature in self.silent:
            return Capability(True, "the test answers for it")
        return Capability(False, f"the headless engine shows nothing, so it has no {feature}")

    # --- for the script -----------------------------------------------------------------------

    def happen(self, item: Incoming) -> None:
        """Something arrives from a window or page."""
        with self._arrived:
            self._incoming.append(item)
            self._arrived.notify()

    def frame(self, window: int, text: bytes, parts: Sequence[memoryview] = ()) -> None:
        """The page sends a frame."""
        self.happen(Frame(window, text, list(parts)))

    def get(
        self, window: int, method: str, target: str, headers: Mapping[str, str], timeout_s: float
    ) -> tuple[int, dict[str, str], bytes]:
        """The page asks for an asset; status, headers, body."""
        arrived = Event()
        box: list[Any] = []
        with self._lock:
            self._serial += 1
            request = self._serial
            self._answers[request] = (arrived, box)
        self.happen(AssetRequest(request, window, method, target, headers))
        if not arrived.wait(timeout_s):
            raise TimeoutError(f"{method} {target} got no answer in {timeout_s:g} s")
        status, answered, body = box
        return status, answered, body


def _whole(body: Body) -> bytes:
    if isinstance(body, FileBody):
        with body.open() as file:
            return file.read(body.length)
    if isinstance(body, AsyncIterator):
        raise TypeError("the kit reads asynchronous bodies before it answers")
    if isinstance(body, Iterator):
        return b"".join(body)
    return bytes(body)
