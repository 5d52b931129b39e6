"""Sessions over WebSocket: windows, reloads, lost networks."""

from __future__ import annotations

import gc
import json
import random
import socket
import threading
import time
from contextlib import suppress

import pytest
from pytron import App, current
from pytron.engines.server import ServerEngine
from pytron.hub import LocalHub
from pytron.server.lines import Lines
from pytron.server.options import ServerOptions
from pytron.server.pairing import Pairing, load_key
from pytron.server.process import Process
from server.browser import Browser, Tab, serving, tab
from waiting import finishes
from websockets.exceptions import ConnectionClosed


def make() -> App[object]:
    app = App("Served", ephemeral=True)

    @app.expose
    def add(a: int, b: int) -> int:
        return a + b

    @app.expose
    def who() -> str:
        return current().window.label

    return app


def test_first_paired_tab_is_the_main_window() -> None:
    with serving(make()) as engine:
        page = tab(engine)
        assert page.window == "main"
        assert page.call("add", 1, 2) == 3
        assert page.call("who") == "main"


def test_nothing_is_left_open_of_a_connection_that_does_not_end() -> None:
    """Neither the thread nor a transport, whose ResourceWarning would fail some later test."""
    with serving(make()) as engine, socket.create_connection(("127.0.0.1", engine.port)) as mute:
        mute.sendall(b"POST /_pytron/pair HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")
        thread = engine._thread
        engine.quit()
        thread.join(60)
        assert not thread.is_alive()
    gc.collect()


def test_a_server_may_be_stopped_before_it_has_started() -> None:
    engine = ServerEngine(ServerOptions(browser=False))
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    lines = Lines(engine.options, engine.metrics, guests=False, deliver=print, post=print)
    process = Process(
        engine.options, listener, port,
        pairing=Pairing(load_key(""), LocalHub()), lines=lines, metrics=engine.metrics,
        deliver=print, paired=print,
    )  # fmt: skip
    process.stop()
    began = threading.Event()
    finishes(lambda: process.run(began))
    assert began.is_set()
    assert process.failure is None
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_another_tab_is_a_window_of_its_own() -> None:
    app = make()
    with serving(app) as engine:
        first = tab(engine)
        second = Tab(first.browser).hello()
        assert second.window != first.window == "main"
        assert second.call("who") == second.window
        assert {window.label for window in app.windows} == {"main", second.window}


def test_a_visitor_may_call_what_is_for_the_main_window() -> None:
    app = App("Served", ephemeral=True)

    @app.expose(windows=["main"])
    def mine() -> int:
        return 1

    @app.expose(windows=["other"])
    def others() -> int:
        return 1

    with serving(app) as engine:
        visitor = Tab(tab(engine).browser).hello()
        assert visitor.call("mine") == 1
        with pytest.raises(LookupError, match="not_allowed"):
            visitor.call("others")


def test_a_reload_is_the_same_window_with_its_state() -> None:
    app = make()

    @app.expose
    def note(text: str) -> None:
        current().window.state.text = text

    with serving(app) as engine:
        page = tab(engine)
        page.call("note", "kept")
        page.socket.close(1001)
        again = Tab(page.browser, page.ticket).hello()
        assert again.window == "main"
        assert app.window("main").state.text == "kept"
        assert len(app.windows) == 1


def test_a_duplicated_tab_is_another_window() -> None:
    with serving(make()) as engine:
        page = tab(engine)
        copy = Tab(page.browser, page.ticket)

        def answer_pings() -> None:
            with suppress(ConnectionClosed):
                while True:
                    page.read()

        threading.Thread(target=answer_pings, daemon=True).start()
        copy.hello()
        assert copy.window != "main"
        assert copy.ticket != page.ticket


def test_a_tab_that_does_not_answer_gives_its_window_up() -> None:
    with serving(make()) as engine:
        page = tab(engine)  # nobody reads: the network is gone, and the server doesn't know yet
        again = Tab(page.browser, page.ticket).hello()
        assert again.window == "main"
        assert page.close_code() == 4000


def test_a_cut_connection_resumes_and_answers_arrive_once() -> None:
    app = make()
    begun, go = threading.Event(), threading.Event()
    runs: list[int] = []

    @app.expose
    def slow(number: int) -> int:
        runs.append(number)
        begun.set()
        assert go.wait(30)
        return number

    with serving(app) as engine:
        page = tab(engine)
        asked = page.start("slow", 7)
        assert begun.wait(30)
        page.cut()
        go.set()
        assert page.connect() == "resumed"
        assert page.result(asked) == 7
        assert page.call("add", 1, 1) == 2
        assert runs == [7]
        assert len(page.answers[asked]) == 1


