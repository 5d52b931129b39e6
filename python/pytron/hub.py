"""What the workers of one deployment share.

One process has nothing to share, so the hub here is a dictionary. Its shape is that of a store such
as Redis: values with a lifetime, which are taken by one only. Sessions live in the worker that has
their connection; a balancer must send a browser to the same worker again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import Protocol


class Hub(Protocol):
    """Shared by all workers. Every method may be called from any thread."""

    def put(self, key: str, value: bytes, keep_s: float) -> None:
        """Keep a value for so long. Redis: SET key value PX."""
        ...

    def take(self, key: str) -> bytes | None:
        """The value, which nobody gets a second time. Redis: GETDEL."""
        ...


class LocalHub:
    """The hub of one process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._values: dict[str, tuple[float, bytes]] = {}
        self._lock = Lock()

    def put(self, key: str, value: bytes, keep_s: float) -> None:
        """Keep a value; those whose time is over are forgotten on the way."""
        now = self._clock()
        with self._lock:
            over = [name for name, (until, _) in self._values.items() if until <= now]
            for name in over:
                del self._values[name]
            self._values[key] = (now + keep_s, value)

    def take(self, key: str) -> bytes | None:
        """The value, once."""
        with self._lock:
            until, value = self._values.pop(key, (0.0, b""))
        return value if until > self._clock() else None
