"""What is written into the program: whom it believes, and how it behaves.

Source: spec/shield.md, section 6, "The seat".
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from typing import Final

from pytron.errors import PackagingError

MARK: Final = b"\x7fPYTRON\x00SEAT\x01\xf3\xa9\x5c"
SIZE: Final = 512
_FORMAT: Final = 1
_MOST_NAME: Final = 127


@dataclass(frozen=True)
class Seat:
    """The facts of one package."""

    publisher: bytes
    identity: bytes
    least: int
    program: bytes
    licence: bytes
    flags: int
    identifier: str

    def packed(self) -> bytes:
        """Its bytes."""
        name = self.identifier.encode()
        if len(name) > _MOST_NAME:
            raise PackagingError(f"app_id = {self.identifier!r} is longer than 127 bytes")
        body = struct.pack(
            "<16sHB5x32s16sQ32s32sB127s",
            *(MARK, _FORMAT, self.flags, self.publisher, self.identity, self.least),
            *(self.program, self.licence, len(name), name),
        ).ljust(SIZE - 32, b"\0")
        return body + hashlib.sha256(body).digest()


def placed(program: bytes, seat: Seat) -> bytes:
    """The program with its seat.

    Raises:
        PackagingError: it has no place for one, or more than one.
    """
    if program.count(MARK) != 1:
        raise PackagingError(
            "the program of sealed packages is not the one of this version; "
            "install pytron-shield again"
        )
    at = program.index(MARK)
    return program[:at] + seat.packed() + program[at + SIZE :]
