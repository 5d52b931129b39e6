from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytron import codec
from pytron.codec import MAX_DEPTH
from pytron.errors import CallError, ProtocolError

pytestmark = pytest.mark.usefixtures("encoder")

#: Texts that look like structure, to mislead whoever only counts brackets.
texts = st.sampled_from(["", "]", "[", "}}", '"', '\\"]', "\\", "\\\\", '["', "a[b]"])
trees = st.recursive(
    texts | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=60,
)


def nested(levels: int, innermost: object = None) -> Any:
    value: Any = innermost
    for _ in range(levels):
        value = [value]
    return value


def too_deep(text: bytes) -> bool:
    try:
        codec.check_depth(text)
    except ProtocolError as error:
        return error.code == "too_deep"
    return False


@given(trees, st.integers(0, 12))
def test_depth_is_exact_whatever_stands_in_texts(tree: Any, extra: int) -> None:
    def depth(value: Any) -> int:
        if isinstance(value, dict):
            return 1 + max(map(depth, value.values()), default=0)
        if isinstance(value, list):
            return 1 + max(map(depth, value), default=0)
        return 0

    own = depth(tree)
    wide = nested(MAX_DEPTH - 5 + extra - own, tree) if own < MAX_DEPTH - 5 else tree
    # So many brackets that the quick way out, which counts them, is never taken.
    text = json.dumps([wide, [[]] * (2 * MAX_DEPTH)]).encode()
    assert too_deep(text) is (max(depth(wide), 2) + 1 > MAX_DEPTH)


def test_closing_brackets_in_texts_hide_no_depth() -> None:
    value: Any = []
    for _ in range(MAX_DEPTH):
        value = ["]", value]
    assert too_deep(json.dumps(value).encode())


def test_arrays_and_objects_in_turn_count_each() -> None:
    value: Any = 1
    for _ in range(MAX_DEPTH // 2 + 1):
        value = [{"a": value}]
    assert too_deep(json.dumps(value).encode())


def test_result_of_128_levels_can_be_sent_and_one_more_not() -> None:
    assert codec.encode(nested(MAX_DEPTH)).json == b"[" * MAX_DEPTH + b"null" + b"]" * MAX_DEPTH
    with pytest.raises(CallError, match=r"nested too deeply|levels") as caught:
        codec.encode(nested(MAX_DEPTH + 1))
    assert caught.value.code == "encode_failed"


@pytest.mark.parametrize("members", [1, 2])
def test_list_that_contains_itself_is_refused(members: int) -> None:
    value: list[Any] = []
    value += [value] * members
    with pytest.raises(CallError, match="contains itself"):
        codec.encode(value)


def test_dict_that_contains_itself_is_refused() -> None:
    value: dict[str, Any] = {}
    value["a"] = {"b": [value, value]}
    with pytest.raises(CallError, match="contains itself"):
        codec.encode(value)
