"""What the inspector records of an app that runs, as its page asks for it."""

from __future__ import annotations

import logging
import sys
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

import pytest
from pytron import App, PytronError, codec
from pytron.inspector import LABEL
from pytron.inspector.redaction import Rule
from pytron.testing import RemoteError, TestClient
from waiting import Gate

Record = dict[str, Any]
DEADLINE_S = 30.0


def on_window(app: App[Any], what: str, label: str) -> Gate:
    """Passed once this has happened to the window of that label."""
    gate = Gate()
    app.on(f"window.{what}", lambda event: gate.set() if event.window == label else None)
    return gate


class Watched:
    """A page of an app that is inspected, and what the inspector's page would get."""

    def __init__(self, page: TestClient) -> None:
        self.page = page
        self.version = 0
        self.records: dict[int, Record] = {}
        self.app: dict[str, Any] = {}

    def pull(self) -> None:
        """Wait for more, as the page does."""
        answer = self.page.get(f"/_pytron/inspect/records?after={self.version}&wait").json()
        self.records |= {record["seq"]: record for record in answer["records"]}
        self.version, self.app = answer["version"], answer["app"]

    def find(self, kind: str, **fields: Any) -> Record:
        """Wait for a record that has these fields."""
        deadline = monotonic() + DEADLINE_S
        while monotonic() < deadline:
            for record in self.records.values():
                if record["type"] == kind and fields.items() <= record.items():
                    return record
            self.pull()
        raise AssertionError(f"no {kind} with {fields} in {list(self.records.values())}")


@contextmanager
def watched(app: App[Any], monkeypatch: pytest.MonkeyPatch) -> Generator[Watched]:
    monkeypatch.setenv("PYTRON_INSPECT", "1")
    with TestClient(app, timeout_s=DEADLINE_S) as page:
        yield Watched(page)


def app_with_functions() -> App[Any]:
    app: App[Any] = App("Watched", state={"count": 0, "user": {"name": "Ann", "token": "t0p"}})

    @app.expose
    def add(a: int, b: int) -> int:
        return a + b

    @app.expose
    async def later(text: str) -> str:
        return text.upper()

    @app.expose
    def fail() -> None:
        raise PytronError("the disk is full", code="full", data={"free": 0, "api_key": "k"})

    @app.expose
    def log_in(name: str, password: str) -> dict[str, str]:
        return {"name": name, "token": "abc", "hint": password[:1]}

    @app.expose
    def read_token() -> str:
        return "abc"

    @app.expose
    def count_to(limit: int) -> Iterator[int]:
        yield from range(limit)

    @app.expose
    async def ticks(limit: int) -> AsyncIterator[int]:
        for number in range(limit):
            yield number

    @app.expose
    def shout() -> None:
        app.emit("shouted", {"loud": True})
        app.state.count += 1
        logging.getLogger("shop").warning("sold with token=%s", "abc")

    @app.expose
    def size(data: bytes) -> bytes:
        return data * 2

    return app


def test_call_has_arguments_times_and_result(monkeypatch: pytest.MonkeyPatch) -> None:
    with watched(app_with_functions(), monkeypatch) as seen:
        seen.page.call("add", 1, 2)
        call = seen.find("call", name="add", status="done")
        assert (call["args"], call["value"], call["window"]) == ([1, 2], 3, "main")
        assert (call["argsize"], call["valuesize"], call["executor"]) == (5, 1, "thread")
        assert 0 <= call["queue"] <= call["took"]
        seen.page.call("later", "word")
        call = seen.find("call", name="later", status="done")
        assert call["value"] == "WORD"
        assert 0 <= call["queue"] <= call["took"]


def test_binary_is_counted_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    with watched(app_with_functions(), monkeypatch) as seen:
        seen.page.call("size", b"x" * 1000)
        call = seen.find("call", name="size", status="done")
        assert (call["argparts"], call["valueparts"]) == ([1, 1000], [1, 2000])
        assert call["args"] == [None]


def test_error_has_both_stacks_and_its_ref(monkeypatch: pytest.MonkeyPatch) -> None:
    with watched(app_with_functions(), monkeypatch) as seen:
        message = {"kind": "call", "id": 77, "name": "fail", "args": [], "stack": "at page.js:3"}
        seen.page.send(message)
        with pytest.raises(RemoteError) as failure:
            seen.page.result(77)
        call = seen.find("call", name="fail", status="error")
        assert call["stack"] == "at page.js:3"
        assert call["error"]["code"] == "full"
        assert call["error"]["ref"] == failure.value.ref
        assert "raise PytronError" in call["error"]["trace"]
        assert "tap.py" not in call["error"]["trace"]
        assert call["error"]["data"] == {"free": 0, "api_key": "(redacted)"}


