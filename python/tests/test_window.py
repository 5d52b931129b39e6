"""Windows as the app's code sees them, and answers that come later."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from typing import Any

import pytest
from pytron import App, CallError, ConfigError, EngineError, Event
from pytron.answer import Answer
from pytron.engine import Engine, Happening, load_engine
from pytron.options import OPTIONS
from pytron.services.desk import WINDOW_ASKS as ASKS
from pytron.testing import TestClient
from pytron.window import Window
from waiting import Counter, Gate, finishes

AppOf = App[Any]


def options(page: TestClient, label: str = "main") -> Mapping[str, Any]:
    return page.engine.windows[page.app.window(label).id]


# --- options ----------------------------------------------------------------------------------


def test_options_of_the_app_are_those_of_the_first_window() -> None:
    app: AppOf = App("Title", ephemeral=True, width=900, min_height=200, frameless=True)
    with TestClient(app) as page:
        assert options(page) == {
            "title": "Title", "width": 900, "minheight": 200, "decorations": False,
            "url": "pytron://localhost/",
        }  # fmt: skip


@pytest.mark.parametrize(
    ("command", "seen"),
    [
        (lambda w: w.resize(300, 200), {"width": 300, "height": 200}),
        (lambda w: w.move(5, 6), {"x": 5, "y": 6}),
        (lambda w: w.hide(), {"visible": False}),
        (lambda w: w.show(), {"visible": True}),
        (lambda w: w.minimize(), {"minimized": True}),
        (lambda w: w.maximize(), {"maximized": True}),
        (lambda w: w.fullscreen(), {"fullscreen": True}),
        (lambda w: w.restore(), {"minimized": False, "maximized": False, "fullscreen": False}),
        (lambda w: w.set(always_on_top=True, zoom=1.5), {"ontop": True, "zoom": 1.5}),
        (lambda w: w.set(frameless=True), {"decorations": False}),
        (lambda w: w.navigate("/about.html"), {"url": "pytron://localhost/about.html"}),
        (lambda w: w.navigate("about.html"), {"url": "pytron://localhost/about.html"}),
        (lambda w: setattr(w, "title", "New"), {"title": "New"}),
    ],
)
def test_commands_reach_the_engine(app: AppOf, command: Any, seen: Mapping[str, Any]) -> None:
    with TestClient(app) as page:
        command(app.window("main"))
        assert options(page).items() >= seen.items()


def asked(engine: Engine) -> dict[str, bool]:
    """What an engine says of each option and method of windows."""
    methods = {name for name, value in vars(Window).items() if callable(value)}
    about = {name for name in methods if not name.startswith("_")} - {"set", "become", "on", "emit"}
    names = {*OPTIONS, "kiosk", "closing", *about}
    return {name: bool(engine.can(f"window.{ASKS.get(name, name)}")) for name in names}


def test_every_option_and_method_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUPS_SERVER", "localhost")
    monkeypatch.setenv("DISPLAY", ":0")
    chrome = load_engine("chrome")
    assert {name for name, can in asked(chrome).items() if not can} <= {"backdrop"}
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.delenv("DISPLAY")
    placed = {"x", "y", "move", "always_on_top"}
    assert {name for name, can in asked(chrome).items() if not can} - {"backdrop"} == placed
    assert "compositor" in chrome.can("window.move").reason


def test_title_is_what_was_assigned(app: AppOf) -> None:
    with TestClient(app):
        window = app.window()
        assert window.title == "test"
        window.title = "New"
        assert window.title == "New"


def test_options_fixed_at_opening_cannot_be_set(app: AppOf) -> None:
    with TestClient(app), pytest.raises(ConfigError, match="only be given when a window is opened"):
        app.window("main").set(transparent=True)


def test_address_of_another_scheme_is_refused(app: AppOf) -> None:
    with TestClient(app):
        for url in ("file:///etc/passwd", "javascript://x"):
            with pytest.raises(ConfigError, match="cannot show"):
                app.open_window("second", url=url)
            with pytest.raises(ConfigError, match="cannot show"):
                app.window("main").navigate(url)


# --- labels -----------------------------------------------------------------------------------


def test_windows_are_found_by_label_in_the_order_they_were_opened(app: AppOf) -> None:
    assert app.windows == []
    with TestClient(app):
        second = app.open_window("second", url="/second.html")
        assert app.window("second") is second
        assert [window.label for window in app.windows] == ["main", "second"]
        assert repr(second) == "<Window 'second'>"
        with pytest.raises(ConfigError, match="no window 'third' is open; open are: 'main', 'sec"):
            app.window("third")
        with pytest.raises(ConfigError, match="open already"):
            app.open_window("second")


def test_label_is_free_again_after_closing(app: AppOf) -> None:
    with TestClient(app):
        for _ in range(3):
            window = app.open_window("second")
            gone = Gate()
            window.on("closed", lambda _event, gone=gone: gone.set())
            window.close()
            gone.pass_through()


# --- closing ----------------------------------------------------------------------------------


@pytest.mark.parametrize("asked_by", ["python", "user"])
@pytest.mark.parametrize("kind", ["sync", "async", "app"])
def test_closing_can_be_prevented(app: AppOf, kind: str, asked_by: str) -> None:
    keep = True
    asked, closed = Counter(), Gate()

    def decide(event: Event) -> None:
        if keep:
            event.prevent()
        asked.add()

    async def decide_later(event: Event) -> None:
        await asyncio.sleep(0)
        decide(event)

    with TestClient(app) as page:
        window = app.open_window("second")
        if kind == "app":
            app.on("window.closing")(decide)
        else:
            window.on("closing")(decide if kind == "sync" else decide_later)
        window.on("closed")(lambda _event: closed.set())

        def ask() -> None:
            if asked_by == "python":
                window.close()
            else:
                page.engine.happen(Happening("closing", window.id, {}))

        ask()
        asked.reach(1)
        page.sync()
        assert window in app.windows
        # The next question may only be asked when the first is decided.
        while window.id in app._runner.now("test")._closing:
            asked.reach(1)
        keep = False
        ask()
        closed.pass_through()


def test_close_with_force_asks_nobody(app: AppOf) -> None:
    closed = Gate()
    with TestClient(app):
        window = app.open_window("second")
        window.on("closing", lambda event: event.prevent())
        window.on("closed", lambda _event: closed.set())
        window.close(force=True)
        closed.pass_through()


def test_handler_of_closing_that_fails_does_not_keep_the_window_open(app: AppOf) -> None:
    closed = Gate()

    def fail(_event: Event) -> None:
        raise ValueError("x")

    with TestClient(app):
        window = app.open_window("second")
        window.on("closing", fail)
        window.on("closed", lambda _event: closed.set())
        window.close()
        closed.pass_through()


def test_last_window_ends_the_app_after_its_handlers(app: AppOf) -> None:
    order: list[str] = []

    @app.on("window.closed")
    def closed(event: Event) -> None:
        order.append(f"closed {event.window}")

    with TestClient(app) as page:
        app.window("main").close()
        assert page.engine.run() == 0
        order.append("ended")
    assert order == ["closed main", "ended"]


def test_crashed_page_ends_its_session_and_is_told(app: AppOf) -> None:
    told, ended = Gate(), Gate()

    @app.expose
    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    with TestClient(app) as page:
        app.window("main").on("crashed", lambda _event: told.set())
        page.start("wait")
        page.sync()
        page.engine.happen(Happening("crashed", app.window("main").id, {"reason": "killed"}))
        told.pass_through()
        assert app._runner.now("test").dispatcher.sessions == {}


# --- queries and answers ----------------------------------------------------------------------


def test_queries_are_awaited_on_the_loop_and_waited_for_on_a_thread(app: AppOf) -> None:
    @app.expose
    def wait() -> Any:
        window = app.window("main")
        return [window.bounds().result(), window.url().result(), window.status().result()]

    @app.expose
    async def later() -> Any:
        window = app.window("main")
        return [await window.bounds(), await window.url(), await window.status()]

    with TestClient(app) as page:
        app.window("main").set(width=300, height=200, x=1, y=2, maximized=True)
        expected = [
            {"x": 1, "y": 2, "width": 300, "height": 200},
            "pytron://localhost/",
            {"minimized": False, "maximized": True, "fullscreen": False, "visible": True},
        ]
        assert page.call("wait") == page.call("later") == expected


def test_what_the_engine_cannot_do_is_an_error(app: AppOf) -> None:
    @app.expose
    def shoot() -> str:
        with pytest.raises(EngineError, match="no screenshot; use the native engine"):
            app.window("main").screenshot("x.png").result()
        return "told"

    with TestClient(app) as page:
        assert page.call("shoot") == "told"
        assert not app.can("window.screenshot")
        assert "shows nothing" in app.can("window.screenshot").reason


def test_answer_is_refused_to_those_who_must_not_wait() -> None:
    answer: Answer[int] = Answer("window.bounds()")
    with pytest.raises(EngineError, match="cannot be waited for on the main thread"):
        answer.result()

    async def wait() -> None:
        with pytest.raises(EngineError, match="await it"):
            answer.result()

    finishes(lambda: asyncio.run(wait()))
    answer.settle(3)
    assert answer.result() == 3  # it is there: nobody has to wait


def test_answer_that_does_not_come_is_a_timeout() -> None:
    def wait() -> None:
        answer: Answer[int] = Answer("window.bounds()")
        with pytest.raises(
            CallError, match=r"window\.bounds\(\) gave no answer in 0\.01 s"
        ) as error:
            answer.result(timeout_s=0.01)
        assert error.value.code == "timeout"

    finishes(wait)


def test_first_answer_counts_and_everybody_gets_it() -> None:
    answer: Answer[int] = Answer("x")
    seen: list[int] = []
    threads = [threading.Thread(target=lambda: seen.append(answer.result())) for _ in range(5)]
    for thread in threads:
        thread.start()
    done = Counter()
    answer.when_done(done.add)
    answer.settle(1)
    answer.settle(2)
    answer.fail(ValueError())
    answer.when_done(done.add)
    for thread in threads:
        thread.join(10)
    assert (seen, done.value, answer.result()) == ([1] * 5, 2, 1)


def test_cancelled_await_leaves_the_answer_to_others() -> None:
    async def main() -> int:
        answer: Answer[int] = Answer("x")

        async def wait() -> int:
            return await answer

        task = asyncio.ensure_future(wait())
        await asyncio.sleep(0)
        task.cancel()
        threading.Timer(0, answer.settle, [5]).start()
        return await answer

    assert asyncio.run(main()) == 5


def test_queries_of_a_closed_window_are_closed(app: AppOf, monkeypatch: pytest.MonkeyPatch) -> None:
    @app.expose
    def ask() -> list[str]:
        window = app.open_window("second")
        monkeypatch.setattr(client.engine, "_query", lambda *_: None)  # no answer comes
        pending = window.bounds()
        gone = Gate()
        window.on("closed", lambda _event: gone.set())
        window.close(force=True)
        gone.pass_through()
        codes: list[str] = []
        for answer in (pending, window.bounds()):
            with pytest.raises(CallError) as caught:
                answer.result()
            codes.append(caught.value.code)
        return codes

    with TestClient(app) as client:
        assert client.call("ask") == ["closed", "closed"]


def test_a_closed_window_takes_no_commands(app: AppOf) -> None:
    with TestClient(app):
        window = app.open_window("second")
        gone = Gate()
        window.on("closed", lambda _event: gone.set())
        window.close(force=True)
        gone.pass_through()
        for use in (
            window.show,
            window.focus,
            window.reload,
            lambda: window.set(width=3),
            lambda: window.navigate("about.html"),
            lambda: window.emit("saved"),
        ):
            with pytest.raises(CallError, match="the window 'second' has closed") as caught:
                use()
            assert caught.value.code == "closed"
        window.close()
        window.close(force=True)


def test_queries_pending_when_the_app_ends_are_closed(
    app: AppOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    with TestClient(app) as page:
        monkeypatch.setattr(page.engine, "_query", lambda *_: None)
        answer = app.window("main").bounds()
    with pytest.raises(CallError, match="the app has ended"):
        answer.result()
