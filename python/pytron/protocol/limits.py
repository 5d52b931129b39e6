"""The numbers that page and kit agree on.

Source: spec/ipc.md, sections 3 and 7.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pytron import codec

VERSION: Final = 1
INITIAL_CREDITS: Final = 64
#: An item costs one credit more for each so many bytes of binary.
CREDIT_BYTES: Final = 64 << 10

#: Section 7. The kit enforces them; `hello` tells the client those it must keep.
LIMITS: Final[Mapping[str, int]] = {
    "frame": 64 << 20,
    "depth": codec.MAX_DEPTH,
    "pending": 100_000,
    "parts": 1024,
}
MAX_PARTS_BYTES: Final = 1 << 30
MAX_NAME: Final = 256
#: Bytes that may wait for one page.
QUEUE_BYTES: Final = 16 << 20
#: More than this waiting, and a page is slow: events that may be left out wait in the kit.
BEHIND_BYTES: Final = 64 << 10
