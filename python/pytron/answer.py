"""A value that comes later: awaitable on any loop, and waitable from a thread."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from threading import Event, Lock, Timer, current_thread, local, main_thread
from typing import Any, Generic, TypeVar, cast

from pytron.errors import CallError, EngineError

T = TypeVar("T")
R = TypeVar("R")
#: Set on a thread while it calls what waits for an answer: the next one would come behind that.
_here = local()


def may_wait() -> bool:
    """Whether this thread may block.

    Not the main thread, none that runs an asyncio loop, and none that is bringing an answer.
    """
    if current_thread() is main_thread() or getattr(_here, "brings", False):
        return False
    running_loop = getattr(sys.modules.get("asyncio"), "get_running_loop", None)
    if running_loop is None:  # or another thread is importing it just now
        return True
    try:
        running_loop()
    except RuntimeError:
        return True
    return False


class Answer(Generic[T]):
    """The answer to a query: `await window.bounds()`, or `window.bounds().result(timeout_s=2)`."""

    def __init__(self, what: str) -> None:
        self.what = what  # for messages
        self._arrived = Event()
        self._value: T | None = None
        self._error: BaseException | None = None
        self._callbacks: list[Callable[[], object]] = []
        self._lock = Lock()

    @classmethod
    def failed(cls, what: str, error: BaseException) -> Answer[Any]:
        """One that has failed already."""
        answer: Answer[Any] = Answer(what)
        answer.fail(error)
        return answer

    def result(self, timeout_s: float = 10) -> T:
        """Wait for the value, on any thread but the main one and the app's loop.

        Raises:
            EngineError: asked to wait on the main thread, which has to produce the answer, on
                a loop, or in what another answer calls.
            CallError: `timeout`, or whatever went wrong.
        """
        if not self._arrived.is_set():
            if not may_wait():
                raise EngineError(
                    f"{self.what} cannot be waited for on the main thread, which has to answer "
                    "it, on a loop, or in what another answer calls when it is done; await it, "
                    "or ask from a function that pages call"
                )
            if not self._arrived.wait(timeout_s):
                raise CallError(f"{self.what} gave no answer in {timeout_s:g} s", code="timeout")
        return self._given()

    def __await__(self) -> Generator[Any, None, T]:
        """Wait for the value without blocking the loop."""
        import asyncio

        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()

        def wake() -> None:
            if not future.done():
                future.set_result(None)

        def arrived() -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(wake)

        self.when_done(arrived)
        yield from future
        return self._given()

    def when_done(self, callback: Callable[[], object]) -> None:
        """Call this once the answer is there, on the thread that brings it: it must not wait."""
        with self._lock:
            if not self._arrived.is_set():
                self._callbacks.append(callback)
                return
        callback()

    def settle(self, value: T) -> None:
        """Bring the value. Only the first answer counts."""
        self._finish(value, None)

    def fail(self, error: BaseException) -> None:
        """Bring an error instead."""
        self._finish(None, error)

    def map(self, convert: Callable[[T], R]) -> Answer[R]:
        """What comes of the value, once it is there; its error stays an error."""
        made: Answer[R] = Answer(self.what)

        def arrived() -> None:
            try:
                made.settle(convert(self._given()))
            except Exception as error:  # noqa: BLE001 - whoever asked gets it
                made.fail(error)

        self.when_done(arrived)
        return made

    def expire(self, timeout_s: float) -> None:
        """Fail with `timeout` if nothing has come by then. One timer thread, until it is there."""
        timer = Timer(timeout_s, self._late, [timeout_s])
        timer.daemon = True
        timer.start()
        self.when_done(timer.cancel)

    def _late(self, timeout_s: float) -> None:
        self.fail(CallError(f"{self.what} gave no answer in {timeout_s:g} s", code="timeout"))

    def _finish(self, value: T | None, error: BaseException | None) -> None:
        with self._lock:
            if self._arrived.is_set():
                return
            self._value, self._error = value, error
            self._arrived.set()
            callbacks, self._callbacks = self._callbacks, []
        before, _here.brings = getattr(_here, "brings", False), True
        try:
            for callback in callbacks:
                callback()
        finally:
            _here.brings = before

    def _given(self) -> T:
        if self._error is not None:
            raise self._error
        return cast("T", self._value)
