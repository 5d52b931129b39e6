"""Limits that no vector can spell out: spec/ipc.md, section 7."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pytron import protocol
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
