"""One document in a window: what it waits for, and the way to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any

from pytron import protocol
from pytron.codec import Encoded

if TYPE_CHECKING:
    from pytron.dispatcher.call import Call

Send = Callable[[int, bytes, Sequence[memoryview]], int]


class Session:
    """A session of spec/ipc.md section 2. Sending to one that has ended does nothing."""

    def __init__(self, identity: str, window: int, label: str, send: Send) -> None:
        self.id = identity
        self.window = window
        self.label = label
        self.calls: dict[int, Call] = {}
        self.patterns: set[str] = set()
        self.alive = True
        #: The window's handle, put there by whoever opened the window.
        self.owner: Any = None
        self._send = send
        self._lock = Lock()

    def send(self, body: bytes, parts: Sequence[memoryview] = ()) -> int:
        """Queue comma-joined messages for the page; bytes now waiting, -1 when it has gone."""
        with self._lock:  # an ended session must not write into its successor's queue
            return self._send(self.window, body, parts) if self.alive else -1

    def settle(self, call: Call, body: bytes, parts: Sequence[memoryview] = ()) -> bool:
        """Send the one answer of a call; False when it has had it already."""
        if self.calls.get(call.id) is not call or self.calls.pop(call.id, None) is None:
            return False
        self.send(body, parts)
        return True

    def fail(self, identity: int | None, error: Mapping[str, object]) -> None:
        """Send an error that no call waits for."""
        self.send(protocol.error(identity, error))

    def wants(self, name: str) -> bool:
        """Whether the page has subscribed to events of this name."""
        if name in self.patterns:
            return True
        return any(protocol.matches(pattern, name) for pattern in self.patterns)

    def emit(self, name: str, data: Encoded) -> None:
        """Send an event, if the page wants it."""
        if self.wants(name):
            self.send(protocol.event(name, data), data.parts)

    def end(self) -> list[Any]:
        """Close it; the calls that were pending, for the dispatcher to cancel."""
        with self._lock:
            self.alive = False
        pending = list(self.calls.values())
        self.calls.clear()
        return pending
