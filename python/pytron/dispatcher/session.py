"""One document in a window: what it waits for, and the way to it."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Protocol

from pytron import protocol
from pytron.dispatcher.event import matches
from pytron.errors import CallError

if TYPE_CHECKING:
    from pytron.codec import Encoded
    from pytron.dispatcher.backlog import Backlog
    from pytron.dispatcher.call import Call
    from pytron.dispatcher.grants import Grants
    from pytron.dispatcher.uploads import Upload

#: How long a thread waits for a page that does not read.
PATIENCE_S = 10.0
#: So many answers are sent together, none of them longer than this.
_HELD: Final = 128
_HELD_BYTES: Final = 4096


class Outlet(Protocol):
    """The way to the pages, as engines provide it."""

    def send(self, window: int, body: bytes, parts: Sequence[memoryview] = ()) -> int:
        """Queue messages for a page; the bytes now waiting, -1 for no such window."""
        ...

    def waiting(self, window: int) -> int:
        """Bytes queued for a page; -1 for no such window."""
        ...

    def drained(self, window: int, below: int, timeout_s: float) -> bool:
        """Wait until fewer bytes wait for a page; False at the time-out."""
        ...

    def discard(self, window: int) -> None:
        """Forget what is queued for a page."""
        ...


class Session:
    """A session of spec/ipc.md section 2. Sending to one that has ended does nothing."""

    def __init__(
        self,
        identity: str,
        window: int,
        label: str,
        outlet: Outlet,
        grants: Grants | None = None,
        *,
        role: str | None = None,
        pending: int = protocol.LIMITS["pending"],
    ) -> None:
        self.id = identity
        self.window = window
        self.label = label
        #: The label that counts where windows are allowed something by theirs.
        self.role = label if role is None else role
        #: How many calls it may have waiting.
        self.most_pending = pending
        #: What its page may do; None for everything.
        self.grants = grants
        self.calls: dict[int, Call] = {}
        #: What calls have brought to be read, by their own ids.
        self.uploads: dict[int, Upload] = {}
        self.patterns: set[str] = set()
        self.alive = True
        #: The window's handle, put there by whoever opened the window.
        self.owner: Any = None
        #: Events that wait for the page to read, made when one first has to.
        self.backlog: Backlog | None = None
        #: Bytes that waited for the page after the last message; it may have read since.
        self.waiting = 0
        self._outlet = outlet
        self._send = outlet.send
        self._lock = Lock()
        #: Answers that are to be sent together; see `hold`.
        self._held: deque[bytes] = deque()
        self._holds = False

    def send(self, body: bytes, parts: Sequence[memoryview] = ()) -> None:
        """Queue comma-joined messages for the page."""
        with self._lock:  # an ended session must not write into its successor's queue
            if self._held:
                self._send_held()
            if self.alive:
                self.waiting = self._send(self.window, body, parts)

    def hold(self, body: bytes, holding: deque[Session]) -> None:
        """Send an answer together with those that follow it at once.

        Before anything else goes to the page, and at the latest when whoever works through
        `holding`, where this session stands from now on, calls `release`.
        """
        held = self._held
        held.append(body)
        if not self._holds:
            self._holds = True
            holding.append(self)
        if len(held) >= _HELD or len(body) > _HELD_BYTES:
            with self._lock:
                self._send_held()

    def release(self) -> None:
        """Send what is held."""
        self._holds = False  # before the look: what is held after it puts the session there anew
        with self._lock:
            self._send_held()

    def _send_held(self) -> None:
        """The same, with the lock held."""
        held = self._held
        bodies = [held.popleft() for _ in range(len(held))]  # only they are taken, others may come
        if bodies and self.alive:
            self.waiting = self._send(self.window, b",".join(bodies), ())

    def pending(self) -> int:
        """How many calls are under way, or have answers that are not sent."""
        return len(self.calls) + len(self._held)

    def is_behind(self) -> bool:
        """Whether the page has something to read before anything that may be left out."""
        if self.waiting <= protocol.BEHIND_BYTES or not self.alive:
            return False
        self.waiting = self._outlet.waiting(self.window)
        return self.waiting > protocol.BEHIND_BYTES

    def wait_to_catch_up(self) -> bool:
        """Wait until it is no longer behind; False if it still is."""
        if not self.is_behind():
            return True
        below = protocol.BEHIND_BYTES // 2
        return self._outlet.drained(self.window, below, PATIENCE_S) or not self.alive

    def rejoin(self) -> None:
        """Look anew for the engine's way to the page: somebody has stepped in, or out."""
        self._send = self._outlet.send

    def is_full(self) -> bool:
        """Whether the page has not read for so long that more must not be queued."""
        if self.waiting <= protocol.QUEUE_BYTES or not self.alive:
            return False
        self.waiting = self._outlet.waiting(self.window)
        return self.waiting > protocol.QUEUE_BYTES

    def wait_for_room(self) -> bool:
        """Wait until the page has read what waits for it; False if it has not."""
        if not self.is_full():
            return True
        below = protocol.QUEUE_BYTES // 2  # not to be back here at once
        return self._outlet.drained(self.window, below, PATIENCE_S) or not self.alive

    def make_room(self, *, may_wait: bool) -> None:
        """Wait until more may be sent.

        Raises:
            CallError: `backpressure`: there is no room, and this thread may not wait, or has.
        """
        if not self.is_full():
            return
        if not may_wait:
            raise CallError(
                f"the page of window {self.label!r} does not read what it is sent, and this "
                "thread must not wait for it; use await app.emit_async(…) or send less",
                code="backpressure",
            )
        if not self.wait_for_room():
            raise CallError(
                f"the page of window {self.label!r} has not read for {PATIENCE_S:g} s; is it "
                "stopped in a debugger?",
                code="backpressure",
            )

    def settle(self, call: Call, body: bytes, parts: Sequence[memoryview] = ()) -> bool:
        """Send the one answer of a call; False when it has had it already."""
        if not self.finish(call):
            return False
        self.send(body, parts)
        return True

    def finish(self, call: Call) -> bool:
        """Whether a call may have its one answer: yes, once."""
        calls = self.calls
        if calls.get(call.id) is not call or calls.pop(call.id, None) is None:
            return False
        if call.uploads:
            self.end_uploads(call)
        return True

    def end_uploads(self, call: Call) -> None:
        """Let go of what a call has brought to be read."""
        for identity in call.uploads:
            upload = self.uploads.pop(identity, None)
            if upload is not None:
                upload.end(None)

    def fail(self, identity: int | None, error: Mapping[str, object]) -> None:
        """Send an error that no call waits for."""
        self.send(protocol.error(identity, error))

    def hears(self, name: str) -> bool:
        """Whether an event that is sent to all windows is for this one."""
        return self.grants is None or self.grants.hears(name)

    def wants(self, name: str) -> bool:
        """Whether the page has subscribed to events of this name."""
        if name in self.patterns:
            return True
        return any(matches(pattern, name) for pattern in list(self.patterns))

    def emit(self, name: str, data: Encoded, *, missed: int = 0) -> None:
        """Send an event, and how many before it were left out."""
        self.send(protocol.event(name, data, missed), data.parts)

    def end(self) -> list[Call]:
        """Close it; the calls that were pending, for the dispatcher to cancel."""
        with self._lock:
            self.alive = False
        pending = list(self.calls.values())
        self.calls.clear()
        for call in pending:
            self.end_uploads(call)
        return pending
