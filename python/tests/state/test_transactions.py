"""Transactions: one patch, nothing lost between threads, nothing left when they fail."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from pytron.errors import StateError
from pytron.state import Patch, State, apply_ops

from .samples import Note, Notes, ops_of, recorded

DEADLINE_S = 60


def run_in_threads(count: int, work: Any) -> None:
    """Run `work(number)` in threads and wait for all; an error in one fails the test."""
    errors: list[BaseException] = []

    def guarded(number: int) -> None:
        try:
            work(number)
        except BaseException as error:  # noqa: BLE001 - reported below
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE_S)
        assert not thread.is_alive()
    assert errors == []


def test_a_transaction_is_one_patch() -> None:
    state = State("app", Notes)
    patches = recorded(state)
    with state.transaction():
        state.root.count = 1
        with state.transaction():
            state.root.items.append(Note("a"))
        state.root.title = "t"
        assert patches == []
    assert len(patches) == 1
    assert [op["path"] for op in patches[0].ops] == [["count"], ["items"], ["title"]]


def test_an_empty_transaction_is_no_patch() -> None:
    state = State("app", Notes)
    patches = recorded(state)
    with state.transaction():
        state.root.count = 0
    assert patches == []
    assert state.revision == 0


def test_what_says_the_same_is_sent_once() -> None:
    state = State("app", Notes)
    patches = recorded(state)
    with state.transaction():
        for number in range(100):
            state.root.count = number + 1
        for _ in range(100):
            state.root.items.append(Note())
    first, second = patches[0].ops
    assert first == {"op": "set", "path": ["count"], "value": 100}
    assert second["op"] == "splice"
    assert len(second["insert"]) == 100


def test_ops_that_build_on_each_other_are_not_merged() -> None:
    state = State[Any]("app", {"a": 1, "list": [1]})
    replica = state.snapshot()[1]
    patches = recorded(state)
    root = state.root
    with state.transaction():
        root["a"] = {"b": 1}
        root["a"]["b"] = 2
        root["a"] = {"c": root["a"]["b"]}
        root["list"][0] = 5
        root["list"].insert(0, 0)
        root["list"][0] = 6

    assert apply_ops(replica, patches[0].ops) == {"a": {"c": 2}, "list": [6, 5]}


def test_an_exception_undoes_everything() -> None:
    state = State("app", Notes)
    state.root.items.extend([Note("a"), Note("b")])
    state.root.by_name.update(x=Note("x"), y=Note("y"))
    before, patches = state.snapshot(), recorded(state)
    kept, named = state.root.items[0], state.root.by_name["x"]

    def spoil() -> None:
        with state.transaction():
            state.root.count = 5
            gone = state.root.items.pop(0)
            gone.text = "changed after it was taken out"
            state.root.items.append(Note("new"))
            state.root.items.reverse()
            state.root.by_name.pop("x").done = True
            state.root.by_name["z"] = Note("z")
            state.root.items.clear()
            state.root.by_name.clear()
            raise KeyError("no")

    with pytest.raises(KeyError):
        spoil()
    assert state.snapshot() == before
    assert patches == []
    assert list(state.root.by_name) == ["x", "y"]
    kept.done = True  # what Python held before is still part of the state
    named.done = True
    assert [op["path"] for op in ops_of(patches)] == [
        ["items", 0, "done"],
        ["by_name", "x", "done"],
    ]


def test_an_inner_exception_undoes_only_its_own() -> None:
    state = State("app", Notes)
    patches = recorded(state)

    def fail() -> None:
        with state.transaction():
            state.root.count = 2
            state.root.items.append(Note("inner"))
            raise KeyError

    with state.transaction():
        state.root.count = 1
        state.root.items.append(Note("outer"))
        with pytest.raises(KeyError):
            fail()
    assert state.root.count == 1
    assert [note.text for note in state.root.items] == ["outer"]
    assert len(patches) == 1
    assert len(patches[0].ops) == 2


def test_a_snapshot_shows_what_is_committed() -> None:
    state = State("app", Notes)
    state.root.items.append(Note("a"))
    before = state.snapshot()
    with state.transaction():
        state.root.items[0].done = True
        state.root.items.insert(0, Note("b"))
        state.root.by_name["x"] = Note("x")
        assert state.snapshot() == before
        assert len(state.root.items) == 2
        state.root.items[1].tags.append("t")
    assert state.snapshot()[1]["items"][1] == {"text": "a", "done": True, "tags": ["t"]}
    assert state.revision == before[0] + 1


def test_threads_lose_no_update() -> None:
    state = State("app", Notes)
    patches = recorded(state)

    def count(_: int) -> None:
        for _ in range(20_000):
            with state.transaction():
                state.root.count += 1

    run_in_threads(8, count)
    assert state.root.count == 160_000
    assert [patch.revision for patch in patches] == list(range(1, 160_001))


def test_threads_and_snapshots_agree() -> None:
    state = State("app", Notes)
    patches = recorded(state)
    snapshots: list[tuple[int, Any]] = []

    def work(number: int) -> None:
        if number == 0:
            snapshots.extend(state.snapshot() for _ in range(200))
            return
        for turn in range(300):
            with state.transaction():
                state.root.items.insert(0, Note(f"{number}.{turn}"))
                if len(state.root.items) > 5:
                    state.root.items.pop()
                state.root.items[-1].tags.append("seen")
                state.root.count += 1

    run_in_threads(5, work)

    replica: Any = State("app", Notes).snapshot()[1]
    at = dict(snapshots)
    for revision in range(len(patches) + 1):
        if revision:
            replica = apply_ops(replica, patches[revision - 1].ops)
        if revision in at:
            assert at[revision] == replica
    assert state.snapshot() == (1200, replica)


def test_a_listener_that_changes_the_state_keeps_the_order() -> None:
    state = State("app", Notes)
    seen: list[list[int]] = [[], []]

    def first(patch: Patch) -> None:
        seen[0].append(patch.revision)
        if patch.revision < 5:
            state.root.count += 1

    state.listen(first)
    state.listen(lambda patch: seen[1].append(patch.revision))
    state.root.count += 1
    assert seen == [[1, 2, 3, 4, 5]] * 2


def test_a_listener_that_fails_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    state = State("app", Notes)

    def fail(_: Patch) -> None:
        raise ValueError("listener")

    state.listen(fail)
    patches = recorded(state)
    state.root.count = 1
    assert [patch.revision for patch in patches] == [1]
    assert "the change itself is done" in caplog.text


def test_a_stopped_listener_hears_nothing() -> None:
    state = State("app", Notes)
    heard: list[Patch] = []
    stop_one, stop_two = state.listen(heard.append), state.listen(heard.append)
    stop_one()
    state.root.count = 1
    assert len(heard) == 1
    stop_two()
    stop_two()
    state.root.count = 2
    assert len(heard) == 1


def test_nobody_changes_a_state_that_is_held() -> None:
    state = State("app", Notes)
    started, changed = threading.Event(), threading.Event()

    def change() -> None:
        started.set()
        state.root.count = 1
        changed.set()

    thread = threading.Thread(target=change)
    with state.hold():
        thread.start()
        assert started.wait(DEADLINE_S)
        assert not changed.wait(0.05)
        assert state.snapshot()[0] == 0
    assert changed.wait(DEADLINE_S)
    thread.join(DEADLINE_S)


def test_awaiting_inside_a_transaction_is_refused_to_others() -> None:
    state = State("app", Notes)

    async def sleeper(inside: asyncio.Event, go_on: asyncio.Event) -> None:
        with state.transaction():
            state.root.count = 1
            inside.set()
            await go_on.wait()
            state.root.count = 2

    async def main() -> None:
        inside, go_on = asyncio.Event(), asyncio.Event()
        task = asyncio.create_task(sleeper(inside, go_on))
        await inside.wait()
        with pytest.raises(StateError, match="don't await inside"):
            state.root.count = 7
        assert state.snapshot()[0] == 0
        go_on.set()
        await task

    asyncio.run(main())
    assert state.snapshot()[1]["count"] == 2
