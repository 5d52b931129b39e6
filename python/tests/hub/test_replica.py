"""One state in two processes, which are two states over one hub here."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from pytron import codec
from pytron.errors import StateError
from pytron.hub import Hub, LocalHub, Tail
from pytron.runtime import replica as replicas
from pytron.runtime.replica import Replica
from pytron.state import Patch, State
from waiting import Gate


@dataclass
class Item:
    name: str
    data: bytes = b""


@dataclass
class Shop:
    count: int = 0
    items: list[Item] = field(default_factory=list[Item])


def shop() -> State[Shop]:
    return State("app", Shop, convert=codec.convert)


@pytest.fixture
def states(hubs: tuple[Hub, Hub]) -> Iterator[tuple[State[Shop], State[Shop]]]:
    one, other = shop(), shop()
    one.root.count = 7
    with ExitStack() as ends:
        for state, hub in zip((one, other), hubs, strict=True):
            replica = Replica(state, hub)
            replica.open()
            ends.callback(replica.close)
        yield one, other


def becomes(state: State[Any], revision: int) -> None:
    """Wait until a state has come so far by itself."""
    arrived = Gate()

    def heard(patch: Patch) -> None:
        if patch.revision >= revision:
            arrived.set()

    stop = state.listen(heard)
    if state.revision < revision:
        arrived.pass_through()
    stop()


def test_the_second_process_gets_the_state_of_the_first(
    states: tuple[State[Shop], State[Shop]],
) -> None:
    one, other = states
    assert other.root.count == 7
    assert other.revision == one.revision == 1


def test_changes_arrive_with_their_types(states: tuple[State[Shop], State[Shop]]) -> None:
    one, other = states
    with one.transaction():
        one.root.items.append(Item("a", b"\x00\x01"))
        one.root.count += 1
    becomes(other, one.revision)
    assert other.root.items == [Item("a", b"\x00\x01")]
    assert type(other.root.items[0].name) is str
    other.root.items[0].name = "b"
    becomes(one, other.revision)
    assert one.root.items[0].name == "b"
    assert one.snapshot() == other.snapshot()


def test_no_transaction_of_either_is_lost(states: tuple[State[Shop], State[Shop]]) -> None:
    def count(state: State[Shop]) -> None:
        for _ in range(100):
            with state.transaction():
                state.root.count += 1

    threads = [threading.Thread(target=count, args=(state,)) for state in (*states, states[0])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    one, other = states
    with one.hold(), other.hold():
        assert one.root.count == other.root.count == 307


def test_pages_hear_of_changes_of_others_by_revision(
    states: tuple[State[Shop], State[Shop]],
) -> None:
    one, other = states
    heard: list[Patch] = []
    stop = other.listen(heard.append)
    for count in (1, 2, 3):
        one.root.count = count
    becomes(other, one.revision)
    stop()
    assert [patch.revision for patch in heard] == [2, 3, 4]
    assert heard[-1].ops == [{"op": "set", "path": ["count"], "value": 3}]


def test_a_long_log_becomes_a_base(
    states: tuple[State[Shop], State[Shop]],
    hubs: tuple[Hub, Hub],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(replicas, "_MOST_ENTRIES", 10)
    one, other = states
    for count in range(25):
        one.root.count = count + 100
    assert len(hubs[0].read("state", -1).entries) <= 11
    becomes(other, one.revision)
    third = shop()
    late = Replica(third, hubs[1])
    late.open()
    assert third.root.count == 124
    assert third.revision == one.revision
    late.close()


def test_a_change_that_slept_past_its_lease_is_refused_and_undone(
    states: tuple[State[Shop], State[Shop]], hubs: tuple[Hub, Hub]
) -> None:
    one, other = states

    def sleep_in_the_midst() -> None:
        with one.transaction():
            one.root.count = 1
            # Its time is over, and another process goes on.
            hubs[0].release("state", authority_of(one)._me)
            other.root.count = 2

    with pytest.raises(StateError) as refused:
        sleep_in_the_midst()
    assert refused.value.code == "conflict"
    assert one.root.count == other.root.count == 2
    one.root.count = 3
    becomes(other, one.revision)
    assert other.root.count == 3


def authority_of(state: State[Any]) -> Any:
    return state._authority


class Cut(LocalHub):
    """A hub whose store may be out of reach."""

    away = False

    def _reach(self) -> None:
        if self.away:
            raise ConnectionError("cut off")

    def claim(self, key: str, owner: str, keep_s: float) -> bool:
        self._reach()
        return super().claim(key, owner, keep_s)

    def release(self, key: str, owner: str) -> None:
        self._reach()
        super().release(key, owner)

    def append(self, log: str, number: int, entry: bytes) -> bool:
        self._reach()
        return super().append(log, number, entry)

    def read(self, log: str, number: int) -> Tail:
        self._reach()
        return super().read(log, number)


def test_without_its_hub_a_state_is_read_and_not_changed() -> None:
    hub, state = Cut(), shop()
    replica = Replica(state, hub)
    replica.open()
    state.root.count = 1
    hub.away = True
    with pytest.raises(StateError, match="cut off") as refused:
        state.root.count = 2
    assert refused.value.code == "disconnected"
    assert state.revision == 1
    assert state.snapshot()[0] == 1
    hub.away = False
    with state.hold():
        assert state.root.count == 1
    state.root.count = 3
    assert state.snapshot() == (2, {"count": 3, "items": []})
    replica.close()


def test_a_process_that_died_in_a_change_keeps_others_waiting_only_so_long() -> None:
    now = [0.0]
    hub, state = LocalHub(lambda: now[0]), shop()
    replica = Replica(state, hub)
    replica.open()
    assert hub.claim("state", "dead", replicas.LEASE_S)
    done = Gate()

    def change() -> None:
        state.root.count = 1
        done.set()

    thread = threading.Thread(target=change)
    thread.start()
    assert not done.is_set()
    now[0] = replicas.LEASE_S + 0.1
    done.pass_through()
    thread.join()
    replica.close()


def test_a_state_that_does_not_fit_is_said_at_the_start() -> None:
    hub = LocalHub()
    first: State[Any] = State("app", {"other": 1})
    replica = Replica(first, hub)
    replica.open()
    second = shop()
    with pytest.raises(StateError, match="other"):
        Replica(second, hub).open()
    second.root.count = 5  # it is its own again
    assert second.root.count == 5
    with suppress(StateError):
        replica.close()
