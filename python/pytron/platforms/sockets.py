"""Streams to other processes on POSIX: sockets, and the one place where a thread waits for them."""

from __future__ import annotations

import sys

assert sys.platform != "win32"

import array
import os
import selectors
import socket
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from threading import Lock
from typing import Any, Final

from pytron.errors import EngineError, ProtocolError
from pytron.framing import Buffer, Parcel, Unpacker

#: Pieces written with one call; the system takes 1,024.
_PIECES: Final = 256
#: One look at a socket takes at most so many reads, so that others get their turn.
_READS: Final = 64
_DESCRIPTORS: Final = socket.CMSG_SPACE(16 * array.array("i").itemsize)
_CLOSE_ON_EXEC: Final = int(getattr(socket, "MSG_CMSG_CLOEXEC", 0))


class Channel:
    """One stream of frames. Writing never waits: what the system does not take is queued."""

    def __init__(self, joined: socket.socket, *, descriptors: bool = False) -> None:
        """Use a connected socket, which is closed with it.

        Args:
            joined: the socket.
            descriptors: take descriptors that come beside the bytes.
        """
        joined.setblocking(False)
        self._socket = joined
        self._takes_descriptors = descriptors
        self._unpacker = Unpacker()
        self._queue: deque[tuple[memoryview, int]] = deque()
        self._lock = Lock()
        self._hub: Hub | None = None
        #: Descriptors that have come, in order.
        self.descriptors: deque[int] = deque()
        #: Bytes that the system has not taken.
        self.waiting = 0
        #: Nothing can be written any more.
        self.closed = False

    @classmethod
    def of_descriptor(cls, descriptor: int) -> Channel:
        """Use an open socket by its number, which is the channel's from now on."""
        return cls(socket.socket(fileno=descriptor))

    def fileno(self) -> int:
        """The descriptor to wait for."""
        return self._socket.fileno()

    def send(self, pieces: Sequence[Buffer], descriptor: int = -1) -> bool:
        """Write pieces, or queue them. False when the other side has gone.

        With a descriptor it goes along with the first byte; the caller keeps its own.
        """
        with self._lock:
            if self.closed:
                return False
            kept = os.dup(descriptor) if descriptor >= 0 else -1
            for piece in pieces:
                view = memoryview(piece).cast("B")
                self._queue.append((view, kept))
                self.waiting += view.nbytes
                kept = -1
            return self._drain()

    def flush(self) -> bool:
        """Write what is queued, as far as the system takes it. False when the other has gone."""
        with self._lock:
            return not self.closed and self._drain()

    def read(self) -> tuple[list[Parcel], bool]:
        """The frames that are there, and whether more can come.

        Raises:
            ProtocolError: the other side does not keep to the protocol.
        """
        found: list[Parcel] = []
        for _ in range(_READS):
            room = self._unpacker.room()
            try:
                count = self._receive(room)
            except (BlockingIOError, InterruptedError):
                return found, True
            except OSError:  # reset: the other process was killed with something unread
                return found, False
            if count == 0:
                return found, False
            try:
                found += self._unpacker.took(count)
            except ProtocolError:
                if found:
                    return found, True  # the error comes again next time
                raise
            # All that was there. What comes now, or the end, the next look at it tells.
            if count < room.nbytes:
                break
        return found, True

    def close(self) -> None:
        """Close it; the other side sees the end of the stream."""
        with self._lock:
            if self.closed and self._socket.fileno() < 0:
                return
            self._end()
            if self._hub is not None:
                self._hub.remove(self)
            self._socket.close()
            while self.descriptors:
                os.close(self.descriptors.popleft())

    def detach(self) -> int:
        """The descriptor, which is the caller's from now on. Nothing may be half read."""
        with self._lock:
            if self._hub is not None:
                self._hub.remove(self)
            self.closed = True
            return self._socket.detach()

    def _receive(self, room: memoryview) -> int:
        if not self._takes_descriptors:
            return self._socket.recv_into(room)
        count, beside, flags, _ = self._socket.recvmsg_into([room], _DESCRIPTORS, _CLOSE_ON_EXEC)
        del flags
        for level, kind, data in beside:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                numbers = array.array("i")
                numbers.frombytes(data[: len(data) - len(data) % numbers.itemsize])
                for number in numbers:
                    os.set_inheritable(number, False)
                    self.descriptors.append(number)
        return count

    def _drain(self) -> bool:
        queue = self._queue
        try:
            while queue:
                descriptor = queue[0][1]
                views = [queue[0][0]]
                for place in range(1, min(_PIECES, len(queue))):
                    view, beside = queue[place]
                    if beside >= 0:
                        break
                    views.append(view)
                rights = [
                    (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [descriptor]))
                ] if descriptor >= 0 else []  # fmt: skip
                wrote = self._socket.sendmsg(views, rights)
                if descriptor >= 0:
                    os.close(descriptor)
                    queue[0] = (queue[0][0], -1)
                self.waiting -= wrote
                while queue and wrote >= queue[0][0].nbytes:
                    wrote -= queue.popleft()[0].nbytes
                if wrote:
                    queue[0] = (queue[0][0][wrote:], -1)
        except (BlockingIOError, InterruptedError):
            pass
        except OSError:
            self._end()
            return False
        if self._hub is not None:
            self._hub.watch(self, writing=bool(queue))
        return True

    def _end(self) -> None:
        self.closed = True
        for _, descriptor in self._queue:
            if descriptor >= 0:
                os.close(descriptor)
        self._queue.clear()
        self.waiting = 0


