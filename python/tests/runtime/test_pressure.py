"""A page that does not read what it is sent: who waits, who is told, and what is left out."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from pytron import App, CallError, current
from pytron.dispatcher import session as sessions
from pytron.protocol import limits
from sleeping import Asleep, asleep
from waiting import Counter, Gate

AppOf = App[Any]
ROOM = 10_000
BIG = "x" * 3000


@pytest.fixture(autouse=True)
def little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (limits, sessions.protocol):
        monkeypatch.setattr(module, "QUEUE_BYTES", ROOM)


def start(function: Any) -> tuple[threading.Thread, list[BaseException]]:
    raised: list[BaseException] = []

    def run() -> None:
        try:
            function()
        except BaseException as error:  # noqa: BLE001 - looked at by the test
            raised.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread, raised


def test_main_thread_is_told_and_does_not_wait(app: AppOf) -> None:
    with asleep(app) as page:
        page.fill(app)
        assert page.page.waiting > ROOM
        with pytest.raises(CallError, match="emit_async") as caught:
            app.window("main").emit("big", BIG)
        assert caught.value.code == "backpressure"
        app.emit("small", 1)  # nobody is subscribed to it: it does not concern the page
        page.read_until("event")
        app.emit("big", BIG)


def test_worker_thread_waits_until_the_page_reads_and_loses_nothing(app: AppOf) -> None:
    with asleep(app) as page:
        sent = Counter()

        def send() -> None:
            for n in range(40):
                app.emit("big", [n, BIG])
                sent.add()

        thread, raised = start(send)
        sent.reach(3)
        got: list[int] = []
        while len(got) < 40:
            got += [m["data"][0] for m in page.read_until("event") if m["kind"] == "event"]
        thread.join(10)
        assert (got, raised) == (list(range(40)), [])


def test_worker_thread_gives_up_after_its_patience(
    app: AppOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "PATIENCE_S", 0.02)
    with asleep(app) as page:
        page.fill(app)
        thread, raised = start(lambda: app.emit("big", BIG))
        thread.join(10)
        [error] = raised
        assert isinstance(error, CallError)
        assert error.code == "backpressure"
        assert "has not read for 0.02 s" in str(error)


def test_waiting_thread_is_let_go_when_the_page_closes(app: AppOf) -> None:
    with asleep(app) as page:
        page.fill(app)
        thread, raised = start(lambda: app.emit("big", BIG))
        app.window("main").close(force=True)
        thread.join(10)
        assert not thread.is_alive()
        assert raised == []


def test_waiting_thread_is_let_go_when_the_page_is_loaded_anew(app: AppOf) -> None:
    with asleep(app) as page:
        page.fill(app)
        thread, raised = start(lambda: app.emit("big", BIG))
        page.send({"kind": "hello", "version": 1, "session": "t" * 20, "client": ""})
        thread.join(10)
        assert not thread.is_alive()
        assert raised == []


def test_loop_is_told_and_emit_async_waits(app: AppOf) -> None:
    told, ended = Gate(), Gate()

    @app.expose
    async def send() -> str:
        with pytest.raises(CallError, match="must not wait"):
            app.emit("big", BIG)
        told.set()
        await app.emit_async("big", "last")
        ended.set()
        return "sent"

    @app.expose
    async def alive() -> int:
        await asyncio.sleep(0)
        return 1

    with asleep(app) as page:
        page.fill(app)
        page.send({"kind": "call", "id": 1, "name": "send", "args": []})
        told.pass_through()
        assert not ended.is_set()
        seen = page.read_until("result")
        ended.pass_through()
        assert [m["data"] for m in seen if m["kind"] == "event"][-1] == "last"


def test_emit_async_is_immediate_where_there_is_room(app: AppOf) -> None:
    @app.expose
    async def send() -> None:
        await app.emit_async("big", 1)

    with asleep(app) as page:
        page.send({"kind": "call", "id": 1, "name": "send", "args": []})
        kinds = [m["kind"] for m in page.read_until("result")]
        assert kinds == ["event", "result"]


def test_progress_is_left_out_and_the_result_is_not(app: AppOf) -> None:
    @app.expose
    def work() -> str:
        for n in range(100):
            current().progress(n)
        worked.set()
        return "done"

    worked = Gate()
    with asleep(app) as page:
        page.fill(app)
        page.send({"kind": "call", "id": 1, "name": "work", "args": []})
        worked.pass_through()
        seen = page.read_until("result")
        assert [m for m in seen if m["kind"] == "progress"] == []
        assert seen[-1]["value"] == "done"


def test_thread_with_a_result_too_much_takes_no_more_calls(app: AppOf) -> None:
    made = Counter()

    @app.expose
    def make() -> str:
        made.add()
        return "x" * (2 * ROOM)

    with asleep(app) as page:
        page.send(*[{"kind": "call", "id": n, "name": "make", "args": []} for n in range(1, 101)])
        made.reach(32)
        assert made.value == 32  # every thread of the pool has one
        seen: list[dict[str, Any]] = []
        while len(seen) < 100:
            seen += [m for m in page.read_until("result") if m["kind"] == "result"]
        assert sorted(m["id"] for m in seen) == list(range(1, 101))


def test_state_is_sent_whole_when_the_page_reads_again(app: AppOf) -> None:
    with asleep(app) as page:
        page.fill(app)
        for n in range(500):
            app.state.n = n
        app.state.text = BIG
        size = page.page.waiting
        app.state.text = BIG + "!"
        assert page.page.waiting == size  # patches do not pile up
        seen = page.read_until("snapshot")
        snapshot = seen[-1]
        assert snapshot["value"] == {"n": 499, "text": BIG + "!"}
        app.state.n = 500
        [patch] = [m for m in page.read_until("patch") if m["kind"] == "patch"]
        assert patch["revision"] == snapshot["revision"] + 1


def test_event_of_a_page_for_one_that_does_not_read_is_refused(app: AppOf) -> None:
    with asleep(app) as page:
        app.open_window("second")
        second = Asleep(app, page.engine, "second")
        page.fill(app)
        second.send({"kind": "event", "name": "big", "data": BIG, "to": "main"})
        [error] = [m for m in second.read_until("error") if m["kind"] == "error"]
        assert error["error"]["code"] == "backpressure"
