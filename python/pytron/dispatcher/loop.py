"""The app's asyncio loop, on a thread of its own."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import copy_context
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncio

_log = logging.getLogger(__name__)


class Loop:
    """A loop that starts at its first use: asyncio is heavy, and many apps need none."""

    def __init__(
        self,
        factory: Callable[[], asyncio.AbstractEventLoop] | None = None,
        lent: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        """Make one, or use one that runs already and is left running."""
        self._factory = factory
        self._loop = lent
        self._context = copy_context()
        self._thread: Thread | None = None
        self._lock = Lock()
        self._inbox: deque[Callable[[], object]] = deque()
        self._woken = False
        self._ended = False
        self._tasks: set[asyncio.Task[Any]] = set()

    def submit(self, function: Callable[[], object]) -> None:
        """Run a function on the loop soon; those submitted together share one wake-up."""
        loop = self._loop or self._start()
        self._inbox.append(function)
        if not self._woken:
            self._woken = True
            try:
                loop.call_soon_threadsafe(self._drain)
            except RuntimeError:  # the loop has closed: the app is ending
                self._inbox.clear()

    def spawn(self, make: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        """Run a coroutine as a task, which is kept alive until it ends.

        Its context is a copy of the one that the loop was made in, whoever asks for it.
        """

        def start() -> None:
            task = self._context.copy().run(self.loop.create_task, make())
            self._tasks.add(task)  # the loop itself holds tasks weakly
            task.add_done_callback(self._tasks.discard)

        self.submit(start)

    def cancel(self, task: asyncio.Task[Any]) -> None:
        """Cancel a task of the loop, from any thread."""
        self.submit(task.cancel)

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop itself, started if need be."""
        return self._loop or self._start()

    def close(self, timeout_s: float) -> None:
        """Cancel what still runs there, let it finish, and end the loop."""
        with self._lock:
            loop, thread = self._loop, self._thread
            self._ended = True
        if loop is None:
            return
        if thread is None:  # it is lent: this may be its own thread, which must not wait for it
            for task in list(self._tasks):
                loop.call_soon_threadsafe(task.cancel)
            return
        import asyncio

        async def finish() -> None:
            try:
                others = asyncio.all_tasks() - {asyncio.current_task()}
                for task in others:
                    task.cancel()
                if others:
                    await asyncio.wait(others, timeout=timeout_s)
                await loop.shutdown_asyncgens()
                await asyncio.wait_for(loop.shutdown_default_executor(), timeout_s)
            except asyncio.TimeoutError:
                _log.warning("something on a thread of the loop outlives the app")
            finally:
                loop.stop()

        self.spawn(finish)
        thread.join(2 * timeout_s)

    def _start(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is not None:
                return self._loop
            if self._ended:
                raise RuntimeError("the app has ended, and its asyncio loop with it")
            import asyncio  # only here: it takes longer to import than all of Pytron

            loop = self._factory() if self._factory else asyncio.new_event_loop()
            ready = Event()
            thread = Thread(target=self._run, args=(loop, ready), name="pytron-loop", daemon=True)
            thread.start()
            self._thread, self._loop = thread, loop
            ready.wait()
            return loop

    def _run(self, loop: asyncio.AbstractEventLoop, ready: Event) -> None:
        import asyncio

        asyncio.set_event_loop(loop)
        loop.call_soon(ready.set)
        try:
            loop.run_forever()
        finally:
            loop.close()

    def _drain(self) -> None:
        self._woken = False
        for _ in range(len(self._inbox)):
            try:
                self._inbox.popleft()()
            except Exception:  # noqa: BLE001 - one must not take the others with it
                _log.exception("a task could not be started on the loop")
