"""Events between pages, Python and windows."""

from __future__ import annotations

import asyncio
import gc
import logging
import re
from typing import Any

import pytest
from pytron import Api, App, CallError, ConfigError, Event, protocol
from pytron.dispatcher import event
from pytron.testing import TestClient
from waiting import Counter, Gate

AppOf = App[Any]


def test_event_of_a_page_reaches_python_with_its_window(app: AppOf) -> None:
    seen: list[Event] = []
    done = Gate()

    @app.on("saved")
    def saved(event: Event) -> None:
        seen.append(event)
        done.set()

    with TestClient(app) as page:
        page.emit("saved", {"id": 3})
        done.pass_through()
    [event] = seen
    assert (event.name, event.data, event.window) == ("saved", {"id": 3}, "main")


def test_emit_reaches_pages_that_subscribed_and_python_s_handlers(app: AppOf) -> None:
    done = Counter()
    app.on("news")(lambda event: done.add() if event.window is None else None)
    with TestClient(app) as page:
        app.open_window("second")
        second = page.page("second")
        page.subscribe("news")
        second.subscribe("other")
        page.sync()
        second.sync()
        app.emit("news", [b"x", 1])
        app.emit("other", 2)
        assert page.event() == ("news", [b"x", 1])
        assert second.event() == ("other", 2)
        done.reach(1)


def test_window_emit_reaches_that_page_only(app: AppOf) -> None:
    with TestClient(app) as page:
        app.open_window("second")
        second = page.page("second")
        for each in (page, second):
            each.subscribe("*")
            each.sync()
        app.window("second").emit("hello", 1)
        app.window("main").emit("bye")
        assert second.event() == ("hello", 1)
        assert page.event() == ("bye", None)


@pytest.mark.parametrize("pattern", ["saved", "save*", "*"])
def test_handlers_may_use_a_wildcard(app: AppOf, pattern: str) -> None:
    done = Gate()
    app.on(pattern)(lambda _event: done.set())
    with TestClient(app) as page:
        page.emit("saved")
        done.pass_through()


def test_page_gets_an_event_once_however_many_patterns_match(app: AppOf) -> None:
    with TestClient(app) as page:
        for pattern in ("saved", "save*", "*"):
            page.subscribe(pattern)
        page.sync()
        app.emit("saved", 1)
        app.emit("last", 2)
        assert [page.event(), page.event()] == [("saved", 1), ("last", 2)]


def test_page_can_unsubscribe(app: AppOf) -> None:
    with TestClient(app) as page:
        page.subscribe("a")
        page.subscribe("b")
        page.send({"kind": "unsubscribe", "name": "a"})
        page.sync()
        app.emit("a")
        app.emit("b")
        assert page.event() == ("b", None)


def test_page_may_speak_to_other_windows_but_not_to_itself(app: AppOf) -> None:
    with TestClient(app) as page:
        for label in ("second", "third"):
            app.open_window(label)
        second, third = page.page("second"), page.page("third")
        for each in (page, second, third):
            each.subscribe("*")
            each.sync()
        page.emit("one", 1, to="second")
        page.emit("all", 2, to="*")
        assert [second.event(), second.event()] == [("one", 1), ("all", 2)]
        assert third.event() == ("all", 2)
        app.emit("last")
        assert page.event() == ("last", None)


