"""How often a page that dies is loaded again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest
from pytron import App, Event
from pytron.runtime.recovery import TRIES, WINDOW_S, Recovery
from pytron.testing import TestClient
from waiting import Gate


def counting(clock: Callable[[], float]) -> Recovery:
    return Recovery(cast("Any", None), clock=clock)  # counting needs no engine


def test_a_page_gets_three_tries_within_a_minute() -> None:
    recovery = counting(lambda: 100.0)
    assert [recovery.may_reload(1) for _ in range(TRIES + 1)] == [True, True, True, False]
    assert recovery.may_reload(2), "each window counts for itself"


def test_old_crashes_are_forgiven() -> None:
    now = 0.0
    recovery = counting(lambda: now)
    for _ in range(TRIES):
        assert recovery.may_reload(1)
    now = WINDOW_S + 1
    assert recovery.may_reload(1)


def test_a_closed_window_is_forgotten() -> None:
    recovery = counting(lambda: 0.0)
    for _ in range(TRIES + 1):
        recovery.may_reload(1)
    recovery.forget(1)
    assert recovery.may_reload(1)


def test_only_a_page_that_never_said_hello_is_reported(
    app: App[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTRON_LOAD_TIMEOUT_S", "0.5")
    failed: list[str | None] = []
    silent = Gate()

    @app.on("window.failed")
    def note(event: Event[Any]) -> None:
        failed.append(event.window)
        if event.window == "silent":
            silent.set()

    with TestClient(app):
        app.open_window("silent")  # its time is up after that of the page that lives
        silent.pass_through()
    assert failed == ["silent"]
