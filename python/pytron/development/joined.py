"""Two engines with one app behind them: the app's own windows, and tabs of browsers beside them.

In development a tab at Vite's address is a page of the app that runs, at the same time as its
window: see `pytron.development.tabs`.
"""

from __future__ import annotations

import queue
from collections.abc import Callable, Mapping, Sequence
from threading import Event, Thread
from typing import Generic, TypeVar

from pytron.engine import Body, Capability, Engine, EngineOptions, Incoming
from pytron.server.incoming import take_all

E = TypeVar("E", bound=Engine)


class JoinedEngine(Engine, Generic[E]):
    """An engine with another one beside it. Windows are told apart by their numbers.

    Attributes:
        beside: the other engine, whose windows are those that come as visits.
    """

    def __init__(self, first: Engine, beside: E) -> None:
        """Join them.

        Args:
            first: opens the app's windows and owns the main thread.
            beside: the other one, which must number its asset requests below zero.
        """
        self.first = first
        self.name = first.name  # type: ignore[misc]  # what it is depends on what it joins
        self.origin = first.origin
        self._incoming: queue.SimpleQueue[Incoming | None] = queue.SimpleQueue()
        self.beside = beside
        self._visitors: set[int] = set()
        self._ended = Event()

    def start(self, options: EngineOptions) -> None:
        """Get both ready."""
        self.first.start(options)
        self.origin = self.first.origin
        self.kept = self.first.kept
        try:
            self.beside.start(options)
        except BaseException:
            self.first.quit()
            raise
        self.living = self.first.living
        Thread(target=self._pump_first, name="pytron-joined", daemon=True).start()
        Thread(target=self._pump, args=(self.beside,), name="pytron-beside", daemon=True).start()

    def turn(self) -> None:
        """Carry out what was ordered before `run`."""
        self.first.turn()

    def resume(self) -> None:
        """Let the pages of windows that live already be heard."""
        self.first.resume()

    def close(self) -> None:
        """Wait until all that either began has ended."""
        self.first.close()
        self.beside.close()

    def _pump_first(self) -> None:
        self._pump(self.first)
        self._end()

    def _pump(self, engine: Engine) -> None:
        while items := engine.receive():
            for item in items:
                self._incoming.put(item)

    def _end(self) -> None:
        self._ended.set()
        self._incoming.put(None)

    def run(self) -> int:
        """Serve the windows of the first until `quit`."""
        return self.first.run()

    def quit(self, code: int = 0) -> None:
        """End both."""
        self.first.quit(code)
        self.beside.quit(code)
        self._end()

    def command(self, message: Mapping[str, object]) -> None:
        """Pass on a command to the engine whose window it is about."""
        window = message.get("window")
        options = message.get("options")
        is_visit = isinstance(options, Mapping) and "visit" in options
        if is_visit and isinstance(window, int):
            self._visitors.add(window)
        self._of(window if isinstance(window, int) else 0).command(message)
        if message["kind"] == "close" and isinstance(window, int):
            self._visitors.discard(window)

    def _of(self, window: int) -> Engine:
        return self.beside if window in self._visitors else self.first

    def send(self, window: int, body: bytes, parts: Sequence[memoryview] = ()) -> int:
        """Queue messages for a page."""
        return self._of(window).send(window, body, parts)

    def discard(self, window: int) -> None:
        """Forget what is queued for a page."""
        self._of(window).discard(window)

    def waiting(self, window: int) -> int:
        """Bytes queued for a page."""
        return self._of(window).waiting(window)

    def drained(self, window: int, below: int, timeout_s: float) -> bool:
        """Wait until fewer bytes are queued for a page."""
        return self._of(window).drained(window, below, timeout_s)

    def receive(self, timeout_s: float | None = None) -> list[Incoming]:
        """Wait for what either brings."""
        return take_all(self._incoming, self._ended, timeout_s)

    def answer(
        self, request: int, status: int, headers: Sequence[tuple[str, str]], body: Body
    ) -> None:
        """Answer an asset request: those of the other engine are below zero."""
        (self.beside if request < 0 else self.first).answer(request, status, headers, body)

    def invoke(self, function: Callable[[], object]) -> None:
        """Run a function on the main thread soon."""
        self.first.invoke(function)

    def can(self, feature: str) -> Capability:
        """What the first can do: it has the app's windows."""
        return self.first.can(feature)
