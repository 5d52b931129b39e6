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
    "dicts": [row(number) for number in range(20_000)],
    "a tuple": tuple(row(number) for number in range(20_000)),
    "numbers": list(range(200_000)),
    "dataclasses": [Row(number, "x" * 100) for number in range(10_000)],
    "few and large": [["a word"] * 1_000 for _ in range(256)],
    "longer and longer": ["x" * number for number in range(2_000)],
    "shorter and shorter": ["x" * number for number in range(2_000, 0, -1)],
}


@pytest.mark.parametrize("name", LONG)
def test_pieces_are_the_whole(name: str) -> None:
    elements: Any = LONG[name]
    assert codec.is_long(elements)
    pieces = list(codec.pieces(elements))
    together: list[Any] = []
    for start, text in pieces:
        assert start == len(together)
        together.extend(json.loads(text))
        assert len(text) <= 2 * codec.PIECE_BYTES
    assert together == json.loads(codec.encode(elements).json)
    assert len(pieces) < 30


@given(st.lists(st.text(max_size=20) | st.integers(-(2**53) + 1, 2**53 - 1) | st.none()))
def test_no_list_loses_anything(elements: list[Any]) -> None:
    together = [one for _, text in codec.pieces(elements) for one in json.loads(text)]
    assert together == elements


def test_one_element_that_is_larger_than_a_piece_is_a_piece() -> None:
    elements = ["x" * (3 * codec.PIECE_BYTES)] * 40
    sizes = [len(json.loads(text)) for _, text in codec.pieces(elements)]
    assert sizes == [16, *[1] * 24]


@pytest.mark.parametrize(
    "elements",
    [
        [],
        [1],
        list(range(10_000)),
        ["x" * 100_000] * (codec.FEWEST - 1),
        ["x" * 1_900] * codec.FEWEST,
    ],
    ids=["empty", "one", "many and small", "few", "little in all"],
)
def test_others_go_as_a_whole(elements: list[Any]) -> None:
    assert not codec.is_long(elements)


@pytest.mark.parametrize("one", [b"binary", 2**60, float("nan"), object()])
def test_what_is_no_plain_json_is_refused_wherever_it_stands(one: object) -> None:
    with pytest.raises(CallError) as caught:
        codec.is_long([one] * 1_000)
    assert caught.value.code == "encode_failed"
    late = [*LONG["dicts"], one]
    with pytest.raises(CallError):
        list(codec.pieces(late))
