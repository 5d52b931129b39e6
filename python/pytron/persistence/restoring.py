"""Plain data from JSON and the binary beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pytron import codec


def restore(
    name: str, text: bytes, bin_: Iterable[Mapping[str, Any]], parts: Sequence[bytes | memoryview]
) -> Any:
    """The value that was encoded as standing at `name`."""
    tree = {name: codec.decode(text)}
    codec.place(tree, bin_, parts)
    return tree[name]


def as_restored(value: object) -> Any:
    """Plain data as it will be after it has been kept: a date, for example, is text."""
    encoded = codec.encode(value)
    return restore("value", encoded.json, encoded.bin, encoded.parts)
