"""Long lists in pieces: together they are what the whole is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytron import CallError, codec

pytestmark = pytest.mark.usefixtures("encoder")


@dataclass
class Row:
    id: int
    name: str


def row(number: int) -> dict[str, Any]:
    return {"id": number, "name": f"row {number}", "price": number * 0.25, "done": None}


LONG = {
    "dicts": [row(number) for number in range(40_000)],
    "a tuple": tuple(row(number) for number in range(40_000)),
    "numbers": list(range(300_000)),
    "dataclasses": [Row(number, "x" * 100) for number in range(20_000)],
    "few and large": [["a word"] * 1_000 for _ in range(256)],
    "longer and longer": ["x" * number for number in range(3_000)],
    "shorter and shorter": ["x" * number for number in range(3_000, 0, -1)],
}


@pytest.mark.parametrize("name", LONG)
def test_pieces_are_the_whole(name: str) -> None:
    elements: Any = LONG[name]
    count = codec.in_a_piece(elements)
    together: list[Any] = []
    for start, piece in codec.pieces(elements, count):
        assert (start, len(piece) <= count) == (len(together), True)
        text = codec.encode_elements(piece)
        assert len(text) <= 2.2 * codec.PIECE_BYTES
        together.extend(json.loads(text))
    assert together == json.loads(codec.encode(elements).json)


@given(st.lists(st.integers()), st.integers(1, 100))
def test_no_piece_loses_anything(elements: list[int], count: int) -> None:
    together: list[int] = []
    for start, piece in codec.pieces(elements, count):
        assert (start, 0 < len(piece) <= count) == (len(together), True)
        together.extend(piece)
    assert together == elements


def test_one_element_that_is_larger_than_a_piece_is_a_piece() -> None:
    elements = ["x" * (2 * codec.PIECE_BYTES)] * codec.FEWEST
    assert codec.in_a_piece(elements) == 1
    assert [len(piece) for _, piece in codec.pieces(elements, 1)] == [1] * codec.FEWEST


@pytest.mark.parametrize(
    "elements",
    [
        [],
        [1],
        list(range(100_000)),
        ["x" * 100_000] * (codec.FEWEST - 1),
        ["x" * 4_000] * codec.FEWEST,
    ],
    ids=["empty", "one", "many and small", "few", "little in all"],
)
def test_others_go_as_a_whole(elements: list[Any]) -> None:
    assert codec.in_a_piece(elements) == 0


@pytest.mark.parametrize("one", [b"binary", 2**60, float("nan"), object()])
def test_what_is_no_plain_json_is_refused(one: object) -> None:
    for refusing in (codec.in_a_piece, codec.encode_elements):
        with pytest.raises(CallError) as caught:
            refusing([one, 1] * 1_000)
        assert caught.value.code == "encode_failed"
