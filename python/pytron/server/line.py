"""The way to the page of one window, over as many connections as it takes.

Source: spec/ipc.md, section 2, "Resuming".
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from threading import Condition, RLock
from time import monotonic
from typing import Any, Protocol

from pytron import protocol

#: A frame is closed at this size, so that acks come often and small messages pass between.
_FRAME_BYTES = 64 << 10
#: A remote page that confirms nothing for this long loses its session, and for as much longer as a
#: slow network needs for what waits.
PATIENCE_S = 5.0
_SLOWEST_BYTES_PER_S = 64 << 10
#: However quickly it was sent: more than this, and the largest message, is not kept for one.
_MOST_BYTES = 4 * protocol.QUEUE_BYTES


class Connection(Protocol):
    """One WebSocket, as a line uses it. Only on the server's loop."""

    def wake(self) -> None:
        """There is something to take."""
        ...

    def command(self, message: dict[str, Any]) -> None:
        """Send a control message."""
        ...

    def close(self, code: int) -> None:
        """End it."""
        ...


class Line:
    """What waits for a page, and what it has not yet confirmed. Thread-safe but where noted.

    Attributes:
        window: the window's number.
        ticket: names the window to its tab.
        owner: the paired browser whose tabs may show it; None before the first has.
        session: of the document that has it now.
        number: the `connection` of the session's last `hello`.
        connection: the WebSocket, if there is one.
        lost_at: since when there is none.
        left: the document has gone, rather than the network.
    """

    def __init__(
        self,
        window: int,
        ticket: str,
        *,
        page: str = "/",
        owner: str | None = None,
        remote: bool = False,
        post: Callable[[Callable[[], object]], object],
    ) -> None:
        self.window = window
        self.ticket = ticket
        self.page = page
        self.owner = owner
        self.remote = remote
        self.session = ""
        self.number = 0
        self.connection: Connection | None = None
        self.lost_at: float | None = None
        self.left = False
        self.title: str | None = None
        self._post = post
        self._ledger = protocol.Ledger()
        self._bodies: deque[tuple[bytes, Sequence[memoryview], int]] = deque()
        self._queued = 0
        self._waking = False
        self._closed = False
        self._largest = 0
        self._stuck_since: float | None = None
        self._lock = RLock()
        self._changed = Condition(self._lock)

    # --- what the kit sends -------------------------------------------------------------------

    def put(self, body: bytes, parts: Sequence[memoryview]) -> int:
        """Queue messages; the bytes that the page has not confirmed."""
        size = len(body)
        for part in parts:
            size += part.nbytes
        with self._lock:
            if self._closed:
                return -1
            self._bodies.append((body, parts, size))
            self._queued += size
            self._largest = max(self._largest, size)
            waiting = self._queued + self._ledger.unseen
            wakes, self._waking = not self._waking, True
        if wakes:
            self._post(self._wake)
        return waiting

    def _wake(self) -> None:
        self._waking = False
        if self.connection is not None:
            self.connection.wake()

    def waiting(self) -> int:
        """Bytes that the page has not confirmed; -1 once it is closed."""
        return -1 if self._closed else self._queued + self._ledger.unseen

    def drained(self, below: int, timeout_s: float) -> bool:
        """Wait until fewer bytes wait; False at the time-out."""
        with self._changed:
            return self._changed.wait_for(lambda: self.waiting() < below, timeout_s)

    def is_hopeless(self) -> bool:
        """Whether nobody should wait for the page: it is away, or remote and does not read."""
        with self._changed:
            waiting = self.waiting()
            if waiting <= protocol.QUEUE_BYTES:
                self._stuck_since = None
                return False
            if self.connection is None:
                return True
            if not self.remote:
                return False
            now = monotonic()
            if self._stuck_since is None:
                self._stuck_since = now
            patience_s = PATIENCE_S + waiting / _SLOWEST_BYTES_PER_S
            return now - self._stuck_since > patience_s or waiting > _MOST_BYTES + self._largest

    def discard(self) -> None:
        """Forget what is queued and has not gone out."""
        with self._changed:
            self._forget_queued()

    def close(self) -> None:
        """The window has gone."""
        with self._changed:
            self._closed = True
            self._forget_queued()

    def _forget_queued(self) -> None:
        self._bodies.clear()
        self._queued = 0
        self._changed.notify_all()

    # --- the connection's side, on the loop ---------------------------------------------------

    def take(self) -> bytes | None:
        """The next frame to write, now numbered; None when nothing is queued."""
        bodies = self._bodies
        if not bodies:
            return None
        with self._lock:
            if not bodies:
                return None
            body, parts, size = bodies.popleft()
            if not parts and bodies:
                joined = [body]
                while bodies and size < _FRAME_BYTES and not bodies[0][1]:
                    more, _, more_bytes = bodies.popleft()
                    joined.append(more)
                    size += more_bytes
                body = b",".join(joined)
            self._queued -= size
            frame = b"".join(protocol.join_binary_frame(b"[%b]" % body, parts))
            self._ledger.send(frame)
            return frame

    def arrived(self, size: int) -> bool:
        """A frame of the page has come; whether an `ack` is due."""
        return self._ledger.take(size)

    @property
    def owes(self) -> bool:
        """Whether frames have come that no `ack` has told of."""
        return self._ledger.owes

    def acked(self) -> int:
        """The number for an `ack` that is sent now."""
        return self._ledger.acked()

    def confirmed(self, seen: object) -> None:
        """The page has taken so many frames.

        Raises:
            ProtocolError: it can't have.
        """
        with self._changed:
            self._ledger.ack(seen)
            self._stuck_since = None
            if not self.waiting():
                self._largest = 0
            self._changed.notify_all()

    def begin(self, session: str, number: int) -> None:
        """A new session: both sides count anew."""
        with self._changed:
            self.session, self.number = session, number
            self._ledger = protocol.Ledger()
            self._forget_queued()

    def resume(self, seen: object, number: int) -> tuple[int, list[bytes]]:
        """The page's frames that have come, and those to send it again.

        Raises:
            ProtocolError: it can't have taken so many, or they are forgotten.
        """
        with self._changed:
            again = self._ledger.resume(seen)
            self.number = number
            self._changed.notify_all()
            return self._ledger.acked(), again

    def attach(self, connection: Connection) -> None:
        """Write over this connection from now on; one that is there is closed."""
        previous, self.connection = self.connection, connection
        self.lost_at, self.left = None, False
        if previous is not None:
            previous.close(4000)

    def detach(self, connection: Connection, *, left: bool) -> None:
        """The connection has ended; unless another has taken its place the line is lost."""
        if self.connection is connection:
            self.connection = None
            self.lost_at, self.left = monotonic(), left

    def end_session(self) -> None:
        """The session is given up: it can't be resumed."""
        with self._changed:
            self.session = ""
            self._ledger = protocol.Ledger()
            self._forget_queued()
        if self.connection is not None:
            connection, self.connection = self.connection, None
            self.lost_at = monotonic()
            connection.close(1013)
