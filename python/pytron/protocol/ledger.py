"""Frames that are numbered, so that a session can go on over another connection. No I/O.

Source: spec/ipc.md, section 2, "Resuming".
"""

from __future__ import annotations

from collections import deque
from typing import Final

from pytron.errors import ProtocolError

#: So many frames, or bytes, are taken before an `ack` is due at once.
ACK_FRAMES: Final = 64
ACK_BYTES: Final = 32 << 10


class Ledger:
    """What one side has sent in a session and the other has not yet taken, and what it has taken.

    Attributes:
        sent: the number of the last frame that was sent.
        taken: the number of the other side's last frame.
        unseen: bytes of the frames that are kept.
    """

    def __init__(self) -> None:
        self.sent = 0
        self.taken = 0
        self.unseen = 0
        self._kept: deque[bytes] = deque()
        self._frames = 0
        self._bytes = 0

    def send(self, frame: bytes) -> int:
        """Note that a frame goes out; its number."""
        self._kept.append(frame)
        self.unseen += len(frame)
        self.sent += 1
        return self.sent

    def ack(self, seen: object) -> None:
        """Forget what the other side has taken.

        Raises:
            ProtocolError: the number goes back, or is ahead of what was sent.
        """
        if type(seen) is not int or not self.sent - len(self._kept) <= seen <= self.sent:
            raise ProtocolError(
                f"seen={seen!r} does not fit: frames {self.sent - len(self._kept) + 1} to "
                f"{self.sent} are under way; the page must count what it takes"
            )
        for _ in range(seen - (self.sent - len(self._kept))):
            self.unseen -= len(self._kept.popleft())

    def take(self, size: int) -> bool:
        """Note that a frame of the other side has come; whether an `ack` is due."""
        self.taken += 1
        self._frames += 1
        self._bytes += size
        return self._frames >= ACK_FRAMES or self._bytes >= ACK_BYTES

    def acked(self) -> int:
        """The number for an `ack` that is sent now."""
        self._frames = self._bytes = 0
        return self.taken

    @property
    def owes(self) -> bool:
        """Whether frames have been taken that no `ack` has told of."""
        return self._frames > 0

    def resume(self, seen: object) -> list[bytes]:
        """The frames to send again to a side that has taken `seen` of them.

        Raises:
            ProtocolError: it can't have; or they are forgotten.
        """
        self.ack(seen)
        return list(self._kept)
