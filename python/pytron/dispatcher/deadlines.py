"""Deadlines of calls: one thread for all of them, started with the first."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count
from threading import Condition, Thread
from time import monotonic
from typing import TYPE_CHECKING
from weakref import ref

if TYPE_CHECKING:
    from pytron.dispatcher.call import Call

#: A thread cannot be told to wait for ever so long (OverflowError).
_LONGEST_WAIT_S = 3600.0
#: From so many entries on, those of calls that have ended are cleared away now and then.
_CROWDED = 1000


class Deadlines:
    """Calls functions at their time, on one thread: they must be quick.

    A call that has ended is not kept alive by its deadline.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Callable[[], Callable[[], object] | None]]] = []
        self._serial = count()
        self._changed = Condition()
        self._thread: Thread | None = None
        self._closed = False
        self._clear_at = _CROWDED

    def at(self, when: float, function: Callable[[], object]) -> None:
        """Call the function when `time.monotonic()` reaches `when`."""
        self._add(when, lambda: function)

    def add(self, call: Call, expired: Callable[[Call], object]) -> None:
        """Call `expired` with this call at its deadline, if the call is still there."""
        if call.deadline is not None:
            self._add(call.deadline, _Weakly(call, expired))

    def _add(self, when: float, find: Callable[[], Callable[[], object] | None]) -> None:
        with self._changed:
            if self._closed:
                return
            if self._thread is None:
                thread = Thread(target=self._run, name="pytron-deadlines", daemon=True)
                thread.start()
                self._thread = thread  # after it: Ctrl-C may keep it from starting
            serial = next(self._serial)
            heapq.heappush(self._heap, (when, serial, find))
            if self._heap[0][1] == serial:
                self._changed.notify()
            if len(self._heap) > self._clear_at:
                self._heap = [entry for entry in self._heap if entry[2]() is not None]
                heapq.heapify(self._heap)
                self._clear_at = max(_CROWDED, 2 * len(self._heap))

    def close(self, timeout_s: float) -> None:
        """Forget them all."""
        with self._changed:
            self._closed = True
            self._heap.clear()
            self._changed.notify()
            thread = self._thread
        if thread is not None:
            thread.join(timeout_s)

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._closed and (not self._heap or self._heap[0][0] > monotonic()):
                    left_s = self._heap[0][0] - monotonic() if self._heap else None
                    self._changed.wait(None if left_s is None else min(left_s, _LONGEST_WAIT_S))
                if self._closed:
                    return
                function = heapq.heappop(self._heap)[2]()
            if function is not None:
                function()


class _Weakly:
    """What to do about a call, as long as there is one."""

    __slots__ = ("_call", "_expired")

    def __init__(self, call: Call, expired: Callable[[Call], object]) -> None:
        self._call = ref(call)
        self._expired = expired

    def __call__(self) -> Callable[[], object] | None:
        call = self._call()
        return None if call is None else lambda: self._expired(call)
