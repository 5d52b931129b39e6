"""What the workers of one deployment share: tokens, messages to all, and the log of the state.

One process needs none of this between workers, so the hub here is a dictionary. The shape is that
of a store such as Redis: values with a lifetime that are taken by one only, channels, and a log.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import RLock
from typing import Protocol

Stop = Callable[[], None]


class Hub(Protocol):
    """Shared by all workers. Every method may be called from any thread."""

    def put(self, key: str, value: bytes, keep_s: float) -> None:
        """Keep a value for so long. Redis: SET key value PX."""
        ...

    def take(self, key: str) -> bytes | None:
        """The value, which nobody gets a second time. Redis: GETDEL."""
        ...

    def publish(self, channel: str, message: bytes) -> None:
        """Send to all that listen, here too. Redis: PUBLISH."""
        ...

    def listen(self, channel: str, receive: Callable[[bytes], object]) -> Stop:
        """Hear what is published, in order; the function that stops it. Redis: SUBSCRIBE."""
        ...


class LocalHub:
    """The hub of one process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._values: dict[str, tuple[float, bytes]] = {}
        self._listeners: dict[str, list[Callable[[bytes], object]]] = {}
        self._lock = RLock()

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
            until, value = self._values.pop(key, (0.0, None))
        return value if until > self._clock() else None

    def publish(self, channel: str, message: bytes) -> None:
        """Call those that listen, in the order in which they began to."""
        with self._lock:
            for receive in list(self._listeners.get(channel, ())):
                receive(message)

    def listen(self, channel: str, receive: Callable[[bytes], object]) -> Stop:
        """Be called with what is published."""
        with self._lock:
            self._listeners.setdefault(channel, []).append(receive)

        def stop() -> None:
            with self._lock:
                if receive in self._listeners.get(channel, ()):
                    self._listeners[channel].remove(receive)

        return stop
