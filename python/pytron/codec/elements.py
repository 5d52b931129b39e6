"""Long lists as JSON, piece by piece.

A page parses one piece while the next is written, on another processor; and between two of them
others have their turn, here and there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from pytron.codec.encoding import encode
from pytron.errors import CallError

#: About so much JSON is one piece: a page parses it in a millisecond.
PIECE_BYTES: Final = 256 << 10
#: Lists of fewer elements are one piece, whatever is in them.
FEWEST: Final = 256
#: So many tell how long the others are, and are the first piece.
_SAMPLED: Final = 16

Listed = list[Any] | tuple[Any, ...]


def is_long(elements: Listed) -> bool:
    """Whether a list is one of several pieces, by a look at a few elements.

    Raises:
        CallError: one of those has no form in JSON, or not in JSON alone.
    """
    if len(elements) < FEWEST:
        return False
    sample = elements[:: len(elements) // _SAMPLED]
    return len(_text(sample)) * len(elements) // len(sample) > 2 * PIECE_BYTES


def pieces(elements: Listed) -> Iterator[tuple[int, bytes]]:
    """The elements as arrays, each with the place of its first one. The list must not change.

    Raises:
        CallError: as `is_long`.
    """
    start, count = 0, _SAMPLED
    while start < len(elements):
        text = _text(elements[start : start + count])
        yield start, text
        start += count
        # Step by step, for those that follow may be longer.
        count = max(1, min(2 * count, count * PIECE_BYTES // len(text)))


def _text(elements: Listed) -> bytes:
    encoded = encode(elements)
    if encoded.parts:
        raise CallError("binary stands beside the JSON of all elements", code="encode_failed")
    return encoded.json
