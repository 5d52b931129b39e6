"""Subscriptions: who hears of what, once, after the change and without the lock."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from typing import Annotated, Any, TypedDict, cast

import msgspec
import pytest
from pytron.errors import ConfigError, StateError
from pytron.state import State

from .samples import Note, Notes

DEADLINE_S = 60


def heard_at(state: State[Any], path: str) -> list[Any]:
    heard: list[Any] = []
    state.subscribe(path, heard.append)
    return heard


def test_a_leaf_is_told_when_it_changes() -> None:
    state = State("app", Notes)
    state.root.items.extend([Note("a"), Note("b")])
    heard = heard_at(state, "items.0.done")
    state.root.count += 1
    state.root.items[1].done = True
    state.root.items[0].text = "c"
    assert heard == []
    state.root.items[0].done = True
    state.root.items[0].done = True
    state.root.items[0].done = False
    assert heard == [True, False]


def test_a_place_is_told_when_items_move_through_it() -> None:
    state = State("app", Notes)
    state.root.items.extend([Note("a"), Note("b", done=True)])
    heard = heard_at(state, "items.0.done")
    state.root.items.append(Note("c"))
    state.root.items.insert(0, Note("d"))
    assert heard == []  # False before and after
    state.root.items.pop(0)
    state.root.items.pop(0)
    assert heard == [True]
    state.root.items.clear()
    assert heard == [True, None]
    state.root.items.append(Note("e", done=True))
    assert heard == [True, None, True]


def test_a_container_is_told_of_everything_inside() -> None:
    state = State("app", Notes)
    items, whole = heard_at(state, "items"), heard_at(state, "")
    state.root.items.append(Note("a"))
    state.root.items[0].tags.append("x")
    state.root.count = 1
    assert [value is state.root.items for value in items] == [True, True]
    assert [value is state.root for value in whole] == [True, True, True]


def test_a_transaction_tells_once_with_the_last_value() -> None:
    state = State("app", Notes)
    heard = heard_at(state, "count")
    with state.transaction():
        state.root.count = 1
        state.root.count = 2
        assert heard == []
    with state.transaction():
        state.root.count = 3
        state.root.count = 2
    assert heard == [2]


def test_changes_of_pages_are_told_too() -> None:
    state = State("app", Notes)
    heard = heard_at(state, "by_name.x")
    state.apply([{"op": "set", "path": ["by_name", "x"], "value": 1}])
    state.apply([{"op": "delete", "path": ["by_name", "x"]}])
    assert heard == [1, None]


@pytest.mark.parametrize(
    "path", ["nothing", "items.9.x", "items.-1", "items.x", "count.x", "items.²", "items.00"]
)
def test_a_path_to_nothing_waits(path: str) -> None:
    state = State("app")
    state.root.items, state.root.count = [], 0
    heard = heard_at(state, path)
    state.root.items.append({"done": False})
    state.root.count = 1
    assert heard == []


@dataclass
class Line:
    text: str = ""


@dataclass
class Book:
    count: int = 0
    title: str | None = None
    lines: list[Line] = field(default_factory=list[Line])
    by_name: dict[str, Line] = field(default_factory=dict[str, Line])


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("coutn", "'coutn' leads nowhere: Book has no field 'coutn', did you mean 'count'?"),
        ("lines.9.txet", "'lines.9.txet' leads nowhere: Line has no field 'txet', did you mean"),
        ("lines.-1", "it is a list, whose places are numbers: not '-1'"),
        ("lines.²", "not '²'"),
        ("by_name.x.txt", "did you mean 'text'?"),
        ("count.x", "it is declared as int, which has nothing inside"),
        ("title.x", "'title.x' leads nowhere"),
    ],
)
def test_a_path_that_can_never_be_is_an_error(path: str, why: str) -> None:
    with pytest.raises(StateError, match=re.escape(why)):
        State("app", Book).subscribe(path, print)


@dataclass
class Shape:
    name: str = ""


@dataclass
class Circle(Shape):
    radius: float = 1.0


class Corner(TypedDict, total=False):
    left: int


@dataclass
class Drawing:
    shape: Shape = field(default_factory=Circle)
    corner: Corner = field(default_factory=lambda: Corner(left=1))
    pair: tuple[int, str] = (1, "")
    either: list[Note] | dict[str, int] | None = None
    anything: Any = None
    limited: Annotated[list[Note], msgspec.Meta(max_length=3)] = field(default_factory=list[Note])


@pytest.mark.parametrize(
    "path",
    ["", "shape.radius", "corner.left", "pair.1", "either.0.text", "either.text", "anything.x.y",
     "limited.2.done"],
)  # fmt: skip
def test_a_path_that_may_be_one_day_is_taken(path: str) -> None:
    State[Any]("app", Drawing).subscribe(path, print)


def test_what_cannot_be_called_back_is_an_error() -> None:
    with pytest.raises(ConfigError, match="None is no function: give one that takes the new value"):
        State("app", Notes).subscribe("count", cast("Any", None))


def test_a_stopped_subscription_is_silent() -> None:
    state = State("app", Notes)
    heard: list[Any] = []
    stop = state.subscribe("count", heard.append)
    state.root.count = 1
    stop()
    stop()
    state.root.count = 2
    assert heard == [1]


def test_a_subscriber_may_change_the_state_and_fail(caplog: pytest.LogCaptureFixture) -> None:
    state = State("app", Notes)
    heard: list[Any] = []

    def react(value: Any) -> None:
        heard.append(value)
        if value < 3:
            state.root.count += 1
        raise ValueError("react")

    state.subscribe("count", react)
    state.root.count = 1
    assert heard == [1, 2, 3]
    assert caplog.text.count("ValueError: react") == 3


def test_a_subscriber_runs_without_the_lock() -> None:
    state = State("app", Notes)
    done = threading.Event()

    def react(_: Any) -> None:
        # Another thread can use the state while this one waits for it.
        thread = threading.Thread(target=lambda: (state.snapshot(), done.set()))
        thread.start()
        assert done.wait(DEADLINE_S)
        thread.join(DEADLINE_S)

    state.subscribe("count", react)
    with state.transaction():
        state.root.items.append(Note())
        state.root.count = 1
    assert done.is_set()
    done.clear()
    state.root.items.extend([Note(), Note()])
    state.root.count = 2
    assert done.is_set()


def test_values_come_in_the_order_of_changes() -> None:
    state = State("app", Notes)
    heard = heard_at(state, "count")

    def work() -> None:
        for _ in range(500):
            with state.transaction():
                state.root.count += 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE_S)
    assert heard == list(range(1, 2001))
