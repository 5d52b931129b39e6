"""The threads that take what pages send and run what it asks for.

One thread at a time leads: it waits for what arrives, turns it into tasks and works them off
itself, so that a quick call costs no change of threads. A watcher sees when a task turns out slow
and sends another thread to take over the rest, and the lead with it. So slow functions block
nothing, and quick ones pay nothing for that.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from contextvars import copy_context
from threading import Lock, Semaphore, Thread
from typing import Any, Generic, Protocol, TypeVar, cast

from pytron.logs import logger

T = TypeVar("T")
_log = logger(__name__)

#: A task that has run this long is slow: others take over what waits behind it.
SLOW_S = 0.001
#: The watcher sleeps for good after so many ticks without work.
_QUIET_TICKS = 25


class Task(Protocol):
    """Something to do.

    Attributes:
        in_order: all later tasks wait until it is done.
        takes_place: it is a call; only `limit` of them, and as many others, run at the same time.
    """

    in_order: bool
    takes_place: bool

    def run(self) -> None:
        """Do it."""
        ...


class Run(Generic[T]):
    """Calls that came one behind the other: whoever has a place takes the next of them.

    It stays at the head of the queue until it is empty, and taking from it needs no lock.
    """

    __slots__ = ("_perform", "calls")

    in_order = False
    takes_place = True

    def __init__(self, calls: Iterable[T], perform: Callable[[deque[T]], None]) -> None:
        """`perform` takes from the left and runs what it has taken, until nothing is left."""
        self.calls = deque(calls)
        self._perform = perform

    def run(self) -> None:
        """Run those that are left, in the one place that this thread has."""
        self._perform(self.calls)


class OrderedTask(Task, Protocol):
    """A task that is `in_order`: `run` is quick, and what may take long is in `after`."""

    def after(self) -> None:
        """Do what later tasks don't have to wait for."""
        ...