def test_what_was_sent_into_a_dead_connection_arrives_after_resuming() -> None:
    with serving(make()) as engine:
        page = tab(engine)
        page.cut()
        asked = [0] * 5
        for place in range(5):
            identity = next(page._ids)
            page.answers[identity] = []
            call = {"kind": "call", "id": identity, "name": "add", "args": [place, 1]}
            text = json.dumps([call]).encode()
            page.ledger.send(len(text).to_bytes(4, "little") + text)
            asked[place] = identity
        assert page.connect() == "resumed"
        assert [page.result(identity) for identity in asked] == [1, 2, 3, 4, 5]


def test_events_and_state_of_the_time_away_arrive_in_order() -> None:
    app = make()
    with serving(app) as engine:
        page = tab(engine)
        page.send({"kind": "subscribe", "name": "tick"})
        page.call("add", 0, 0)
        page.cut()
        for number in range(200):
            app.emit("tick", number)
        assert page.connect() == "resumed"
        while len(page.events) < 200:
            page.read()
        assert [event["data"] for event in page.events] == list(range(200))


def test_cuts_at_random_points_lose_nothing_and_repeat_nothing() -> None:
    app = make()
    runs: list[int] = []

    @app.expose
    def note(number: int) -> int:
        runs.append(number)
        return number

    chance = random.Random(20261128)
    with serving(app) as engine:
        page = tab(engine)
        asked: dict[int, int] = {}
        for number in range(300):
            if chance.random() < 0.1:
                page.cut()
                assert page.connect() == "resumed"
            asked[page.start("note", number)] = number
            if chance.random() < 0.3:
                page.read()
            if chance.random() < 0.2:
                page.ack()
        for identity, number in asked.items():
            assert page.result(identity) == number
        assert sorted(runs) == list(range(300))
        assert all(len(page.answers[identity]) == 1 for identity in asked)


def test_after_the_session_is_forgotten_a_new_one_begins() -> None:
    app = make()
    with serving(app, keep_s=0.0) as engine:
        page = tab(engine)
        page.cut()
        lost = engine.metrics
        deadline = time.monotonic() + 30
        while not lost.value("lost_total"):
            assert time.monotonic() < deadline
            threading.Event().wait(0.01)
        assert page.connect() == "opened"
        page.state = None
        while page.state is None:
            page.read()
        assert page.window == "main"
        assert page.call("add", 2, 2) == 4


def test_another_epoch_begins_a_new_session() -> None:
    with serving(make()) as engine:
        page = tab(engine)
        page.cut()
        page.epoch = "of an earlier Python"
        assert page.connect() == "opened"


def test_a_page_that_cannot_count_is_closed() -> None:
    with serving(make()) as engine:
        page = tab(engine)
        page.socket.send('{"kind":"ack","seen":1000000}')
        assert page.close_code() == 4001


def test_an_older_connection_cannot_take_the_session_back() -> None:
    with serving(make()) as engine:
        page = tab(engine)
        page.cut()
        assert page.connect() == "resumed"
        page.connections = 0
        with pytest.raises(Exception, match="4000"):
            page.connect()


def test_closing_the_only_tab_ends_the_app() -> None:
    app = make()
    closed = threading.Event()
    app.on("window.closed", lambda _event: closed.set())
    with serving(app) as engine:
        page = tab(engine)
        page.socket.close(1001)
        assert closed.wait(30)
        assert engine._ended.wait(30)


def test_a_tab_does_what_it_can_and_what_it_cannot_is_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = make()
    with serving(app) as engine:
        page, window = tab(engine), app.window("main")
        can = {name for name in ("title", "fullscreen", "x", "url") if app.can(f"window.{name}")}
        assert can == {"title", "url"}
        window.fullscreen()
        window.set(title="New", fullscreen=False)
        while len(page.controls) < 2:
            page.read()
        assert [(told["do"], told["value"]) for told in page.controls] == [
            ("title", "Served"),
            ("title", "New"),
        ]
    assert caplog.text.count("has no fullscreen") == 1


def test_an_unpaired_browser_gets_no_socket() -> None:
    with serving(make()) as engine, pytest.raises(Exception, match="401"):
        Browser(engine).socket()
