"""Whatever a page sends: a state takes it as plain data would, or stays as it was."""

from __future__ import annotations

import copy
from typing import Any

import hypothesis.strategies as st
import msgspec
from hypothesis import given, settings
from pytron.errors import StateError
from pytron.state import State, apply_ops, parse_ops

from .samples import Notes, recorded

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", 0.5, 2**60]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "text", "__proto__"]), inner, max_size=3)
    ),
    max_leaves=5,
)
NAMES = ["a", "b", "items", "count", "by_name", "title", "text", "done", "tags", "0", ""]
HOSTILE = [-1, 9, True, 1.0, None, "__class__", "__dict__", "__pytron__", "__init__", "__proto__"]
STEPS = st.sampled_from([*NAMES, 0, 1, 2, *HOSTILE])
PATHS = st.lists(STEPS, max_size=4)
COUNTS = st.sampled_from([0, 0, 1, 2, 5, -1, True, None, 10**30])
OPS = st.one_of(
    st.fixed_dictionaries({"op": st.just("set"), "path": PATHS, "value": JSON}),
    st.fixed_dictionaries({"op": st.just("delete"), "path": PATHS}),
    st.fixed_dictionaries(
        {"op": st.just("splice"), "path": PATHS, "index": COUNTS, "remove": COUNTS}
        | {"insert": st.lists(JSON, max_size=3)}
    ),
    st.dictionaries(st.sampled_from(["op", "path", "value", "index"]), JSON),
)
CHANGES = st.lists(OPS, max_size=4) | JSON


def outcome(act: Any) -> Any:
    """What came of it, or the code of the refusal; any other error fails the test."""
    try:
        return act()
    except StateError as error:
        if error.code != "invalid_change":
            raise
        return error.code


@settings(max_examples=300, deadline=None)
@given(before=st.dictionaries(st.sampled_from(["a", "b", "items"]), JSON), change=CHANGES)
def test_an_untyped_state_is_like_plain_data(before: dict[str, Any], change: Any) -> None:
    def holdable(value: Any) -> bool:
        return outcome(lambda: State[Any]("app", value)) != "invalid_change"

    if not holdable(before):
        return
    state = State[Any]("app", copy.deepcopy(before))
    patches = recorded(state)
    expected = outcome(lambda: apply_ops(copy.deepcopy(before), parse_ops(change)))
    if expected != "invalid_change" and not (isinstance(expected, dict) and holdable(expected)):
        expected = "invalid_change"
    if outcome(lambda: state.apply(copy.deepcopy(change))) == "invalid_change":
        assert state.snapshot() == (0, before)
        assert patches == []
        return
    assert expected != "invalid_change"
    assert state.snapshot()[1] == expected
    replica: Any = copy.deepcopy(before)
    for patch in patches:
        replica = apply_ops(replica, patch.ops)
    assert replica == expected


@settings(max_examples=300, deadline=None)
@given(changes=st.lists(CHANGES, max_size=4))
def test_a_typed_state_keeps_its_type(changes: list[Any]) -> None:
    state = State("app", Notes, convert=msgspec.convert)
    patches = recorded(state)
    state.apply([{"op": "splice", "path": ["items"], "index": 0, "remove": 0, "insert": [{}, {}]}])
    for change in changes:
        before, count = state.snapshot(), len(patches)
        root = state.root
        if outcome(lambda change=change: state.apply(change)) == "invalid_change":
            assert state.snapshot() == before
            assert len(patches) == count
        assert state.root is root
        assert msgspec.convert(msgspec.to_builtins(root), Notes) == root
        assert set(vars(root)) == {"count", "title", "items", "by_name"}
    replica: Any = State("app", Notes).snapshot()[1]
    for patch in patches:
        replica = apply_ops(replica, patch.ops)
    assert replica == state.snapshot()[1]
