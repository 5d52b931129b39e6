"""Deadlines of calls: one thread for all of them, started with the first."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count
from threading import Condition, Thread
from time import monotonic


class Deadlines:
    """Calls functions at their time. A function runs on the deadline thread and must be quick."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Callable[[], object]]] = []
        self._serial = count()
        self._changed = Condition()
        self._thread: Thread | None = None
        self._closed = False

    def at(self, when: float, function: Callable[[], object]) -> None:
        """Call the function when `time.monotonic()` reaches `when`."""
        with self._changed:
            if self._thread is None:
                self._thread = Thread(target=self._run, name="pytron-deadlines", daemon=True)
                self._thread.start()
            heapq.heappush(self._heap, (when, next(self._serial), function))
            if self._heap[0][2] is function:
                self._changed.notify()

    def close(self) -> None:
        """Forget them all."""
        with self._changed:
            self._closed = True
            self._heap.clear()
            self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._closed and (not self._heap or self._heap[0][0] > monotonic()):
                    self._changed.wait(self._heap[0][0] - monotonic() if self._heap else None)
                if self._closed:
                    return
                function = heapq.heappop(self._heap)[2]
            function()
