"""The server beside another engine: the app's window, and a browser's tab at the same time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from pytron import App, current
from pytron.development.joined import JoinedEngine
from pytron.engines.headless import HeadlessEngine
from pytron.engines.server import ServerEngine
from pytron.server.options import ServerOptions
from pytron.testing import Page
from server.browser import WAIT_S, Browser, Tab

Joined = JoinedEngine[ServerEngine]


def make() -> App[Any]:
    app = App("Joined", state={"count": 0}, ephemeral=True)

    @app.expose(windows=["main"])
    def who() -> str:
        return current().window.label

    @app.asset("route")
    def route() -> str:
        return "from Python"

    return app


@pytest.fixture
def app() -> App[Any]:
    return make()


@pytest.fixture
def engine(app: App[Any]) -> Iterator[Joined]:
    options = ServerOptions(browser=False, origins=("http://localhost:5173",))
    joined = JoinedEngine(HeadlessEngine(), ServerEngine(options, guests=True))
    with app.running_on(joined):
        yield joined


def window(app: App[Any], engine: Joined) -> Page:
    assert isinstance(engine.first, HeadlessEngine)
    page = Page(engine.first, app.window("main").id, timeout_s=WAIT_S)
    page.hello()
    return page


def visitor(engine: Joined) -> Tab:
    browser = Browser(engine.beside)
    browser.pair(engine.beside.pairing_url().partition("#")[2])
    return Tab(browser).hello()


def test_window_and_tab_call_at_the_same_time(app: App[Any], engine: Joined) -> None:
    page, tab = window(app, engine), visitor(engine)
    assert page.call("who") == "main"
    assert tab.call("who") == tab.window == "visitor-1"
    page.end()


def test_they_share_the_state(app: App[Any], engine: Joined) -> None:
    page, tab = window(app, engine), visitor(engine)
    tab.answers[50] = []
    ops = [{"op": "set", "path": ["count"], "value": 5}]
    tab.send({"kind": "change", "id": 50, "scope": "app", "ops": ops})
    assert tab.result(50) == 1
    assert page.wait_for_state(lambda state: state["count"] == 5)
    page.end()


def test_each_gets_its_own_assets(app: App[Any], engine: Joined) -> None:
    page, tab = window(app, engine), visitor(engine)
    assert page.get("/route").text == "from Python"
    assert tab.browser.request("GET", "/route")[2] == b"from Python"
    page.end()


def test_a_page_of_the_development_server_may_connect(engine: Joined) -> None:
    tab = visitor(engine)
    tab.browser.socket(Origin="http://localhost:5173", Host="localhost:5173").close()


def test_closing_the_tab_closes_its_window_and_not_the_app(app: App[Any], engine: Joined) -> None:
    closed = threading.Event()
    app.on("window.closed", lambda _event: closed.set())
    tab = visitor(engine)
    tab.socket.close(1001)
    assert closed.wait(WAIT_S)
    assert [window.label for window in app.windows] == ["main"]
    assert not engine._ended.is_set()


def test_closing_the_window_ends_the_app_although_a_tab_is_there(
    app: App[Any], engine: Joined
) -> None:
    tab = visitor(engine)
    app.window("main").close()
    assert engine._ended.wait(WAIT_S)
    assert tab.close_code() in (1012, 1006)


def test_a_server_on_demand_is_loaded_by_the_first_who_comes(app: App[Any]) -> None:
    options = ServerOptions(browser=False, proxy_token="secret")
    joined = JoinedEngine(
        HeadlessEngine(),
        ServerEngine(options, guests=True, on_demand=True),
    )
    with app.running_on(joined):
        assert joined.beside._process is None
        browser = Browser(joined.beside)
        assert browser.request("GET", "/route")[0] == 401
        assert browser.request("GET", "/route", pytron_token="secret")[2] == b"from Python"
        assert joined.beside._process is not None


def test_a_server_on_demand_ends_although_nobody_came(app: App[Any]) -> None:
    joined = JoinedEngine(HeadlessEngine(), ServerEngine(guests=True, on_demand=True))
    with app.running_on(joined):
        waiting = [t for t in threading.enumerate() if t.name == "pytron-server"]
    assert waiting
    for thread in waiting:
        thread.join(WAIT_S)
        assert not thread.is_alive()
