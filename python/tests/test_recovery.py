"""How often a page that dies is loaded again."""

from __future__ import annotations

from pytron.recovery import TRIES, WINDOW_S, Recovery


def test_a_page_gets_three_tries_within_a_minute() -> None:
    recovery = Recovery(clock=lambda: 100.0)
    assert [recovery.may_reload(1) for _ in range(TRIES + 1)] == [True, True, True, False]
    assert recovery.may_reload(2), "each window counts for itself"


def test_old_crashes_are_forgiven() -> None:
    now = 0.0
    recovery = Recovery(clock=lambda: now)
    for _ in range(TRIES):
        assert recovery.may_reload(1)
    now = WINDOW_S + 1
    assert recovery.may_reload(1)


def test_a_closed_window_is_forgotten() -> None:
    recovery = Recovery(clock=lambda: 0.0)
    for _ in range(TRIES + 1):
        recovery.may_reload(1)
    recovery.forget(1)
    assert recovery.may_reload(1)