class Workers(Generic[T]):
    """A pool of at most `limit` threads for calls, as many for all else, and one to listen."""

    def __init__(
        self,
        receive: Callable[[], list[T]],
        accept: Callable[[T], Iterable[Task]],
        *,
        limit: int,
    ) -> None:
        """Begin with `start`.

        Args:
            receive: gives what has arrived, and waits for it; nothing at the end.
            accept: what is to be done about it.
            limit: how many calls run at the same time.
        """
        #: Called by a thread that may have run calls, before it waits for anything.
        self.settle: Callable[[], None] = lambda: None
        self._context = copy_context()
        self._receive = receive
        self._accept = accept
        self._limit = limit
        self._tasks: deque[Task] = deque()
        self._arrivals = Lock()  # held while tasks are added, and while they are looked through
        self._order = Lock()  # held while taking a task, and while running one `in_order`
        self._lead = Lock()
        self._count = Lock()
        self._threads: list[Thread] = []
        self._idle = 0
        self._rest = Semaphore(0)
        self._running = 0
        self._others = 0
        self._taken = 0
        self._full = False
        self._receiving = False
        self._watching = False
        self._armed = Semaphore(0)
        self._closed = False

    def start(self) -> None:
        """Begin to receive."""
        self._spawn(self._watch, "watcher")
        self._spawn(self._work, "worker-1")

    def submit(self, task: Task) -> None:
        """Run a task of Pytron's own on one of the threads."""
        with self._arrivals:
            self._tasks.append(task)
            self._full = False
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

    def _spawn(self, target: Callable[[], None], name: str) -> None:
        thread = Thread(target=target, name=f"pytron-{name}", daemon=True)
        thread.start()
        self._threads.append(thread)  # after it: Ctrl-C may keep it from starting

    def _wake(self) -> None:
        """Send one more thread to look for work, if there may be one more."""
        with self._count:
            if self._idle:
                self._idle -= 1
                self._rest.release()
            elif len(self._threads) <= 2 * self._limit + 1 and not self._closed:
                self._spawn(self._work, f"worker-{len(self._threads)}")

    def _work(self) -> None:
        done: Task | None = None
        while True:
            done = self._take(done)
            if done is None:
                return
            self._run(cast("OrderedTask", done).after if done.in_order else done.run)

    def _take(self, done: Task | None) -> Task | None:
        """The next task for this thread; in between it may lead or rest. None at the end."""
        while True:
            if self._order.acquire(timeout=SLOW_S):
                try:
                    if done is not None:
                        if done.takes_place:
                            self._running -= 1
                        else:
                            self._others -= 1
                        done = None
                    task = self._next()
                    if task is not None:
                        return task
                finally:
                    self._order.release()
                self._run(self.settle)
                if self._closed:
                    return None
                may_rest = True
            else:
                self._run(self.settle)
                may_rest = False  # a task in order holds it, and somebody has to listen meanwhile
            if self._lead.acquire(blocking=False):
                try:
                    self._listen()
                finally:
                    self._lead.release()
            elif may_rest:
                with self._count:
                    if self._tasks and not self._full:  # it came after the look, and woke nobody
                        continue
                    self._idle += 1
                self._rest.acquire()

    def _next(self) -> Task | None:
        """Take a task, after those that come first and are `in_order`. With the order held."""
        tasks = self._tasks
        while tasks and _left(tasks[0]) == 0:
            tasks.popleft()
        if not tasks:
            return None
        if self._may_run(tasks[0]):
            task = tasks.popleft() if _left(tasks[0]) is None else tasks[0]
        else:  # no more of its kind now: only those of the other kind may overtake it
            task = self._overtaking()
            if task is None:
                return None
        self._taken += 1
        if task.takes_place:
            self._running += 1
        else:
            self._others += 1
            if task.in_order:
                self._run(task.run)
        return task

    def _may_run(self, task: Task) -> bool:
        if task.takes_place:
            return self._running < self._limit
        return task.in_order or self._others < self._limit

    def _overtaking(self) -> Task | None:
        with self._arrivals:
            for place, task in enumerate(self._tasks):
                if self._may_run(task):
                    del self._tasks[place]
                    return task
            self._full = True
        return None

    def _run(self, function: Callable[[], None]) -> None:
        try:
            # In a context of its own: what a handler sets there must not be seen by the next one.
            self._context.copy().run(function)
        except BaseException:  # noqa: BLE001 - a handler's SystemExit must not end a worker
            _log.exception("a task failed")

    def _listen(self) -> None:
        """Wait for what comes and turn it into tasks."""
        if self._tasks and not self._full:
            return
        self._receiving = True
        try:
            items = self._receive()
        finally:
            self._receiving = False
        if not self._watching:
            self._watching = True
            self._armed.release()
        if not items:
            self._closed = True
        for item in items:
            try:
                tasks = list(self._accept(item))
            except Exception:  # noqa: BLE001 - the lead must go on whatever one item does
                _log.exception("what arrived could not be taken up")
            else:
                with self._arrivals:
                    self._tasks.extend(tasks)
                    self._full = False

    def _watch(self) -> None:
        """While there is work, look every SLOW_S whether it moves."""
        while not self._closed:
            self._armed.acquire()
            quiet = 0
            before = None
            while quiet < _QUIET_TICKS and not self._closed:
                time.sleep(SLOW_S)
                if self._receiving and (not self._tasks or self._full):
                    quiet += 1
                    if quiet == _QUIET_TICKS:
                        self._watching = False
                        # Work that came before this line saw the watcher still awake.
                        if not self._receiving or (self._tasks and not self._full):
                            self._watching = True
                            quiet = 0
                    continue
                quiet = 0
                now = self._progress()
                if now == before:
                    self._wake()
                before = now

    def _progress(self) -> tuple[int, int]:
        """What is another whenever a task, or the next call of a run, has been taken."""
        try:
            first = self._tasks[0]
        except IndexError:
            return self._taken, 0
        return self._taken, _left(first) or 0


def _left(task: Task) -> int | None:
    """How many calls of a run are to be taken; None for any other task."""
    return len(cast("Run[Any]", task).calls) if isinstance(task, Run) else None
