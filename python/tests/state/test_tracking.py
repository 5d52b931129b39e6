"""What Python does to a state, and the ops that come of it."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
import subprocess
import sys
from typing import Any

import msgspec
import pytest
from pytron.errors import StateError
from pytron.state import State, plain

from .samples import Note, Notes, ops_of, recorded


def test_setting_a_field_is_one_patch() -> None:
    state = State("app", Notes)
    patches = recorded(state)
    state.root.count += 1
    assert patches == [(1, [{"op": "set", "path": ["count"], "value": 1}], None)]
    assert state.revision == 1


def test_an_append_sends_only_what_is_new() -> None:
    state = State("app", Notes)
    state.root.items.append(Note("first"))
    patches = recorded(state)
    state.root.items.append(Note("second"))
    insert = [{"text": "second", "done": False, "tags": []}]
    assert ops_of(patches) == [
        {"op": "splice", "path": ["items"], "index": 1, "remove": 0, "insert": insert}
    ]


def test_paths_follow_items_that_have_moved() -> None:
    state = State("app", Notes)
    state.root.items.extend([Note("a"), Note("b"), Note("c")])
    last = state.root.items[2]
    del state.root.items[0]
    state.root.items.sort(key=lambda note: note.text, reverse=True)
    patches = recorded(state)
    last.tags.append("x")
    assert ops_of(patches)[0]["path"] == ["items", 0, "tags"]


def test_what_is_assigned_is_copied() -> None:
    state = State("app", Notes)
    note = Note("mine")
    state.root.items.append(note)
    state.root.by_name["mine"] = state.root.items[0]
    patches = recorded(state)
    note.done = True
    assert patches == []
    state.root.items[0].done = True
    assert [op["path"] for op in ops_of(patches)] == [["items", 0, "done"]]
    assert state.root.by_name["mine"].done is False


def test_what_is_taken_out_is_no_longer_tracked() -> None:
    state = State("app", Notes)
    state.root.items.append(Note("gone"))
    gone = state.root.items.pop()
    patches = recorded(state)
    gone.done = True
    gone.tags.append("x")
    assert patches == []
    state.root.items.append(gone)
    assert ops_of(patches)[0]["insert"] == [{"text": "gone", "done": True, "tags": ["x"]}]


def test_a_swap_keeps_both_items() -> None:
    state = State("app", Notes)
    state.root.items.extend([Note("a"), Note("b")])
    items = state.root.items
    items[0], items[1] = items[1], items[0]
    assert [note.text for note in items] == ["b", "a"]
    items[0].done = True
    assert [note.done for note in items] == [True, False]


def test_assigning_the_same_value_is_no_change() -> None:
    state = State("app", Notes)
    state.root.items.append(Note())
    patches = recorded(state)
    state.root.count = 0
    state.root.items = state.root.items
    state.root.items[0] = state.root.items[0]
    state.root.items += []
    state.root.items.sort(key=lambda note: note.text)
    state.root.by_name.update({})
    assert patches == []


@pytest.mark.parametrize(("old", "new"), [(1, True), (1, 1.0), (0.0, -0.0), ("1", 1)])
def test_values_that_are_equal_but_differ_are_changes(old: object, new: object) -> None:
    state = State[Any]("app", {"value": old})
    state.root["value"] = new
    assert state.revision == 1
    assert repr(state.snapshot()[1]["value"]) == repr(new)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({1}, "at 'items.0.x' a set: use a list"),
        (print, "keep functions and classes outside the state"),
        (object(), "use a dataclass"),
        (float("nan"), "nan, which JSON has no word for: use None"),
        (float("inf"), "inf"),
        (2**53, "use a str"),
        ("\ud800", "lone surrogate"),
        ({1: 2}, "keys must be str"),
        ({"__proto__": 1}, "choose another name"),
        (([],), "use a list"),
        (1j, "a complex"),
    ],
)
def test_what_pages_cannot_hold_is_refused(value: object, message: str) -> None:
    state = State[Any]("app", {"items": [{}]})
    with pytest.raises(StateError) as caught:
        state.root["items"][0]["x"] = value
    assert message in str(caught.value)
    assert "items.0" in str(caught.value)
    assert state.snapshot() == (0, {"items": [{}]})


def test_a_value_that_holds_itself_is_refused() -> None:
    state = State[Any]("app", {})
    endless: list[Any] = []
    endless.append(endless)
    endless.append(endless)
    with pytest.raises(StateError, match="more than 100 levels, or itself"):
        state.root["x"] = endless


def test_depth_is_limited_where_a_state_grows() -> None:
    state = State[Any]("app", {"x": []})
    node = state.root["x"]
    for _ in range(98):
        node.append([])
        node = node[0]
    with pytest.raises(StateError, match="levels"):
        node.append([])
    node.append(1)


def test_a_failed_change_leaves_nothing_behind() -> None:
    state = State("app", Notes)
    bad: Any = [Note("fine"), {1}]
    for change in (
        lambda: state.root.items.extend(bad),
        lambda: state.root.items.__setitem__(slice(None), bad),
        lambda: state.root.by_name.update(a=bad[0], b=bad[1]),
        lambda: setattr(state.root, "items", bad),
    ):
        with pytest.raises(StateError):
            change()
    assert state.snapshot() == (0, {"count": 0, "title": None, "items": [], "by_name": {}})


def test_tracked_values_pass_for_plain_ones() -> None:
    state = State("app", Notes)
    state.root.items.append(Note("x", tags=["a"]))
    root, expected = state.root, Notes(items=[Note("x", tags=["a"])])
    assert isinstance(root, Notes)
    assert root.__class__ is Notes
    assert root == expected
    assert expected == root
    assert root.items.index(Note("x", tags=["a"])) == 0
    assert repr(root) == repr(expected)
    assert json.dumps(root.items[0].tags) == '["a"]'
    assert msgspec.json.encode(root) == msgspec.json.encode(expected)
    assert dataclasses.asdict(root) == dataclasses.asdict(expected)
    assert dataclasses.replace(root, count=3).count == 3


@pytest.mark.parametrize(
    "clone", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))]
)
def test_copies_and_pickles_are_not_tracked(clone: Any) -> None:
    state = State("app", Notes)
    state.root.items.append(Note("x"))
    state.root.by_name["k"] = Note("y")
    patches = recorded(state)
    for value in (state.root, state.root.items, state.root.by_name):
        twin = clone(value)
        assert twin == value
        assert type(twin) in (Notes, list, dict)
    twin = clone(state.root)
    twin.count = 9
    twin.items[0].done = True
    twin.by_name["k"].text = "z"
    assert patches == []


def test_untyped_state_takes_attributes_and_items() -> None:
    state = State[Any]("app")
    root = state.root
    root.items = [1]
    root["user"] = {"name": "ada", "items": 1}
    root.user.name = "bob"
    root["items"].append(2)
    assert root.items == [1, 2]
    assert root.user["name"] == "bob"
    assert "items" in root
    assert len(root) == 2
    assert sorted(root) == ["items", "user"]
    assert "user" in dir(root)
    assert root == {"items": [1, 2], "user": {"name": "bob", "items": 1}}
    del root.user
    del root["items"]
    assert plain(root) == {}
    assert state.revision == 6


def test_untyped_state_names_what_is_near() -> None:
    state = State[Any]("app")
    state.root.title = "x"
    with pytest.raises(AttributeError, match="did you mean 'title'"):
        _ = state.root.tilte
    with pytest.raises(AttributeError, match="did you mean 'title'"):
        del state.root.titel
    state.root.user = {}
    with pytest.raises(StateError, match=r"write \['items'\] instead of .items"):
        setattr(state.root.user, "items", 1)  # noqa: B010 - checkers know it is a method
    assert not hasattr(state.root, "__array__")
    assert copy.deepcopy(state.root) == {"title": "x", "user": {}}
    assert pickle.loads(pickle.dumps(state.root)) == {"title": "x", "user": {}}


def test_replace_keeps_the_root() -> None:
    state = State("app", Notes)
    root = state.root
    patches = recorded(state)
    state.replace(Notes(count=2, items=[Note("new")]))
    assert state.root is root
    assert root.items[0].text == "new"
    assert len(patches) == 1
    untyped = State[Any]("app", {"old": 1})
    untyped.replace({"new": [1]})
    assert untyped.snapshot() == (1, {"new": [1]})
    untyped.root["new"].append(2)
    assert untyped.snapshot() == (2, {"new": [1, 2]})


def test_a_state_that_cannot_begin_says_why() -> None:
    @dataclasses.dataclass
    class Needs:
        name: str

    with pytest.raises(StateError, match="give every field a default"):
        State("app", Needs)
    assert State("app", Needs("x")).snapshot() == (0, {"name": "x"})
    with pytest.raises(StateError, match="can't be a int"):
        State("app", 3)


def test_a_forbidden_state_refuses_changes() -> None:
    state = State[Any]("app", {"a": 1})
    state.forbid("worker processes have no state: return the value instead")
    with pytest.raises(StateError, match="worker processes") as caught:
        state.root["a"] = 2
    assert caught.value.code == "not_allowed"
    assert state.snapshot() == (0, {"a": 1})


def test_checkers_know_the_type_of_the_root(tmp_path: Any) -> None:
    source = tmp_path / "typed.py"
    source.write_text(
        "from dataclasses import dataclass\n"
        "from pytron.state import State\n"
        "@dataclass\n"
        "class Notes:\n"
        "    count: int = 0\n"
        'state = State("app", Notes)\n'
        "state.root.count += 1\n"
        'untyped = State("app", {"a": 1})\n'
        'untyped.root["a"] += 1\n'
        "wrong: str = state.root.count\n"
    )
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", str(source)]
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    lines = result.stdout.splitlines()
    mine = [line for line in lines if "typed.py" in line]
    assert len(mine) == 1, result.stdout + result.stderr
    assert "typed.py:10" in mine[0]
    assert "str" in mine[0]
