"""The server's loop, which runs on whichever thread waits for what arrives."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from threading import Event, Thread, get_ident

import pytest
from pytron.server.turns import LoopInTurns

#: Waits for what is certain to come; a loaded machine may take its time.
_LONG_S = 60.0


@pytest.fixture
def turns() -> Iterator[LoopInTurns]:
    turns = LoopInTurns(asyncio.new_event_loop())
    yield turns
    turns.close()


def beside(function: Callable[[], object]) -> Thread:
    thread = Thread(target=function, daemon=True)
    thread.start()
    return thread


def test_what_is_posted_while_nobody_runs_it_comes_first_in_the_next_turn(
    turns: LoopInTurns,
) -> None:
    done: list[int] = []
    turns.post(lambda: done.append(1))
    turns.post(lambda: done.append(2))
    assert done == []
    turns.wake()
    turns.run(_LONG_S)
    assert done == [1, 2]


def test_another_thread_ends_a_turn(turns: LoopInTurns) -> None:
    running = Event()
    turns.post(running.set)

    def wake() -> None:
        running.wait(_LONG_S)
        turns.wake()

    thread = beside(wake)
    turns.run()  # for ever, but for the wake
    thread.join(_LONG_S)
    assert running.is_set()


def test_what_runs_on_the_loop_ends_its_turn(turns: LoopInTurns) -> None:
    turns.post(turns.wake)
    turns.run()


def test_a_turn_ends_after_its_time(turns: LoopInTurns) -> None:
    turns.run(0.01)
    turns.run(0.01)


def test_a_wake_that_nobody_waits_for_is_not_lost(turns: LoopInTurns) -> None:
    turns.wake()
    turns.run()


def test_threads_run_one_loop_in_turn(turns: LoopInTurns) -> None:
    where: list[int] = []
    for _ in range(3):
        turns.post(lambda: where.append(get_ident()))
        turns.wake()
        thread = beside(turns.run)
        thread.join(_LONG_S)
        assert not thread.is_alive()
    assert len(where) == 3
    assert get_ident() not in where


def test_a_timer_of_one_turn_fires_in_a_later_one(turns: LoopInTurns) -> None:
    fired = Event()
    turns.post(lambda: turns.loop.call_later(0.01, fired.set))
    turns.wake()
    turns.run()
    turns.finish(asyncio.sleep(0.02))
    assert fired.is_set()


def test_a_last_turn_is_not_ended_by_a_wake(turns: LoopInTurns) -> None:
    reached = Event()

    async def last() -> None:
        turns.wake()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        reached.set()

    turns.finish(last())
    assert reached.is_set()


def test_nothing_runs_after_the_end() -> None:
    turns = LoopInTurns(asyncio.new_event_loop())
    turns.close()
    turns.post(lambda: pytest.fail("it ran"))
    turns.wake()
    turns.run()
