"""Bytes of the link are the messages that spec/view.md says, however they are cut."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

import pytest
from protocol.vectors import cases, compact
from pytron.errors import ProtocolError
from pytron.framing import Parcel, Unpacker, pack
from pytron.link import opened

Case = dict[str, Any]


def unpacked(unpacker: Unpacker, data: bytes, sizes: Iterable[int]) -> list[Parcel]:
    """What comes out when the bytes come in pieces of these sizes."""
    rest, found = memoryview(data), list[Parcel]()
    for size in sizes:
        if not rest.nbytes:
            break
        while size and rest.nbytes:
            room = unpacker.room()
            count = min(room.nbytes, rest.nbytes, size)
            room[:count] = rest[:count]
            found += unpacker.took(count)
            rest, size = rest[count:], size - count
    assert not rest.nbytes
    return found


@pytest.mark.parametrize("case", cases("link", "view"))
@pytest.mark.parametrize("piece", [1, 7, 1 << 20])
def test_vector(case: Case, piece: int) -> None:
    data = bytes.fromhex(case["hex"])
    unpacker = Unpacker()
    messages: list[Case] = []

    def read() -> None:
        for start in range(0, len(data), piece):
            for parcel in unpacked(unpacker, data[start : start + piece], [piece]):
                fields, parts = opened(parcel)
                messages.append({"message": fields, "parts": [bytes(p).hex() for p in parts]})
        if case.get("error") == "protocol":
            unpacker.took(0)  # an error behind whole messages comes with the next look

    if case.get("error") == "protocol":
        with pytest.raises(ProtocolError):
            read()
    else:
        read()
        assert unpacker.is_between == (case.get("error") != "cut")
    assert messages == case.get("messages", [])


@pytest.mark.parametrize(
    "case", [case for case in cases("link", "view") if "error" not in case.values[0]]
)
def test_messages_are_written_as_the_vectors_say(case: Case) -> None:
    written = b"".join(
        bytes(piece)
        for entry in case["messages"]
        for piece in pack(compact(entry["message"]), list(map(bytes.fromhex, entry["parts"])))
    )
    assert written.hex() == case["hex"]


def test_large_and_small_frames_come_out_as_they_went_in() -> None:
    chance = random.Random(5)

    def part() -> bytes:
        return chance.randbytes(chance.choice([0, 1, 70_000, 900_000]))

    texts = [chance.randbytes(chance.choice([0, 3, 1000, 300_000])) for _ in range(30)]
    frames = [(text, [part() for _ in range(chance.randrange(4))]) for text in texts]
    data = b"".join(bytes(piece) for text, parts in frames for piece in pack(text, parts))
    sizes = iter(lambda: chance.choice([1, 100, 8192, 262_144, 1_000_000]), None)
    unpacker = Unpacker()
    found = unpacked(unpacker, data, sizes)
    assert [(parcel.text, [bytes(part) for part in parcel.parts]) for parcel in found] == frames
    assert unpacker.is_between
