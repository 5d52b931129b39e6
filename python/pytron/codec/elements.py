"""Long lists as JSON, piece by piece.

A page parses one piece while the next is written, on another processor; and between two of them
others have their turn, here and there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from pytron.codec.encoding import encode
from pytron.errors import CallError

#: About so much JSON is one piece: a page parses it in some 3 ms. Of smaller ones there are more,
#: and a page that is young takes long for what comes with each.
PIECE_BYTES: Final = 1 << 20
#: Lists of fewer elements are one piece, whatever is in them.
FEWEST: Final = 256
#: So many, or few more, tell how long the others are.
_SAMPLED: Final = 16

Listed = list[Any] | tuple[Any, ...]


def in_a_piece(elements: Listed) -> int:
    """How many elements of a list make a piece, by a look at a few; 0 where all go together.

    Raises:
        CallError: one of those has no form in JSON, or not in JSON alone.
    """
    if len(elements) < FEWEST:
        return 0
    sample = elements[:: len(elements) // _SAMPLED]
    size = len(encode_elements(sample))
    if size * len(elements) <= PIECE_BYTES * len(sample):
        return 0
    return max(1, PIECE_BYTES * len(sample) // size)


def pieces(elements: Listed, count: int) -> Iterator[tuple[int, Listed]]:
    """The elements, so many at once, each time with the place of the first one.

    The first piece is smaller: the page has nothing to do until it comes.
    """
    start, end = 0, max(1, count // 4)
    while start < len(elements):
        yield start, elements[start:end]
        start, end = end, end + count


def encode_elements(elements: Listed) -> bytes:
    """Elements as JSON alone.

    Raises:
        CallError: `encode_failed`; its message does not know their places in the list.
    """
    encoded = encode(elements)
    if encoded.parts:
        raise CallError("binary stands beside the JSON of all elements", code="encode_failed")
    return encoded.json
