"""What goes to one page: over the link, or over a socket that its process shares with us."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from threading import Condition
from typing import Final

from pytron import codec
from pytron.framing import Buffer, pack
from pytron.link import Channel

#: Messages are joined into one frame up to this size; a larger one goes alone.
_JOINED_BYTES: Final = 1 << 20


#: Takes the parts of a frame another way: the head that names them, and names for the host.
Carry = Callable[[Sequence[Buffer]], "tuple[bytes, list[str]] | None"]


class _Batch:
    """Messages that will be one frame."""

    __slots__ = ("parts", "size", "texts")

    def __init__(self, text: bytes, parts: Sequence[Buffer], size: int) -> None:
        self.texts = [text]
        self.parts = parts
        self.size = size


class Page:
    """The queue of one window, and how much of it the page has not read."""

    def __init__(self, window: int, link: Channel, carry: Carry) -> None:
        self._link = link
        self._window = window
        self._carry = carry
        self._head = codec.encode_plain({"kind": "frame", "window": window})
        self._port: Channel | None = None
        self._batches: deque[_Batch] = deque()
        self._queued = 0
        #: Frames on the link that the page has not taken yet, by their sizes.
        self._unread: deque[int] = deque()
        self._on_the_way = 0
        self._changed = Condition()
        self._closed = False

    def push(self, text: bytes, parts: Sequence[Buffer]) -> int:
        """Queue comma-joined messages; the bytes now waiting."""
        size = len(text) + sum(memoryview(part).nbytes for part in parts)
        with self._changed:
            if self._closed:
                return -1
            self._queued += size
            last = self._batches[-1] if self._batches else None
            if (
                last is not None
                and not parts
                and not last.parts
                and last.size + size <= _JOINED_BYTES
            ):
                last.texts.append(text)
                last.size += size
            else:
                self._batches.append(_Batch(text, parts, size))
            return self.waiting

    @property
    def waiting(self) -> int:
        """Bytes that the page has not read."""
        if self._port is not None:
            return self._queued + self._port.waiting
        return self._queued + self._on_the_way

    def flush(self) -> bool:
        """Send what is queued as far as it goes; whether all of it went."""
        with self._changed:
            try:
                while self._batches:
                    if self._port is not None and self._port.waiting:
                        return False
                    batch = self._batches.popleft()
                    self._queued -= batch.size
                    text = b"[" + b",".join(batch.texts) + b"]"
                    if self._port is not None:
                        self._port.send(pack(text, batch.parts))
                    else:
                        self._unread.append(batch.size)
                        self._on_the_way += batch.size
                        self._link.send(self._packed(text, batch.parts))
                return True
            finally:
                self._changed.notify_all()

    def _packed(self, text: bytes, parts: Sequence[Buffer]) -> list[Buffer]:
        carried = self._carry(parts) if parts else None
        if carried is None:
            return pack(self._head, [text, *parts])
        head, files = carried
        fields = {"kind": "frame", "window": self._window, "files": files}
        return pack(codec.encode_plain(fields), [b"[" + head + b"," + text[1:]])

    def took(self, count: int) -> None:
        """The page has read so many more of the frames that went over the link."""
        with self._changed:
            for _ in range(min(count, len(self._unread))):
                self._on_the_way -= self._unread.popleft()
            self._changed.notify_all()

    def discard(self) -> None:
        """Forget what is queued: the session has ended."""
        with self._changed:
            self._batches.clear()
            self._queued = 0
            self._unread.clear()
            self._on_the_way = 0
            self._changed.notify_all()

    def join(self, port: Channel) -> Channel | None:
        """From now on the page is reached by this; what it was reached by before."""
        with self._changed:
            before, self._port = self._port, port
            self._unread.clear()
            self._on_the_way = 0
            return before

    def leave(self, port: Channel) -> None:
        """The other end of this port has gone."""
        with self._changed:
            if self._port is port:
                self._port = None
                self._batches.clear()  # they were for a document that has gone with it
                self._queued = 0
            self._changed.notify_all()

    def close(self) -> Channel | None:
        """The window has gone; its port, if it had one."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            port, self._port = self._port, None
            return port

    def wait_below(self, size_bytes: int, timeout_s: float) -> bool:
        """Wait until fewer bytes wait for the page, or it has gone; False at the time-out."""
        with self._changed:
            return self._changed.wait_for(
                lambda: self._closed or self.waiting < size_bytes, timeout_s
            )

    def moved(self) -> None:
        """Its port may have taken something: let those look who wait for that."""
        with self._changed:
            self._changed.notify_all()
