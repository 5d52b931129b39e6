"""The server's loop, run by whoever waits for what arrives.

A loop with a thread of its own costs each call two changes of threads: to a worker and back. So the
worker that leads runs the loop itself until something has come, does that, and runs the loop again,
which then writes the answer. While it is busy for longer, another worker leads, and runs the loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from threading import Lock, get_ident
from typing import Any


class LoopInTurns:
    """A loop that is run by one thread after the other. Thread-safe but where noted."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._turn = Lock()  # held by whoever runs the loop
        self._state = Lock()
        self._running = False
        self._runner = 0
        self._may_stop = False
        self._posted: list[Callable[[], object]] = []

    def post(self, function: Callable[[], object]) -> None:
        """Run a function on the loop soon; nothing once it is closed."""
        with self._state:
            if not self._running:  # whoever runs it next begins with this: there is none to wake
                self._posted.append(function)
                return
        with suppress(RuntimeError):  # it has been closed
            self.loop.call_soon_threadsafe(function)

    def wake(self) -> None:
        """Let whoever runs the loop return soon."""
        if self._runner == get_ident():
            self._stop()
        else:
            self.post(self._stop)

    def _stop(self) -> None:
        if self._may_stop:
            self._may_stop = False
            self.loop.stop()

    def run(self, timeout_s: float | None = None) -> None:
        """Run the loop until `wake`, in turn with other threads."""
        with self._turn:
            if self.loop.is_closed():
                return
            timer = None if timeout_s is None else self.loop.call_later(timeout_s, self._stop)
            self._begin(may_stop=True)
            try:
                self.loop.run_forever()
            finally:
                self._end()
            if timer is not None:
                timer.cancel()

    def finish(self, last: Coroutine[Any, Any, object]) -> None:
        """Run the loop until this is done, in turn with other threads."""
        with self._turn:
            self._begin(may_stop=False)
            try:
                self.loop.run_until_complete(last)
            finally:
                self._end()

    def close(self) -> None:
        """Close the loop; nobody runs it any more."""
        with self._turn:
            self.loop.close()

    def _begin(self, *, may_stop: bool) -> None:
        self._may_stop = may_stop
        self._runner = get_ident()
        with self._state:
            self._running = True
            posted, self._posted = self._posted, []
        for function in posted:
            self.loop.call_soon(function)

    def _end(self) -> None:
        self._runner = 0
        self._may_stop = False
        with self._state:
            self._running = False
