"""The native module's encoder of plain data: the kit's own JSON, or None."""

from __future__ import annotations

import datetime
import enum
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytron import codec

native = pytest.importorskip("pytron_native", reason="the native host is not installed")


def plain_json(value: Any) -> bytes | None:
    text = native.plain_json(value, b"", b"")
    around = native.plain_json(value, b'{"value":', b"}")
    assert around == (None if text is None else b'{"value":' + text + b"}")
    return text


safe_integers = st.integers(-codec.MAX_SAFE_INTEGER, codec.MAX_SAFE_INTEGER)
finite = st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(st.characters(exclude_categories=["Cs"]))
#: Texts of the lengths and with the bytes at which an encoder of words of eight can go wrong.
awkward = st.text(st.sampled_from('a"\\\n\x00\x1f\x7fé€😀 '), max_size=40)
scalars = st.none() | st.booleans() | safe_integers | finite | texts | awkward


class Word(str):
    pass


class Level(enum.IntEnum):
    LOW = 1


def nested(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaves,
        lambda inside: (
            st.lists(inside)
            | st.dictionaries(texts | awkward, inside)
            | st.lists(inside, max_size=3).map(tuple)
        ),
    )


@given(nested(scalars))
def test_plain_data_is_what_it_was(value: Any) -> None:
    text = plain_json(value)
    assert text is not None
    assert json.loads(text) == json.loads(codec.encode(value).json)


other = st.sampled_from(
    [float("nan"), float("inf"), 2**53, -(2**64), "\ud800", b"bytes", bytearray(b"x"), {1},
     Word("word"), Level.LOW, datetime.date(2024, 2, 29), {1: "key"}, {Word("key"): 1}, object]
)  # fmt: skip


@given(nested(other))
def test_anything_else_is_left_to_the_kit(value: Any) -> None:
    def is_plain(value: Any) -> bool:
        """Nothing is left of it but containers, which are empty."""
        if type(value) is dict:
            return all(type(key) is str for key in value) and all(map(is_plain, value.values()))
        return type(value) in (list, tuple) and all(map(is_plain, value))

    assert (plain_json(value) is not None) == is_plain(value)


def test_as_many_levels_as_a_frame_may_have() -> None:
    value: Any = 1
    for _ in range(codec.MAX_DEPTH):
        value = [value]
    assert plain_json(value) == codec.encode(value).json
    assert plain_json({"one more": value}) is None


def test_what_contains_itself_is_left_to_the_kit() -> None:
    ring: list[Any] = []
    ring.append({"ring": ring})
    assert plain_json(ring) is None


@pytest.mark.parametrize("size", range(20))
def test_what_is_escaped_is_seen_wherever_it_stands(size: int) -> None:
    for place in range(size):
        for special in '"\\\n\x00\x1f':
            text = "x" * place + special + "x" * (size - place - 1)
            assert plain_json(text) == codec.encode_plain(text)
