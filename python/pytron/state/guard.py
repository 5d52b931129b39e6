"""The lock of a state, and the calls that wait until it is free."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from pytron.logs import logger

_log = logger(__name__)


class Gate(Protocol):
    """Further locking, around that of this process. Neither method raises."""

    def enter(self) -> None:
        """The lock was taken."""
        ...

    def leave(self) -> None:
        """It is about to be let go of."""
        ...


class Guard:
    """A re-entrant lock that makes deferred calls when its holder lets go of it.

    Attributes:
        level: how often the holder has entered.
        gate: see there; None where nobody but this process has the state.
    """

    __slots__ = ("_calling", "_lock", "_waiting", "gate", "level")

    def __init__(self) -> None:
        self.level = 0
        self.gate: Gate | None = None
        self._lock = threading.RLock()
        self._calling = threading.Lock()
        self._waiting: deque[tuple[Callable[[Any], object], object]] = deque()

    def __enter__(self) -> None:
        self._lock.acquire()
        self.level += 1
        if self.gate is not None and self.level == 1:
            self.gate.enter()

    def __exit__(self, *_: object) -> None:
        if self.gate is not None and self.level == 1:
            self.gate.leave()
        self.level -= 1
        free = not self.level and self._waiting
        self._lock.release()
        if free:
            self._call()

    def defer(self, callback: Callable[[Any], object], value: object) -> None:
        """Call `callback(value)` after the lock is free, in the order of deferring."""
        self._waiting.append((callback, value))

    def _call(self) -> None:
        # One thread calls at a time, so that the order holds; it takes what others defer meanwhile.
        while self._waiting and self._calling.acquire(blocking=False):
            try:
                while self._waiting:
                    callback, value = self._waiting.popleft()
                    call_safely(callback, value)
            finally:
                self._calling.release()


def call_safely(callback: Callable[[Any], object], value: object) -> None:
    """Call, and log what it raises: the change that it hears of has already happened."""
    try:
        callback(value)
    except Exception:  # noqa: BLE001 - the callback is the user's
        _log.exception("%r failed; the change itself is done", callback)
