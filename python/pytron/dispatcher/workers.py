"""The threads that take what pages send and run what it asks for.

One thread at a time leads: it waits for what arrives, turns it into tasks and works them off
itself, so that a quick call costs no change of threads. A watcher sees when a task turns out slow
and sends another thread to take over the rest, and the lead with it. So slow functions block
nothing, and quick ones pay nothing for that.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable
from threading import Lock, Semaphore, Thread
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")
_log = logging.getLogger(__name__)

#: A task that has run this long is slow: others take over what waits behind it.
SLOW_S = 0.002
#: The watcher sleeps for good after so many ticks without work.
_QUIET_TICKS = 25


class Task(Protocol):
    """Something to do; `in_order` ones hold back all later ones until they are done."""

    in_order: bool

    def run(self) -> None:
        """Do it. Must not raise."""
        ...


class Workers(Generic[T]):
    """A pool of at most `limit` busy threads, and always one more to listen."""

    def __init__(
        self,
        receive: Callable[[], list[T]],
        accept: Callable[[T], Iterable[Task]],
        *,
        limit: int,
    ) -> None:
        self._receive = receive
        self._accept = accept
        self._limit = limit
        self._tasks: deque[Task] = deque()
        self._order = Lock()  # held while taking a task, and while running one `in_order`
        self._lead = Lock()
        self._count = Lock()
        self._threads: list[Thread] = []
        self._idle = 0
        self._rest = Semaphore(0)
        self._running = 0
        self._taken = 0
        self._receiving = False
        self._watching = False
        self._armed = Semaphore(0)
        self._closed = False

    def start(self) -> None:
        """Begin to receive."""
        self._spawn()
        Thread(target=self._watch, name="pytron-watcher", daemon=True).start()

    def submit(self, task: Task) -> None:
        """Run a task of Pytron's own on one of the threads."""
        self._tasks.append(task)
        self._wake()

    def close(self, timeout_s: float) -> None:
        """Let the threads end once `receive` gives nothing more; wait for the quick ones."""
        self._closed = True
        self._armed.release()
        with self._count:
            threads = list(self._threads)
        for _ in threads:
            self._rest.release()
        deadline = time.monotonic() + timeout_s
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _spawn(self) -> None:
        thread = Thread(
            target=self._work, name=f"pytron-worker-{len(self._threads) + 1}", daemon=True
        )
        self._threads.append(thread)
        thread.start()

    def _wake(self) -> None:
        """Send one more thread to look for work, if there may be one more."""
        with self._count:
            if self._idle:
                self._idle -= 1
                self._rest.release()
            elif len(self._threads) <= self._limit and not self._closed:
                self._spawn()

    def _work(self) -> None:
        finished = False
        while True:
            task = self._take(finished)
            if task is None:
                return
            finished = True
            task.run()

    def _take(self, finished: bool) -> Task | None:
        """The next task for this thread; in between it may lead or rest. None at the end."""
        while True:
            with self._order:
                if finished:
                    self._running -= 1
                    finished = False
                while self._tasks and (self._running < self._limit or self._tasks[0].in_order):
                    task = self._tasks.popleft()
                    self._taken += 1
                    if not task.in_order:
                        self._running += 1
                        return task
                    task.run()
            if self._closed:
                return None
            if self._lead.acquire(blocking=False):
                try:
                    self._listen()
                finally:
                    self._lead.release()
            else:
                with self._count:
                    self._idle += 1
                self._rest.acquire()

    def _listen(self) -> None:
        """Wait for what comes and turn it into tasks."""
        if self._tasks and self._running < self._limit:
            return
        self._receiving = True
        items = self._receive()
        self._receiving = False
        if not self._watching:
            self._watching = True
            self._armed.release()
        if not items:
            self._closed = True
        for item in items:
            try:
                self._tasks.extend(self._accept(item))
            except Exception:  # noqa: BLE001 - the lead must go on whatever one item does
                _log.exception("what arrived could not be taken up")

    def _watch(self) -> None:
        """While there is work, look every SLOW_S whether it moves."""
        while not self._closed:
            self._armed.acquire()
            quiet = 0
            taken = -1
            while quiet < _QUIET_TICKS and not self._closed:
                time.sleep(SLOW_S)
                if self._receiving and not self._tasks:
                    quiet += 1
                    if quiet == _QUIET_TICKS:
                        self._watching = False
                        # Work that came before this line saw the watcher still awake.
                        if not self._receiving or self._tasks:
                            self._watching = True
                            quiet = 0
                    continue
                quiet = 0
                if taken == self._taken:
                    self._wake()
                taken = self._taken