def test_secrets_are_never_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    with watched(app_with_functions(), monkeypatch) as seen:
        seen.page.call("log_in", "ann", "hunter2")
        seen.page.call("log_in", name="bob", password="hunter2")
        call = seen.find("call", args=["ann", "(redacted)"], status="done")
        assert call["value"]["token"] == "(redacted)"
        assert seen.find("call", args={"name": "bob", "password": "(redacted)"})
        seen.page.call("read_token")
        assert seen.find("call", name="read_token", status="done")["value"] == "(redacted)"
        seen.page.call("shout")
        assert "token=(redacted)" in seen.find("log", logger="shop")["message"]
        assert "hunter2" not in repr(seen.records)


@pytest.mark.parametrize("name", ["count_to", "ticks"])
def test_stream_has_items_and_credits(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with watched(app_with_functions(), monkeypatch) as seen:
        assert list(seen.page.stream(name, 100)) == list(range(100))
        call = seen.find("call", name=name, status="done")
        assert call["items"] == 100
        assert 0 <= call["credits"] <= 64
        assert [item["value"] for item in call["last"]] == list(range(80, 100))


def test_events_state_and_log(monkeypatch: pytest.MonkeyPatch) -> None:
    with watched(app_with_functions(), monkeypatch) as seen:
        seen.page.subscribe("shouted")
        seen.page.emit("hello", {"password": "p", "n": 1})
        seen.page.call("shout")
        up = seen.find("event", way="up", name="hello", window="main")
        assert up["data"] == {"password": "(redacted)", "n": 1}
        assert seen.find("event", way="down", name="shouted")["data"] == {"loud": True}
        assert seen.find("event", way="python", name="shouted")
        patch = seen.find("state", scope="app", revision=1, by="Python")
        assert patch["ops"] == [{"op": "set", "path": ["count"], "value": 1}]
        assert seen.find("log", level="warning")


def test_state_can_be_gone_back(monkeypatch: pytest.MonkeyPatch) -> None:
    app = app_with_functions()
    with watched(app, monkeypatch) as seen:
        seen.page.change([{"op": "set", "path": ["user", "token"], "value": "n3w"}])
        seen.page.change([{"op": "set", "path": ["user", "name"], "value": "Bea"}])
        assert seen.find("change", scope="app", status="done")
        assert seen.find("state", revision=2)["by"] == "the page of main"
        history = seen.page.get("/_pytron/inspect/state").json()
        user = {"name": "Ann", "token": "(redacted)"}
        assert history["base"] == {"revision": 0, "value": {"count": 0, "user": user}}
        assert [step["revision"] for step in history["steps"]] == [1, 2]
        assert history["steps"][0]["ops"][0]["value"] == "(redacted)"
        later = seen.page.get("/_pytron/inspect/state?after=1").json()
        assert [step["revision"] for step in later["steps"]] == [2]
        assert "base" not in later
        assert "n3w" not in repr(seen.records)


def test_window_state_has_a_history_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    with watched(app_with_functions(), monkeypatch) as seen:
        op = {"op": "set", "path": ["tab"], "value": 2}
        seen.page.change([op], scope="window")
        assert seen.find("state", scope="window:main", revision=1)["ops"] == [op]
        history = seen.page.get("/_pytron/inspect/state?scope=window:main").json()
        assert history["base"]["value"] == {}
        assert [step["ops"] for step in history["steps"]] == [[op]]


def test_windows_sessions_and_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    app = app_with_functions()
    with watched(app, monkeypatch) as seen:
        seen.page.subscribe("news")
        seen.page.send({"kind": "tool", "name": "inspect", "data": {"transport": "memory"}})
        seen.page.sync()
        app.open_window("second").set(title="Two")
        assert seen.find("window", what="hello", window="main")
        assert seen.find("window", what="set", window="second", command=True)
        assert seen.find("window", what="opened", window="second")
        assert (seen.app["name"], seen.app["engine"]) == ("Watched", "headless")
        windows = {window["label"]: window for window in seen.app["windows"]}
        assert set(windows) == {"main", "second"}
        assert windows["main"]["subscriptions"] == ["news"]
        assert windows["main"]["transport"] == "memory"
        assert "session" not in windows["second"]


def test_malformed_frame_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    with watched(app_with_functions(), monkeypatch) as seen:
        seen.page.send_text(b'[{"kind":"call","id":"x"}, {"kind": 1}]')
        assert seen.find("fault", way="up", window="main")
        assert seen.find("fault", way="down")["error"]["code"] == "protocol"


def test_reload_ends_what_the_old_page_called(monkeypatch: pytest.MonkeyPatch) -> None:
    app = app_with_functions()
    with watched(app, monkeypatch) as seen:
        seen.page.start("ticks", 1000)
        seen.find("call", name="ticks", status="streaming")
        seen.page.hello()
        assert seen.find("call", name="ticks", status="cancelled")


def test_question_for_more_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with watched(app_with_functions(), monkeypatch) as seen:
        seen.page.call("add", 1, 2)
        seen.find("call", name="add", status="done")
        seen.page.emit("late")
        answer = seen.page.get(f"/_pytron/inspect/records?after={seen.version}&wait").json()
        assert [record["name"] for record in answer["records"]] == ["late"]


def test_inspectors_own_window_is_not_recorded_and_ends_with_the_app(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = app_with_functions()
    opened, closed = on_window(app, "opened", LABEL), on_window(app, "closed", LABEL)
    with watched(app, monkeypatch) as seen:
        opened.pass_through()
        seen.page.call("add", 1, 2)
        seen.find("call", name="add")
        assert all(record.get("window") != LABEL for record in seen.records.values())
        app.window("main").close()
        closed.pass_through()


def test_without_development_there_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTRON_DEV", "0")
    monkeypatch.setenv("PYTRON_INSPECT", "1")
    app = app_with_functions()
    with TestClient(app) as page:
        for path in ("", "records", "state", "inspector.js"):
            assert page.get(f"/_pytron/inspect/{path}").status == 404
        assert page.get("/_pytron/tools/inspect.js").status == 404
        page.send({"kind": "tool", "name": "inspect", "data": None})
        assert page.wait_for_fault().code == "not_allowed"
        assert len(app.windows) == 1


def test_frozen_app_serves_no_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTRON_DEV", "1")
    monkeypatch.setenv("PYTRON_INSPECT", "1")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    with TestClient(app_with_functions()) as page:
        assert page.get("/_pytron/inspect/records").status == 404
        assert page.get("/_pytron/tools/inspect.js").status == 404


def test_page_opens_and_closes_it_by_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTRON_DEV", "1")
    app = app_with_functions()
    opened, closed = on_window(app, "opened", LABEL), on_window(app, "closed", LABEL)
    with TestClient(app, timeout_s=DEADLINE_S) as page:
        assert page.get("/_pytron/inspect/records").status == 404
        page.send({"kind": "tool", "name": "inspect", "data": None})
        opened.pass_through()
        page.call("add", 2, 2)
        seen = Watched(page)
        assert seen.find("call", name="add", status="done")["value"] == 4
        page.send({"kind": "tool", "name": "inspect", "data": None})
        closed.pass_through()


def test_what_was_tapped_is_as_before_after_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    app = app_with_functions()
    targets = {name: function.target for name, function in app.functions.items()}
    handlers = len(logging.getLogger().handlers)
    with watched(app, monkeypatch) as seen:
        assert app.functions["add"].target is not targets["add"]
        seen.page.call("add", 1, 2)
    assert {name: function.target for name, function in app.functions.items()} == targets
    assert len(logging.getLogger().handlers) == handlers
    monkeypatch.delenv("PYTRON_INSPECT")
    with TestClient(app) as page:
        assert page.call("add", 1, 2) == 3


@pytest.mark.parametrize("count", [12_000, 60_000])
def test_list_that_comes_in_pieces_is_one_value(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = App("Test", ephemeral=True)
    given = [{"id": number, "name": "x" * 50} for number in range(count)]
    app.expose(lambda: given, name="rows")
    with watched(app, monkeypatch) as inspected:
        assert inspected.page.call("rows") == given
        record = inspected.find("call", name="rows", status="done")
    whole = codec.encode(given).json
    shown = Rule().preview(whole)
    assert (record["valuesize"], record["value"]) == (len(whole), codec.decode(shown.json))