class Hub:
    """Waits for several channels at once. One thread may wait, and any other may ring."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._listener, self._bell = socket.socketpair()
        self._listener.setblocking(False)
        self._bell.setblocking(False)
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._lock = Lock()
        self._writing: set[Channel] = set()
        self._closed = False

    def add(self, channel: Channel) -> None:
        """Wait for this one, too."""
        with self._lock:
            self._selector.register(channel, selectors.EVENT_READ, channel)
            channel._hub = self  # pyright: ignore[reportPrivateUsage]
        channel.flush()

    def remove(self, channel: Channel) -> None:
        """Wait for it no longer."""
        with self._lock:
            channel._hub = None  # pyright: ignore[reportPrivateUsage]
            self._writing.discard(channel)
            if not self._closed:
                self._selector.unregister(channel)

    def watch(self, channel: Channel, *, writing: bool) -> None:
        """Whether this channel waits for room, too."""
        if writing == (channel in self._writing):
            return
        with self._lock:
            if self._closed:
                return
            events = selectors.EVENT_READ | (selectors.EVENT_WRITE if writing else 0)
            self._selector.modify(channel, events, channel)
            (self._writing.add if writing else self._writing.discard)(channel)

    def ring(self) -> None:
        """Let the thread that waits, or the next one, return at once."""
        with suppress(OSError):  # it rings already, or the hub is closed
            self._bell.send(b"!")

    def wait(self, timeout_s: float | None = None) -> list[Channel]:
        """The channels that can be read; empty after `ring`, at the time-out and when closed."""
        if self._closed:
            return []
        ready: list[Channel] = []
        for key, events in self._selector.select(timeout_s):
            channel: Any = key.data
            if channel is None:
                with suppress(OSError):
                    self._listener.recv(4096)
                continue
            if events & selectors.EVENT_WRITE:
                channel.flush()
            if events & selectors.EVENT_READ:
                ready.append(channel)
        return ready

    def close(self) -> None:
        """Forget all channels. Nobody may wait any more."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        self._selector.close()
        self._listener.close()
        self._bell.close()


def pair() -> tuple[Channel, int]:
    """A channel, and the descriptor of its other end for another process."""
    ours, theirs = socket.socketpair()
    return Channel(ours, descriptors=True), theirs.detach()


def inherited(address: str) -> Channel:
    """The link that this process was started with: `fd:N`.

    Raises:
        EngineError: it is none, or not open.
    """
    kind, _, number = address.partition(":")
    try:
        if kind != "fd":
            raise ValueError(f"{address!r} is no descriptor")
        joined = socket.socket(fileno=int(number))
        joined.getpeername()
    except (ValueError, OSError) as error:
        raise EngineError(
            f"PYTRON_LINK={address!r} is no link of this process ({error}); it is set by the "
            "process that starts this one: unset it"
        ) from error
    os.set_inheritable(joined.fileno(), False)
    return Channel(joined, descriptors=True)
