"""Limits that no vector can spell out: spec/ipc.md, section 7."""

from __future__ import annotations

import json
import mmap
from collections.abc import Callable
from typing import Any

import pytest
from pytron import protocol
from pytron.codec import Encoded
from pytron.errors import ProtocolError
from pytron.protocol import LIMITS, MAX_PARTS_BYTES, check_parts


@pytest.mark.parametrize("sizes", [[0] * LIMITS["parts"], [MAX_PARTS_BYTES - 1, 1]])
def test_as_many_parts_as_allowed_are_taken(sizes: list[int]) -> None:
    check_parts(sizes)


@pytest.mark.parametrize("sizes", [[0] * (LIMITS["parts"] + 1), [MAX_PARTS_BYTES, 1]])
def test_more_parts_than_allowed_are_too_large(sizes: list[int]) -> None:
    with pytest.raises(ProtocolError, match="over the limit of 1024 and 1073741824") as caught:
        check_parts(sizes)
    assert caught.value.code == "too_large"


@pytest.mark.parametrize(("count", "refused"), [(LIMITS["parts"], 0), (LIMITS["parts"] + 1, 1)])
def test_a_call_brings_so_many_files(count: int, refused: int) -> None:
    offers: list[dict[str, Any]] = [
        {"at": ["args", at], "upload": at + 2, "size": 0, "type": ""} for at in range(count)
    ]
    call = {"kind": "call", "id": 1, "name": "f", "args": [None] * count, "uploads": offers}
    messages, faults, _ = protocol.decode_frame(json.dumps([call]).encode())
    assert (len(messages), len(faults)) == (1 - refused, refused)


def beside(count: int, part: memoryview) -> Encoded:
    places = [{"at": ["value", at], "part": at, "type": "bytes"} for at in range(count)]
    return Encoded(b"[]", [part] * count, places)


#: What of the kit's messages has binary.
DOWN: list[Callable[[Encoded], bytes]] = [
    lambda encoded: protocol.result(1, encoded),
    lambda encoded: protocol.item(1, encoded),
    lambda encoded: protocol.event("news", encoded),
    lambda encoded: protocol.snapshot("app", 1, encoded),
    lambda encoded: protocol.patch("app", 1, encoded),
]


@pytest.mark.parametrize("message", DOWN)
def test_the_kit_sends_no_more_binary_than_a_frame_takes(
    message: Callable[[Encoded], bytes],
) -> None:
    small = memoryview(b"")
    assert len(json.loads(message(beside(LIMITS["parts"], small)))["bin"]) == LIMITS["parts"]
    with pytest.raises(ProtocolError, match="1,025 binary values in one message") as caught:
        message(beside(LIMITS["parts"] + 1, small))
    assert caught.value.code == "too_large"
    large = memoryview(mmap.mmap(-1, MAX_PARTS_BYTES + 1))  # never touched, so it costs nothing
    assert b'"bin"' in message(beside(1, large[:-1]))
    with pytest.raises(ProtocolError, match="1,073,741,825 bytes as one value"):
        message(beside(1, large))
