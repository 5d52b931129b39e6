"""Two processes of `pytron serve`, one app: the documented hub over a real Redis."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hub.conftest import SNIPPET
from pytron import App
from pytron.engines.server import ServerEngine
from pytron.errors import ConfigError
from pytron.hub import LocalHub
from pytron.server.options import ServerOptions
from server.browser import Browser, Tab, tab
from waiting import DEADLINE_S, Gate

APP = SNIPPET.parents[1] / "served" / "app.py"


class Worker:
    """One process, and a browser that speaks to it."""

    def __init__(self, folder: Path, url: str, prefix: str) -> None:
        command = [
            *(sys.executable, "-m", "pytron", "serve", "--port", "0", "--no-log"),
            *("--hub", "hub:redis_hub", "--key-file", str(folder / "key"), str(APP)),
        ]
        variables = {"PYTHONPATH": str(SNIPPET.parent), "REDIS_URL": url, "APP_PREFIX": prefix}
        self.process = subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, env={**os.environ, **variables}
        )
        assert self.process.stderr is not None
        told = next(line for line in self.process.stderr if "/_pytron/pair#" in line)
        found = re.search(r":(\d+)/_pytron/pair#(\S+)", told)
        assert found is not None
        self.browser = Browser(cast("Any", SimpleNamespace(port=int(found[1]))))
        self.token = found[2]

    def paired(self, other: Worker) -> Tab:
        """A page whose browser was paired by the other process."""
        if not other.browser.cookie:
            other.browser.pair(other.token)
        value = other.browser.cookie.partition("=")[2]
        # Behind one address the name would be the same.
        self.browser.cookie = f"pytron-{self.browser.port}={value}"
        return Tab(self.browser)

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(DEADLINE_S)
        assert self.process.stderr is not None
        self.process.stderr.close()


@pytest.fixture
def workers(redis_url: str, tmp_path: Path) -> Iterator[tuple[Worker, Worker]]:
    prefix = secrets.token_hex(8)
    one = Worker(tmp_path, redis_url, prefix)
    try:
        other = Worker(tmp_path, redis_url, prefix)
        try:
            yield one, other
        finally:
            other.close()
    finally:
        one.close()


def test_two_processes_serve_one_app(workers: tuple[Worker, Worker]) -> None:
    one, other = workers
    other.browser.pair(one.token)  # whichever process has made it
    other.browser.cookie = ""
    one.browser.pair(other.token)
    here, there = one.paired(one).hello(), other.paired(one).hello()
    there.send({"kind": "subscribe", "name": "added"})
    there.call("recent")  # the subscription has come
    assert here.call("sign", "Ada", "hello") == 1
    while not there.events:
        there.read()
    assert there.events[0]["data"] == {"name": "Ada", "text": "hello"}
    assert there.call("sign", "Bob", "hi") == 2, "one state, whichever process counts"
    assert here.call("sign", "Cy", "hey") == 3
    assert [entry["name"] for entry in there.call("recent")] == ["Ada", "Bob", "Cy"]


def test_nothing_is_lost_when_both_change_the_state_at_once(
    workers: tuple[Worker, Worker],
) -> None:
    one, other = workers
    pages = [one.paired(one).hello(), other.paired(one).hello()]
    asked = [(page, page.start("sign", "A", "x")) for _ in range(25) for page in pages]
    for page, call in asked:
        page.result(call)
    for page in pages:
        assert page.call("sign", "B", "y") > len(asked)
        assert len(page.call("recent", 100)) > len(asked)


def test_a_page_that_comes_to_another_process_begins_anew_there(
    workers: tuple[Worker, Worker],
) -> None:
    one, other = workers
    page = one.paired(one).hello()
    page.call("sign", "Ada", "hello")
    moved = other.paired(one)
    moved.session, moved.epoch, moved.connections = page.session, page.epoch, page.connections
    page.cut()
    assert moved.connect() == "opened", "it is not resumed: what was under way is rejected"
    assert moved.call("sign", "Ada", "again") == 2


def test_a_session_that_another_process_has_taken_over_is_given_up() -> None:
    app = App("Served", ephemeral=True)
    hub, closed = LocalHub(), Gate()
    app.on("window.closed", lambda _event: closed.set())
    engine = ServerEngine(ServerOptions(browser=False, remote=True), hub=hub)
    with app.running_on(engine):
        page = tab(engine)
        (line,) = engine._lines.all()
        hub.publish("sessions", json.dumps(["it", page.session, "of another"]).encode())
        hub.publish("sessions", json.dumps(["it", page.session, line.owner]).encode())
        closed.pass_through()
        assert page.close_code() == 1013


def test_a_state_that_is_kept_in_a_file_is_not_shared(tmp_path: Path) -> None:
    app = App("Served", state={"count": 0}, persist=str(tmp_path / "state.db"))
    engine = ServerEngine(ServerOptions(browser=False), hub=LocalHub())
    with pytest.raises(ConfigError, match="leave persist= out"), app.running_on(engine):
        pass


def test_processes_that_share_a_hub_share_the_key_of_the_cookies() -> None:
    with pytest.raises(ConfigError, match="the same key_file"):
        ServerOptions(hub="hub:make")


@pytest.mark.parametrize("hub", ["absent_module:make", "json:absent", "json", "os:getcwdb:x"])
def test_a_hub_that_cannot_be_made_is_said(hub: str) -> None:
    with pytest.raises(ConfigError, match="module:function"):
        ServerOptions(hub=hub, key_file="key").shared_hub()
