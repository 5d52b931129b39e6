"""What the tap notes, as it was: small, quick to make, and read later on the recorder's thread."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from threading import Condition, Thread
from typing import Any, Final, NamedTuple

#: What may wait to be read. Beyond it is counted and dropped: the app must not wait for us.
_MOST_BYTES: Final = 64 * 1024 * 1024
_MOST_ITEMS: Final = 200_000


class FrameUp(NamedTuple):
    """A page sent a frame; `sizes` are those of its parts."""

    at: float
    window: int
    text: bytes
    sizes: Sequence[int]


class FrameDown(NamedTuple):
    """Messages were queued for a page."""

    at: float
    window: int
    body: bytes
    sizes: Sequence[int]


class Began(NamedTuple):
    """The function of a call began."""

    at: float
    window: int
    id: int


class Patched(NamedTuple):
    """The app's state changed; `ops` is JSON."""

    at: float
    revision: int
    ops: bytes
    by: str


class Happened(NamedTuple):
    """Something happened to a window, or was done to it (`command`)."""

    at: float
    window: int
    kind: str
    fields: Mapping[str, Any]
    command: bool


class Emitted(NamedTuple):
    """Python emitted an event."""

    at: float
    name: str
    data: bytes


class Logged(NamedTuple):
    """A line of Python's log."""

    at: float
    level: str
    logger: str
    text: str


Seen = FrameUp | FrameDown | Began | Patched | Happened | Emitted | Logged


class Inbox:
    """Notes on their way to one reader, on a thread of its own."""

    def __init__(self, read: Callable[[Seen], None]) -> None:
        self._read = read
        self._notes: deque[tuple[Seen, int]] = deque()
        self._changed = Condition()
        self._bytes = 0
        self._reading = False
        self._closed = False
        #: Notes that were dropped because the reader was behind.
        self.lost = 0
        self._thread = Thread(target=self._run, name="pytron-inspector", daemon=True)
        self._thread.start()

    def put(self, note: Seen, size: int = 0) -> None:
        """Note something; takes a microsecond, and never waits."""
        with self._changed:
            if self._bytes + size > _MOST_BYTES or len(self._notes) >= _MOST_ITEMS:
                self.lost += 1
                return
            self._notes.append((note, size))
            self._bytes += size
            if not self._reading:
                self._changed.notify_all()

    def settle(self, timeout_s: float) -> bool:
        """Wait until all that was noted has been read."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._notes and not self._reading, timeout_s)

    def close(self, timeout_s: float) -> None:
        """Read what is there, and end."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._reading = False
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._notes or self._closed)
                if not self._notes:
                    return
                self._reading = True
                notes, self._notes = self._notes, deque()
                self._bytes = 0
            for note, _ in notes:
                self._read(note)
