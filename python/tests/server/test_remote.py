"""What sessions of `pytron serve` reach, and how the server ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import pytron
from pytron import App
from pytron.engines.server import ServerEngine
from pytron.services.exposed import functions_of
from server.attacked import engine, make, paired, remote
from server.browser import WAIT_S, Browser, Tab, serving, tab
from websockets.exceptions import InvalidStatus

__all__ = ["engine", "remote"]

SERVED = Path(__file__).parents[3] / "docs" / "snippets" / "served" / "app.py"


def test_a_remote_session_reaches_only_what_is_marked(remote: ServerEngine) -> None:
    page = tab(remote)
    assert page.call("greet", "you") == "hello you"
    for name in ("secret", "nothing"):
        with pytest.raises(LookupError, match="not_allowed"):
            page.call(name)


def test_a_remote_session_reaches_no_service(remote: ServerEngine) -> None:
    page = tab(remote)
    for name in functions_of(None):
        with pytest.raises(LookupError, match="not_allowed"):
            page.call(name)


def test_a_remote_session_reaches_only_routes_that_are_marked(remote: ServerEngine) -> None:
    browser = paired(remote)
    assert browser.request("GET", "/public/a")[0] == 200
    status, _, body = browser.request("GET", "/private/a")
    assert status == 403
    assert b"remote=True" in body


def test_a_remote_session_sends_only_events_that_are_marked() -> None:
    app = make()
    heard: list[tuple[str, object]] = []
    app.on("private", lambda event: heard.append((event.name, event.data)))
    chat = app.event("chat", str, remote=True)
    arrived = threading.Event()

    @chat.on
    def said(_event: object) -> None:
        arrived.set()

    with serving(app, remote=True) as engine:
        page = tab(engine)
        page.send({"kind": "event", "name": "private", "data": 1})
        while not page.faults:
            page.read()
        assert page.faults[0]["code"] == "not_allowed"
        page.send({"kind": "event", "name": "chat", "data": "hi"})
        assert arrived.wait(WAIT_S)
        assert not heard


def test_what_is_sent_to_all_reaches_remote_sessions_only_if_marked() -> None:
    app = make()
    chat = app.event("chat", str, remote=True)
    with serving(app, remote=True) as engine:
        page = tab(engine)
        page.send({"kind": "subscribe", "name": "*"})
        page.call("greet", "")
        app.emit("internal", "of another session")
        chat.emit("for all")
        app.window(page.window).emit("internal", "for this one")
        while len(page.events) < 2:
            page.read()
        assert [event["data"] for event in page.events] == ["for all", "for this one"]


def test_remote_sessions_see_no_state_but_their_own() -> None:
    app = App("Served", state={"secret": 1}, ephemeral=True)
    with serving(app, remote=True) as engine:
        page = tab(engine)
        assert page.state == {}
        change = {"kind": "change", "id": 99, "scope": "app",
                  "ops": [{"op": "set", "path": ["secret"], "value": 2}]}  # fmt: skip
        page.answers[99] = []
        page.send(change)
        with pytest.raises(LookupError, match="not_allowed"):
            page.result(99)
        page.answers[99] = []
        page.send({**change, "scope": "window"})
        assert page.result(99) == 1


def test_what_a_session_keeps_no_other_sees() -> None:
    app = make()

    @app.expose(remote=True)
    def keep(text: str) -> None:
        pytron.current().window.state.text = text

    @app.expose(remote=True)
    def kept() -> str:
        return pytron.current().window.state.text

    with serving(app, remote=True) as engine:
        ada, bob = tab(engine), tab(engine)
        ada.call("keep", "of Ada")
        bob.call("keep", "of Bob")
        assert (ada.call("kept"), bob.call("kept")) == ("of Ada", "of Bob")


def test_shared_state_is_seen_by_remote_sessions() -> None:
    app = App("Served", state={"count": 1}, shared=True, ephemeral=True)
    with serving(app, remote=True) as engine:
        assert tab(engine).state == {"count": 1}


def test_a_local_session_reaches_everything(engine: ServerEngine) -> None:
    assert tab(engine).call("secret") == "secret"


def visitor(engine: ServerEngine) -> Browser:
    """A browser that comes to a public app for the first time."""
    browser = Browser(engine)
    status, headers, _ = browser.request("GET", "/", Accept="text/html")
    assert status == 200
    browser.cookie = headers["set-cookie"].partition(";")[0]
    return browser


def test_to_a_public_app_everyone_may_come_and_nobody_is_somebody_else(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("the page")
    app = make(frontend=tmp_path)
    with serving(app, remote=True, pairing=False) as engine:
        stranger = Browser(engine)
        assert stranger.request("GET", "/_pytron/client.js")[0] == 401  # the page comes before it
        with pytest.raises(InvalidStatus):
            stranger.socket()
        assert b"the page" in stranger.request("GET", "/", Accept="text/html")[2]

        ada, bob = visitor(engine), visitor(engine)
        assert ada.cookie != bob.cookie
        page = Tab(ada).hello()
        assert page.call("greet", "Ada") == "hello Ada"
        with pytest.raises(LookupError, match="not_allowed"):
            page.call("secret")
        page.cut()
        taken = Tab(bob, page.ticket).hello()  # a ticket that he has seen is none of his
        assert taken.window != page.window
        assert page.connect() == "resumed"


def test_a_public_app_still_answers_its_own_pages_only() -> None:
    with serving(make(), remote=True, pairing=False) as engine:
        browser = Browser(engine)
        assert browser.request("GET", "/_pytron/session", Origin="http://evil.example")[0] == 403
        assert browser.request("GET", "/_pytron/session", Host="evil.example")[0] == 421
        status, headers, _ = browser.request("GET", "/_pytron/session")
        assert status == 200
        browser.cookie = headers["set-cookie"].partition(";")[0]
        with pytest.raises(InvalidStatus):
            browser.socket(Origin="http://evil.example")
        browser.socket().close()


def test_health_needs_no_pairing_and_metrics_a_token() -> None:
    with serving(make(), remote=True, metrics_token="sesame") as engine:
        browser = Browser(engine)
        assert browser.request("GET", "/_pytron/health", Host="10.0.0.1")[::2] == (200, b"ok")
        assert browser.request("GET", "/_pytron/metrics")[0] == 404
        assert browser.request("GET", "/_pytron/metrics", Authorization="Bearer x")[0] == 404
        tab(engine).call("greet", "x")
        status, _, text = browser.request("GET", "/_pytron/metrics", Authorization="Bearer sesame")
        assert status == 200
        assert b"pytron_opened_total 1" in text
        assert b"pytron_connections 1" in text


def test_without_a_token_there_are_no_metrics(engine: ServerEngine) -> None:
    assert Browser(engine).request("GET", "/_pytron/metrics", Authorization="Bearer ")[0] == 404


def test_draining_answers_what_is_under_way_and_takes_nothing_new() -> None:
    app = make()
    begun, go = threading.Event(), threading.Event()

    @app.expose(remote=True)
    def slow() -> str:
        begun.set()
        assert go.wait(WAIT_S)
        return "done"

    with serving(app, remote=True, drain_s=WAIT_S) as engine:
        page = tab(engine)
        asked = page.start("slow")
        assert begun.wait(WAIT_S)
        engine._drain()
        assert Browser(engine).request("GET", "/_pytron/health")[0] == 503
        with pytest.raises(InvalidStatus):
            page.browser.socket()
        go.set()
        assert page.result(asked) == "done"
        assert engine._ended.wait(WAIT_S)
        assert page.close_code() == 1012


def test_tokens_and_tickets_are_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"), serving(make()) as engine:
        token = engine.pairing_url(1).partition("#")[2]
        page = Tab(browser := Browser(engine), browser.pair(token)["ticket"]).hello()
        page.call("secret")
        logged = "\n".join(
            record.getMessage()
            for record in caplog.records
            if not record.name.startswith("websockets")  # the test's own client
        )
        assert "POST /_pytron/pair" in logged
        for hidden in (token, page.ticket, browser.cookie.partition("=")[2]):
            assert hidden not in logged


def test_the_access_log_has_who_asked_for_what_and_no_query(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level("INFO", "pytron.access"), serving(make()) as engine:
        browser = paired(engine)
        browser.request("GET", "/public/a?word=hidden")
        browser.request("GET", "/", Host="evil.example")
    lines = [record.getMessage() for record in caplog.records if record.name == "pytron.access"]
    assert not [line for line in lines if "hidden" in line]
    served, refused = lines[-2:]
    assert served.startswith("127.0.0.1 GET /public/a 200 ")
    assert refused.startswith("127.0.0.1 GET / 421 ")


def test_the_command_serves_prints_addresses_and_drains() -> None:
    command = [sys.executable, "-m", "pytron", "serve", "--port", "0"]
    with subprocess.Popen(
        [*command, str(SERVED)], stderr=subprocess.PIPE, text=True, env={**os.environ}
    ) as process:
        try:
            assert process.stderr is not None
            line = next(line for line in process.stderr if "/_pytron/pair#" in line)
            found = re.search(r":(\d+)/_pytron/pair#(\S+)", line)
            assert found is not None
            browser = Browser(cast("Any", SimpleNamespace(port=int(found[1]))))
            browser.pair(found[2])
            page = Tab(browser).hello()
            page.send({"kind": "subscribe", "name": "added"})
            assert page.call("sign", "Ada", "hello") == 1
            assert page.events[0]["data"] == {"name": "Ada", "text": "hello"}
            assert page.call("recent") == [{"name": "Ada", "text": "hello"}]
            with pytest.raises(LookupError, match="not_allowed"):
                page.call("clear")
            process.send_signal(signal.SIGTERM)
            assert process.wait(WAIT_S) == 0
        finally:
            process.kill()


def test_the_command_says_where_everyone_may_come() -> None:
    command = [sys.executable, "-m", "pytron", "serve", "--public", "--port", "0", str(SERVED)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            said = (re.search(r"everyone may open http://127\.0\.0\.1:(\d+)/$", line)
                    for line in process.stderr)  # fmt: skip
            found = next(filter(None, said))
            page = Tab(visitor(cast("Any", SimpleNamespace(port=int(found[1]))))).hello()
            assert page.call("sign", "Ada", "hello") == 1
            process.send_signal(signal.SIGTERM)
            assert process.wait(WAIT_S) == 0
        finally:
            process.kill()


def test_options_that_do_not_fit_are_said_before_the_app_is_imported(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("raise SystemExit('imported')")
    command = [sys.executable, "-m", "pytron", "serve", "--host", "0.0.0.0", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=WAIT_S)
    assert done.returncode == 2
    assert "url=" in done.stderr
