"""Functions that are called at their time."""

from __future__ import annotations

import gc
from time import monotonic
from typing import Any

from pytron.dispatcher.deadlines import Deadlines
from waiting import Counter, Gate


class Call:
    """As much of a call as a deadline sees."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline


def test_functions_are_called_in_the_order_of_their_times() -> None:
    deadlines = Deadlines()
    seen: list[int] = []
    all_there, done = Gate(), Gate()
    now = monotonic()
    deadlines.at(now, all_there.pass_through)
    for n in (3, 1, 2):
        deadlines.at(now + n / 1000, lambda n=n: seen.append(n))
    deadlines.at(now + 4 / 1000, done.set)
    all_there.set()
    done.pass_through()
    deadlines.close(5)
    assert seen == [1, 2, 3]


def test_earlier_one_that_comes_later_is_called_first() -> None:
    deadlines = Deadlines()
    first = Gate()
    deadlines.at(monotonic() + 1e9, lambda: None)
    deadlines.at(monotonic(), first.set)
    first.pass_through()
    deadlines.close(5)


def test_calls_that_have_ended_are_forgotten() -> None:
    deadlines = Deadlines()
    expired = Counter()
    later = monotonic() + 1000

    def add(deadline: float) -> None:
        call: Any = Call(deadline)
        deadlines.add(call, lambda _call: expired.add())

    for _ in range(10_000):
        add(later)
    gc.collect()
    assert len(deadlines._heap) <= 1001
    due: Any = Call(monotonic())
    deadlines.add(due, lambda _call: expired.add())
    expired.reach(1)
    deadlines.close(5)
    assert expired.value == 1


def test_nothing_is_called_after_closing() -> None:
    deadlines = Deadlines()
    called = Counter()
    deadlines.at(monotonic() + 1000, called.add)
    deadlines.close(5)
    deadlines.at(monotonic(), called.add)
    assert called.value == 0
