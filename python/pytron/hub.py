"""What the processes of one deployment share: sessions' tokens and leases, broadcast, state.

One process has nothing to share, so the hub here is memory. The shape is that of a store such as
Redis, command by command, and `python/tests/hub` has what every hub must do.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Condition, Lock, Thread
from typing import NamedTuple, Protocol


class Tail(NamedTuple):
    """What a log has from some number on.

    Attributes:
        start: the number up to which `base` tells everything; None where the reader has that.
        base: see `start`.
        entries: those after `start`, or after the number that was asked for.
    """

    start: int | None
    base: bytes
    entries: list[bytes]


class Hub(Protocol):
    """Shared by all processes. Every method may be called from any thread.

    A hub that cannot reach its store raises `OSError`.
    """

    def put(self, key: str, value: bytes, keep_s: float) -> None:
        """Keep a value for so long. Redis: SET key value PX."""
        ...

    def take(self, key: str) -> bytes | None:
        """The value, which nobody gets a second time. Redis: GETDEL."""
        ...

    def claim(self, key: str, owner: str, keep_s: float) -> bool:
        """Have something for so long, unless another has it; again to have it for longer.

        Redis: SET key owner NX PX, and PEXPIRE where it is the owner's already.
        """
        ...

    def release(self, key: str, owner: str) -> None:
        """Give back what was claimed, if it is still the owner's. Redis: a script, GET and DEL."""
        ...

    def publish(self, topic: str, message: bytes) -> None:
        """Tell all who listen to a topic, us too. Redis: PUBLISH."""
        ...

    def subscribe(self, topic: str, take: Callable[[bytes], object]) -> Callable[[], None]:
        """Call `take` with each message from now on, one after another; give what stops it.

        It is called on a thread of the hub's, in the order of publishing, and may wait: nobody who
        publishes waits for it. Redis: SUBSCRIBE.
        """
        ...

    def append(self, log: str, number: int, entry: bytes) -> bool:
        """Add an entry if it is the log's next one: compare and set by number.

        Numbers begin with 1, or after that of `rebase`. Redis: a script, XADD log number.
        """
        ...

    def rebase(self, log: str, number: int, base: bytes) -> None:
        """Let `base` stand for all entries up to a number, which are forgotten. Redis: XTRIM."""
        ...

    def read(self, log: str, number: int) -> Tail:
        """What is after a number; from the base on where that has been forgotten. Redis: XRANGE."""
        ...


class LocalHub:
    """The hub of one process, in memory."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._values: dict[str, tuple[float, bytes]] = {}
        self._claims: dict[str, tuple[float, str]] = {}
        self._logs: dict[str, _Log] = {}
        self._listeners: dict[str, list[_Listener]] = {}
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

    def claim(self, key: str, owner: str, keep_s: float) -> bool:
        """Have something for so long."""
        now = self._clock()
        with self._lock:
            until, holder = self._claims.get(key, (0.0, owner))
            if holder != owner and until > now:
                return False
            self._claims[key] = (now + keep_s, owner)
            return True

    def release(self, key: str, owner: str) -> None:
        """Give it back."""
        with self._lock:
            if self._claims.get(key, (0.0, ""))[1] == owner:
                del self._claims[key]

    def publish(self, topic: str, message: bytes) -> None:
        """Tell all who listen."""
        with self._lock:
            for listener in self._listeners.get(topic, ()):
                listener.put(message)

    def subscribe(self, topic: str, take: Callable[[bytes], object]) -> Callable[[], None]:
        """Listen, on a thread for each."""
        listener = _Listener(take)
        with self._lock:
            self._listeners[topic] = [*self._listeners.get(topic, ()), listener]

        def stop() -> None:
            with self._lock:
                others = [other for other in self._listeners[topic] if other is not listener]
                self._listeners[topic] = others
            listener.stop()

        return stop

    def append(self, log: str, number: int, entry: bytes) -> bool:
        """Add the next entry."""
        with self._lock:
            found = self._logs.setdefault(log, _Log())
            if number != found.start + len(found.entries) + 1:
                return False
            found.entries.append(entry)
            return True

    def rebase(self, log: str, number: int, base: bytes) -> None:
        """Forget the entries up to a number."""
        with self._lock:
            found = self._logs.setdefault(log, _Log())
            del found.entries[: max(0, number - found.start)]
            found.start, found.base = number, base

    def read(self, log: str, number: int) -> Tail:
        """What is after a number."""
        with self._lock:
            found = self._logs.get(log, _Log())
            if number < found.start:
                return Tail(found.start, found.base, list(found.entries))
            return Tail(None, b"", found.entries[number - found.start :])


class _Log:
    """Entries after a base."""

    def __init__(self) -> None:
        self.start = 0
        self.base = b""
        self.entries: list[bytes] = []


class _Listener:
    """Gives messages to one who listens, on a thread that ends with it."""

    def __init__(self, take: Callable[[bytes], object]) -> None:
        self._take = take
        self._waiting: list[bytes] = []
        self._stopped = False
        self._changed = Condition()
        Thread(target=self._run, name="pytron-hub", daemon=True).start()

    def put(self, message: bytes) -> None:
        with self._changed:
            self._waiting.append(message)
            self._changed.notify()

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._stopped)
                if self._stopped:
                    return
                found, self._waiting = self._waiting, []
            for message in found:
                self._take(message)
