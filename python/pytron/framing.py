"""Frames of bytes: what travels between processes, cut into messages and back.

Source: spec/view.md, sections 6 and 7.
"""

from __future__ import annotations

import struct
from collections.abc import Generator, Sequence
from typing import Final, NamedTuple

from pytron.errors import ProtocolError

MAX_TEXT: Final = 64 << 20
#: A page's frame has at most 1,024, and over the link its text is one more.
MAX_PARTS: Final = 1025
MAX_PART: Final = 1 << 30
#: What is read at once; what is larger is read straight to where it will stay.
_ROOM: Final = 256 << 10

_HEAD: Final = struct.Struct("<II")
_SIZE: Final = struct.Struct("<I")

Buffer = bytes | bytearray | memoryview


class Parcel(NamedTuple):
    """The JSON of one frame, and its parts."""

    text: bytes
    parts: list[bytes | memoryview]


def pack(text: Buffer, parts: Sequence[Buffer] = ()) -> list[Buffer]:
    """A frame as pieces to be written one after the other; the parts are not copied."""
    if not parts:
        return [_HEAD.pack(len(text), 0) + text]
    pieces: list[Buffer] = [_HEAD.pack(len(text), len(parts)) + text]
    for part in parts:
        view = memoryview(part).cast("B")
        if view.nbytes < 4096:
            pieces.append(_SIZE.pack(view.nbytes) + view)
        else:
            pieces.append(_SIZE.pack(view.nbytes))
            pieces.append(view)
    return pieces


class Unpacker:
    """Cuts a stream of bytes into frames. Bytes go where `room` says, and `took` takes them up."""

    def __init__(self) -> None:
        self._buffer = bytearray(_ROOM)
        self._view = memoryview(self._buffer)
        self._start = 0
        self._end = 0
        self._large: bytearray | None = None  # what is too large for the buffer
        self._filled = 0
        self._found: list[Parcel] = []
        self._steps = self._parse()
        self._wanted = next(self._steps)
        self._broken: ProtocolError | None = None

    @property
    def is_between(self) -> bool:
        """Whether nothing of a further frame has arrived: here a stream may end."""
        return self._wanted == -_HEAD.size and self._start == self._end

    def room(self) -> memoryview:
        """Where the next bytes are to be written; never empty."""
        if self._large is not None:
            return memoryview(self._large)[self._filled :]
        if self._start == self._end:
            self._start = self._end = 0
        elif self._end == _ROOM:
            rest = self._end - self._start
            self._view[:rest] = bytes(self._view[self._start : self._end])
            self._start, self._end = 0, rest
        return self._view[self._end :]

    def took(self, count: int) -> list[Parcel]:
        """The frames that are whole, now that so many bytes have been written.

        Raises:
            ProtocolError: what follows breaks the limits. The frames before it came out earlier,
                or come out now and the error next time.
        """
        if self._broken is not None:
            raise self._broken
        if self._large is not None:
            self._filled += count
            if self._filled < len(self._large):
                return []
            block, self._large = self._large, None
            self._advance(memoryview(block))
        else:
            self._end += count
        try:
            self._cut()
        except ProtocolError as error:
            self._broken = error
            if not self._found:
                raise
        found, self._found = self._found, []
        return found

    def _cut(self) -> None:
        while self._broken is None and self._large is None:
            size = abs(self._wanted)
            have = self._end - self._start
            if have >= size:
                block = bytes(self._view[self._start : self._start + size])
                self._start += size
                self._advance(block)
            elif size > _ROOM // 4:
                self._large = bytearray(size)
                self._large[:have] = self._view[self._start : self._end]
                self._filled = have
                self._start = self._end = 0
            else:
                return

    def _advance(self, block: bytes | memoryview) -> None:
        try:
            self._wanted = self._steps.send(block)
        except ProtocolError as error:
            self._broken = error
            if not self._found:
                raise

    def _parse(self) -> Generator[int, bytes | memoryview, None]:
        """Asks for blocks by their sizes; before a negative one the stream may end."""
        while True:
            size, count = _HEAD.unpack((yield -_HEAD.size))
            if size > MAX_TEXT or count > MAX_PARTS:
                raise ProtocolError(
                    f"a frame of {size} bytes and {count} parts is past the limits of the link"
                )
            text = bytes((yield size)) if size else b""
            parts: list[bytes | memoryview] = []
            for _ in range(count):
                (length,) = _SIZE.unpack((yield _SIZE.size))
                if length > MAX_PART:
                    raise ProtocolError(f"a part of {length} bytes is past the limits of the link")
                parts.append((yield length) if length else b"")
            self._found.append(Parcel(text, parts))