def test_typed_arrays_pass_between_windows_as_they_are(
    app: AppOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    with TestClient(app) as page:
        app.open_window("second")
        second = page.page("second")
        second.subscribe("frame")
        second.sync()
        raw: list[Any] = []
        take = second._take
        monkeypatch.setattr(second, "_take", lambda m, parts: (raw.append(dict(m)), take(m, parts)))
        place = {"at": ["data"], "part": 0, "type": "uint8c", "shape": [1, 4]}
        page.send(
            {"kind": "event", "name": "frame", "data": None, "to": "second", "bin": [place]},
            parts=[memoryview(b"\1\2\3\4")],
        )
        name, data = second.event()
        assert (name, data.tolist()) == ("frame", [[1, 2, 3, 4]])
        assert raw[-1]["bin"][0]["type"] == "uint8c"


def test_binary_of_an_event_reaches_python_as_bytes(app: AppOf) -> None:
    seen: list[Any] = []
    done = Gate()
    app.on("data")(lambda event: (seen.append(event.data), done.set()))
    with TestClient(app) as page:
        page.send(
            {"kind": "event", "name": "data", "data": {"x": None},
             "bin": [{"at": ["data", "x"], "part": 0, "type": "bytes"}]},
            parts=[memoryview(b"ab")],
        )  # fmt: skip
        done.pass_through()
    assert seen == [{"x": b"ab"}]


def test_async_handlers_run_on_the_loop_and_are_kept_alive(app: AppOf) -> None:
    started, done = Counter(), Counter()
    release: list[Any] = []

    @app.on("wait")
    async def handler(_event: Event) -> None:
        future = asyncio.get_running_loop().create_future()
        release.append(future)
        started.add()
        await future
        done.add()

    with TestClient(app) as page:
        for _ in range(5):
            page.emit("wait")
        started.reach(5)
        gc.collect()
        for future in release:
            future.get_loop().call_soon_threadsafe(future.set_result, None)
        done.reach(5)


def test_handler_that_fails_is_logged_and_the_others_run(
    app: AppOf, caplog: pytest.LogCaptureFixture
) -> None:
    done = Counter()

    @app.on("x")
    def fail(_event: Event) -> None:
        raise ValueError("bad")

    @app.on("x")
    async def fail_later(_event: Event) -> None:
        raise ValueError("worse")

    @app.on("x")
    def leave(_event: Event) -> None:
        raise SystemExit(1)

    app.on("x")(lambda _event: done.add())
    with caplog.at_level(logging.ERROR), TestClient(app) as page:
        page.emit("x")
        page.emit("x")
        done.reach(2)
    assert "fail of 'x' failed" in caplog.text
    assert "fail_later of 'x' failed" in caplog.text


def test_handler_given_to_on_can_be_stopped(app: AppOf) -> None:
    first, second = Counter(), Counter()
    stop = app.on("x", lambda _event: first.add())
    app.on("x", lambda _event: second.add())
    with TestClient(app) as page:
        page.emit("x")
        second.reach(1)
        first.reach(1)
        stop()
        stop()
        page.emit("x")
        second.reach(2)
    assert first.value == 1


def test_handlers_may_be_added_while_the_app_runs(app: AppOf) -> None:
    done = Gate()
    with TestClient(app) as page:
        app.on("late")(lambda _event: done.set())
        page.emit("late")
        done.pass_through()


def test_data_without_a_form_is_the_sender_s_error(app: AppOf) -> None:
    with TestClient(app), pytest.raises(CallError, match=r"cannot send data\[0\]"):
        app.emit("x", [object()])


def test_events_of_one_thread_arrive_in_order(app: AppOf) -> None:
    with TestClient(app) as page:
        page.subscribe("n")
        page.sync()
        for n in range(1000):
            app.emit("n", n)
        assert [page.event()[1] for _ in range(1000)] == list(range(1000))


def test_log_of_a_page_goes_into_python_s(app: AppOf, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "pytron.page"), TestClient(app) as page:
        for level in ("debug", "info", "warning", "error"):
            page.send({"kind": "log", "level": level, "message": level, "stack": "at x"})
        page.sync()
    assert [(r.levelname.lower(), r.getMessage()) for r in caplog.records] == [
        (level, f"[main] {level}\nat x") for level in ("debug", "info", "warning", "error")
    ]


def test_a_page_cannot_pretend_to_be_a_window_event(app: AppOf) -> None:
    heard: list[str] = []
    app.on("window.*")(lambda event: heard.append(f"{event.name} {event.data}"))
    with TestClient(app) as page:
        page.emit("window.closing", "forged")
        assert page.wait_for_fault().code == "not_allowed"
    assert not [name for name in heard if "forged" in name]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        (3, "3 is no name of an event: give a text"),
        ("", "has 1 to 256 characters, not 0"),
        ("x" * 257, "not 257"),
        ("window.closed", "names that begin with 'window.' are what happens to windows"),
    ],
)
def test_python_is_told_which_names_cannot_be_emitted(app: AppOf, name: Any, why: str) -> None:
    async def later() -> None:
        await app.emit_async(name)

    with TestClient(app):
        for emit in (app.emit, app.window().emit, lambda _: asyncio.run(later())):
            with pytest.raises(ConfigError, match=why):
                emit(name)


@pytest.mark.parametrize(
    ("name", "handler", "why"),
    [
        (print, None, "is no name of an event: give a text"),
        ("saved", 3, "3 can't handle 'saved': give a function that takes the event"),
        ("window.closign", print, "windows have no event 'closign'; did you mean 'closing'"),
        ("window.nothing", print, "windows have no event 'nothing'; there are: opened, loaded,"),
    ],
)
def test_python_is_told_what_cannot_listen(app: AppOf, name: Any, handler: Any, why: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(why)):
        app.on(name, handler)


def test_python_is_told_once_of_a_name_that_is_a_slip(
    app: AppOf, caplog: pytest.LogCaptureFixture
) -> None:
    app.event("moved", int)
    app.on("saved")(print)
    app.event("saves", int)
    with TestClient(app):
        for name in ("movde", "movde", "moved", "saved", "unlike"):
            app.emit(name, 1)
    told = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert told == ["no event 'movde' is declared: did you mean 'moved'?"]


def test_a_name_may_be_as_long_as_on_the_wire(app: AppOf) -> None:
    assert event.MAX_NAME == protocol.MAX_NAME
    app.on("a" * event.MAX_NAME)(print)
    with pytest.raises(ConfigError, match="has 1 to 256 characters, not 257"):
        app.on("a" * 257)


def test_groups_and_windows_are_told_the_same(app: AppOf) -> None:
    with pytest.raises(ConfigError, match="is no name of an event"):
        Api("notes").on(print)  # type: ignore[arg-type] - without parentheses
    with TestClient(app), pytest.raises(ConfigError, match="did you mean 'closed'"):
        app.window().on("close")


def test_a_page_is_told_that_there_is_no_such_window(app: AppOf) -> None:
    with TestClient(app) as page:
        page.emit("ask", 1, to="nobody")
        fault = page.wait_for_fault()
    assert fault.code == "invalid_arguments"
    assert "for the window 'nobody', and none of that label is open" in str(fault)
