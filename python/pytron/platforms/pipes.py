"""Streams to other processes on Windows: named pipes. Run under Wine 8, not on Windows yet.

A thread reads each pipe and another writes it; what they bring meets in the hub.
"""

from __future__ import annotations

import sys

assert sys.platform == "win32"

import _winapi  # what multiprocessing's own pipes are made of
import ctypes
import hmac
import os
import secrets
from collections import deque
from collections.abc import Callable, Sequence
from ctypes import wintypes
from threading import Condition, Lock, Thread
from typing import Final

from pytron.errors import EngineError, ProtocolError
from pytron.framing import Buffer, Parcel, Unpacker

_FIRST_INSTANCE: Final = 0x00080000  # FILE_FLAG_FIRST_PIPE_INSTANCE
_REJECT_REMOTE: Final = 0x00000008  # PIPE_REJECT_REMOTE_CLIENTS
_SIZE: Final = 64 << 10
_TOKEN_BYTES: Final = 32
_kernel = ctypes.WinDLL("kernel32", use_last_error=True)


class Channel:
    """One stream of frames. Writing never waits: a thread does."""

    def __init__(self, handle: int, begin: Callable[[Channel], bool]) -> None:
        """Use a pipe's handle, once `begin` has said on the reader's thread that it is joined."""
        self._handle = handle
        self._unpacker = Unpacker()
        self._parcels: deque[Parcel] = deque()
        self._error: ProtocolError | None = None
        self._ended = False
        self._queue: deque[memoryview] = deque()
        self._changed = Condition()
        self._hub: Hub | None = None
        self._begin = begin
        #: Never any here.
        self.descriptors: deque[int] = deque()
        #: Bytes that the system has not taken.
        self.waiting = 0
        #: Nothing can be written any more.
        self.closed = False
        Thread(target=self._read_on, name="pytron-pipe-reader", daemon=True).start()

    @classmethod
    def of_descriptor(cls, descriptor: int) -> Channel:
        """Only POSIX hands sockets over."""
        raise EngineError(f"descriptor {descriptor}: Windows hands no sockets over")

    def send(self, pieces: Sequence[Buffer], descriptor: int = -1) -> bool:
        """Queue pieces. False when the other side has gone."""
        if descriptor >= 0:
            raise EngineError("Windows hands no sockets over")
        with self._changed:
            if self.closed:
                return False
            for piece in pieces:
                view = memoryview(piece).cast("B")
                self._queue.append(view)
                self.waiting += view.nbytes
            self._changed.notify_all()
        return True

    def flush(self) -> bool:
        """The writer does that. False when the other side has gone."""
        return not self.closed

    def read(self) -> tuple[list[Parcel], bool]:
        """The frames that are there, and whether more can come.

        Raises:
            ProtocolError: the other side does not keep to the protocol.
        """
        with self._changed:
            found = list(self._parcels)
            self._parcels.clear()
            if self._error is not None and not found:
                raise self._error
            return found, not self._ended

    def close(self) -> None:
        """Close it; the other side sees the end of the stream."""
        with self._changed:
            if self.closed and self._handle == 0:
                return
            self.closed = True
            handle, self._handle = self._handle, 0
            self._queue.clear()
            self.waiting = 0
            self._changed.notify_all()
        if self._hub is not None:
            self._hub.remove(self)
        if handle:
            _kernel.CancelIoEx(wintypes.HANDLE(handle), None)
            _winapi.CloseHandle(handle)

    def write(self, data: Buffer) -> None:
        """Write all of it now."""
        view = memoryview(data).cast("B")
        while view.nbytes:
            overlapped, _ = _winapi.WriteFile(self._handle, bytes(view[: 1 << 20]), True)
            count, error = overlapped.GetOverlappedResult(True)
            if error:
                raise OSError(error, "the pipe has ended")
            view = view[count:]

    def take(self, size: int) -> bytes:
        """Read so many bytes now, or fewer at the end of the stream."""
        overlapped, _ = _winapi.ReadFile(self._handle, size, True)
        _, error = overlapped.GetOverlappedResult(True)
        data = overlapped.getbuffer()
        return b"" if error or data is None else bytes(data)

    def _read_on(self) -> None:
        try:
            if self._begin(self):
                Thread(target=self._write_on, name="pytron-pipe-writer", daemon=True).start()
                while data := self.take(_SIZE):
                    self._unpack(data)
        except OSError:
            pass
        except ProtocolError as error:
            self._error = error
        with self._changed:
            self._ended = True
        self._tell()

    def _unpack(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest.nbytes:
            room = self._unpacker.room()
            count = min(room.nbytes, rest.nbytes)
            room[:count] = rest[:count]
            found = self._unpacker.took(count)
            rest = rest[count:]
            if found:
                with self._changed:
                    self._parcels.extend(found)
                self._tell()

    def _write_on(self) -> None:
        try:
            while True:
                with self._changed:
                    self._changed.wait_for(lambda: self._queue or self.closed)
                    if self.closed:
                        return
                    piece = self._queue.popleft()
                self.write(piece)
                with self._changed:
                    self.waiting -= piece.nbytes
                self._tell()
        except OSError:
            with self._changed:
                self.closed = True

    def _tell(self) -> None:
        hub = self._hub
        if hub is not None:
            hub.heard(self)


class Hub:
    """Waits for several channels at once. One thread may wait, and any other may ring."""

    def __init__(self) -> None:
        self._changed = Condition(Lock())
        self._channels: set[Channel] = set()
        self._ready: set[Channel] = set()
        self._rung = False

    def add(self, channel: Channel) -> None:
        """Wait for this one, too."""
        with self._changed:
            self._channels.add(channel)
        channel._hub = self  # pyright: ignore[reportPrivateUsage]
        self.heard(channel)

    def remove(self, channel: Channel) -> None:
        """Wait for it no longer."""
        with self._changed:
            self._channels.discard(channel)
            self._ready.discard(channel)

    def heard(self, channel: Channel) -> None:
        """Something has come, or gone, on a channel."""
        with self._changed:
            if channel in self._channels:
                self._ready.add(channel)
                self._changed.notify_all()

    def ring(self) -> None:
        """Let the thread that waits, or the next one, return at once."""
        with self._changed:
            self._rung = True
            self._changed.notify_all()

    def wait(self, timeout_s: float | None = None) -> list[Channel]:
        """The channels that can be read; empty after `ring` and at the time-out."""
        with self._changed:
            self._changed.wait_for(lambda: self._ready or self._rung, timeout_s)
            self._rung = False
            ready = list(self._ready)
            self._ready.clear()
            return ready

    def close(self) -> None:
        """Forget all channels."""
        with self._changed:
            self._channels.clear()
            self._ready.clear()
        self.ring()


def listen(owner: Callable[[], int]) -> tuple[Channel, str]:
    """A channel to a process that is yet to be started, and the address for its PYTRON_LINK.

    Args:
        owner: gives the number of that process, once it has been started.
    """
    name = rf"\\.\pipe\pytron-{secrets.token_hex(16)}"
    token = secrets.token_hex(_TOKEN_BYTES // 2)
    handle = _winapi.CreateNamedPipe(
        name,
        _winapi.PIPE_ACCESS_DUPLEX | _FIRST_INSTANCE | _winapi.FILE_FLAG_OVERLAPPED,
        _winapi.PIPE_WAIT | _REJECT_REMOTE,
        1,
        _SIZE,
        _SIZE,
        0,
        0,
    )

    def begin(channel: Channel) -> bool:
        joined = _winapi.ConnectNamedPipe(handle, True)
        _, error = joined.GetOverlappedResult(True)
        if error:
            return False
        got = b""
        while len(got) < _TOKEN_BYTES:
            more = channel.take(_TOKEN_BYTES - len(got))
            if not more:
                return False
            got += more
        client = wintypes.ULONG()
        known = _kernel.GetNamedPipeClientProcessId(wintypes.HANDLE(handle), ctypes.byref(client))
        is_ours = bool(known) and client.value == owner()
        return is_ours and hmac.compare_digest(got, token.encode())

    return Channel(handle, begin), f"pipe:{name}:{token}"


def inherited(address: str) -> Channel:
    """The link that this process was started with: `pipe:NAME:TOKEN`.

    Raises:
        EngineError: it is none, or has gone.
    """
    kind, _, rest = address.partition(":")
    name, _, token = rest.rpartition(":")
    try:
        if kind != "pipe":
            raise OSError("it is no pipe")
        access = _winapi.GENERIC_READ | _winapi.GENERIC_WRITE
        handle = _winapi.CreateFile(
            name, access, 0, 0, _winapi.OPEN_EXISTING, _winapi.FILE_FLAG_OVERLAPPED, 0
        )
    except OSError as error:
        raise EngineError(
            f"PYTRON_LINK is no link of this process ({error}); it is set by the process that "
            f"starts this one ({os.getppid()} did): unset it"
        ) from error

    def begin(channel: Channel) -> bool:
        channel.write(token.encode())
        return True

    return Channel(handle, begin)
