"""Events that say themselves what becomes of them when a page is slow."""

from __future__ import annotations

from typing import Any

import pytest
from pytron import Api, App, ConfigError
from pytron.dispatcher import session as sessions
from pytron.protocol import limits
from pytron.testing import TestClient
from sleeping import BIG, Asleep, asleep
from waiting import Gate

AppOf = App[Any]


@pytest.fixture(autouse=True)
def little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (limits, sessions.protocol):
        monkeypatch.setattr(module, "BEHIND_BYTES", 2 * len(BIG))


def events(page: Asleep, last: object) -> list[tuple[Any, int]]:
    """Data of the events until `last`, each with how many were missed before it."""
    seen: list[tuple[Any, int]] = []
    while not seen or seen[-1][0] != last:
        came = page.read_until("event")
        seen += [(m["data"], m.get("missed", 0)) for m in came if m["kind"] == "event"]
    return [(data, missed) for data, missed in seen if data != BIG]


def make_slow(app: AppOf, page: Asleep) -> None:
    """More waits for the page than it takes in one turn."""
    page.send({"kind": "subscribe", "name": "*"}, {"kind": "sync", "scope": "window"})
    page.read_until("snapshot")
    for _ in range(3):
        app.emit("filler", BIG)


def test_page_that_reads_gets_all(app: AppOf) -> None:
    moved = app.event("moved", int, slow="latest")
    with TestClient(app) as page:
        page.subscribe("moved")
        page.sync()
        for n in range(20):
            moved.emit(n)
        assert [page.event()[1] for _ in range(20)] == list(range(20))
    assert moved.missed == 0


def test_latest_only_is_sent_when_the_page_reads_again(app: AppOf) -> None:
    moved = app.event("moved", int, slow="latest")
    with asleep(app) as page:
        make_slow(app, page)
        for n in range(1000):
            moved.emit(n)
        assert events(page, 999) == [(999, 999)]
        assert moved.missed == 999
        moved.emit(7)
        assert events(page, 7) == [(7, 0)]


def test_oldest_are_dropped_beyond_those_that_are_kept(app: AppOf) -> None:
    line = app.event("line", int, slow="drop_oldest", keep=3)
    with asleep(app) as page:
        make_slow(app, page)
        for n in range(10):
            line.emit(n)
        assert events(page, 9) == [(7, 7), (8, 0), (9, 0)]
        assert line.missed == 7


def test_each_page_has_its_own_backlog(app: AppOf) -> None:
    moved = app.event("moved", int, slow="latest")
    with asleep(app) as page:
        app.open_window("second")
        second = Asleep(app, page.engine, "second")
        second.send({"kind": "subscribe", "name": "moved"}, {"kind": "sync", "scope": "window"})
        second.read_until("snapshot")
        make_slow(app, page)
        for n in range(5):
            moved.emit(n)
        assert events(second, 4) == [(n, 0) for n in range(5)]
        assert events(page, 4) == [(4, 4)]


def test_what_waits_keeps_its_order(app: AppOf) -> None:
    a = app.event("a", str, slow="drop_oldest", keep=2)
    b = app.event("b", str, slow="latest")
    with asleep(app) as page:
        make_slow(app, page)
        for n in range(3):
            a.emit(f"a{n}")
            b.emit(f"b{n}")
        a.emit("end")
        assert events(page, "end") == [("a2", 2), ("b2", 2), ("end", 0)]


def test_app_emit_and_window_emit_keep_to_the_declaration(app: AppOf) -> None:
    app.event("moved", int, slow="latest")
    with asleep(app) as page:
        make_slow(app, page)
        app.emit("moved", 1)
        app.window("main").emit("moved", 2)
        assert events(page, 2) == [(2, 1)]


def test_no_sender_waits_or_is_refused(app: AppOf, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (limits, sessions.protocol):
        monkeypatch.setattr(module, "QUEUE_BYTES", 4 * len(BIG))
    moved = app.event("moved", int, slow="latest")
    with asleep(app) as page:
        make_slow(app, page)
        page.fill(app)
        moved.emit(1)  # this is the main thread, which must not wait
        moved.emit(2)
        assert events(page, 2) == [(2, 1)]


def test_another_window_s_page_is_held_to_it_too(app: AppOf) -> None:
    app.event("moved", int, slow="latest")
    with asleep(app) as page:
        app.open_window("second")
        second = Asleep(app, page.engine, "second")
        make_slow(app, page)
        for n in range(50):
            second.send({"kind": "event", "name": "moved", "data": n, "to": "main"})
        second.send({"kind": "sync", "scope": "window"})
        second.read_until("snapshot")
        assert events(page, 49) == [(49, 49)]


def test_another_window_s_event_is_checked_against_its_type(app: AppOf) -> None:
    app.event("moved", dict[str, bytes])
    with TestClient(app) as page:
        app.open_window("second")
        second = page.page("second")
        second.subscribe("moved")
        second.sync()
        page.emit("moved", {"a": 1}, to="second")
        assert page.wait_for_fault().code == "invalid_arguments"
        message = {"kind": "event", "name": "moved", "data": {"a": None}, "to": "second"}
        place = {"at": ["data", "a"], "part": 0, "type": "bytes"}
        page.send({**message, "bin": [place]}, parts=[memoryview(b"x")])
        assert second.event() == ("moved", {"a": b"x"})


def test_page_that_is_loaded_anew_gets_nothing_old(app: AppOf) -> None:
    moved = app.event("moved", int, slow="latest")
    with asleep(app) as page:
        make_slow(app, page)
        moved.emit(1)
        page.send(
            {"kind": "hello", "version": 1, "session": "t" * 20, "client": ""},
            {"kind": "subscribe", "name": "moved"},
            {"kind": "sync", "scope": "window"},
        )
        page.read_until("snapshot", 3)
        moved.emit(2)
        assert events(page, 2) == [(2, 0)]


def test_events_for_a_page_that_sleeps_take_no_room(app: AppOf) -> None:
    moved = app.event("moved", int, slow="latest")
    line = app.event("line", int, slow="drop_oldest", keep=10)
    with asleep(app) as page:
        make_slow(app, page)
        size = page.page.waiting
        for n in range(100_000):
            moved.emit(n)
            line.emit(n)
        assert page.page.waiting == size
        backlog = page_backlog(app)
        assert len(backlog._waiting) == 11
    assert (moved.missed, line.missed) == (99_999, 99_990)


def page_backlog(app: AppOf) -> Any:
    runtime: Any = app._runner.runtime
    [session] = runtime.dispatcher.sessions.values()
    return session.backlog


def test_group_declares_it_for_its_app(app: AppOf) -> None:
    group = Api("group")
    moved = group.event("moved", int, slow="latest")
    app.include(group)
    with asleep(app) as page:
        make_slow(app, page)
        moved.emit(1)
        moved.emit(2)
        assert events(page, 2) == [(2, 1)]


def test_handlers_in_python_get_every_one(app: AppOf) -> None:
    moved = app.event("moved", int, slow="latest")
    seen: list[int] = []
    done = Gate()
    moved.on(lambda event: (seen.append(event.data), done.set() if len(seen) == 100 else None))
    with asleep(app) as page:
        make_slow(app, page)
        for n in range(100):
            moved.emit(n)
        done.pass_through()
    assert sorted(seen) == list(range(100))


@pytest.mark.parametrize(
    ("options", "message"),
    [({"slow": "newest"}, "must be one of wait, latest"), ({"keep": 0}, "at least 1")],
)
def test_option_that_does_not_fit_is_refused(app: AppOf, options: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        app.event("moved", int, **options)
