"""A fixed number of threads for an executor of the app's."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from queue import SimpleQueue
from threading import Lock, Thread

_log = logging.getLogger(__name__)


class Pool:
    """Daemon threads that run what they are given, in its order.

    Those of `concurrent.futures` would keep the process from ending while a function hangs.
    """

    def __init__(self, name: str, size: int) -> None:
        self._name = name
        self._size = size
        self._queue: SimpleQueue[Callable[[], object] | None] = SimpleQueue()
        self._threads: list[Thread] = []
        self._lock = Lock()
        self._free = 0

    def submit(self, function: Callable[[], object]) -> None:
        """Run this as soon as a thread is free."""
        with self._lock:
            if self._free:
                self._free -= 1
            elif len(self._threads) < self._size:
                name = f"pytron-{self._name}-{len(self._threads) + 1}"
                thread = Thread(target=self._work, name=name, daemon=True)
                thread.start()
                self._threads.append(thread)
        self._queue.put(function)

    def close(self, timeout_s: float) -> None:
        """End the threads, and wait for those that are quick."""
        with self._lock:
            threads, self._threads, self._size = self._threads, [], 0
        for _ in threads:
            self._queue.put(None)
        deadline = time.monotonic() + timeout_s
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _work(self) -> None:
        while (function := self._queue.get()) is not None:
            try:
                function()
            except BaseException:  # noqa: BLE001 - it must not take the thread with it
                _log.exception("a task of the executor %r failed", self._name)
            with self._lock:
                self._free += 1
