"""Many calls, slow calls, cancelled calls: what a page is promised."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from typing import Any

import pytest
from pytron import App, current
from pytron.runtime.runtime import WORKERS
from pytron.testing import RemoteError, TestClient
from waiting import Counter, Gate

AppOf = App[Any]


def failure(page: TestClient, identity: int) -> RemoteError:
    with pytest.raises(RemoteError) as caught:
        page.result(identity)
    return caught.value


def expose_wait(app: AppOf) -> tuple[Gate, Gate]:
    """Expose a coroutine `wait` that only ends when it is cancelled; its beginning and its end."""
    started, ended = Gate(), Gate()

    @app.expose
    async def wait() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    return started, ended


def test_five_thousand_calls_of_one_frame_are_all_answered(app: AppOf) -> None:
    @app.expose
    def double(n: int) -> int:
        return 2 * n

    with TestClient(app) as page:
        calls = [
            {"kind": "call", "id": n, "name": "double", "args": [n]} for n in range(1, 5001)
        ]  # fmt: skip
        page.send(*calls)
        assert [page.result(n) for n in range(1, 5001)] == [2 * n for n in range(1, 5001)]


def test_slow_call_does_not_hold_up_a_quick_one_of_the_same_frame(app: AppOf) -> None:
    gate = Gate()

    @app.expose
    def slow() -> str:
        gate.pass_through()
        return "slow"

    @app.expose
    def quick() -> str:
        return "quick"

    with TestClient(app) as page:
        page.send(
            {"kind": "call", "id": 1, "name": "slow", "args": []},
            {"kind": "call", "id": 2, "name": "quick", "args": []},
        )
        assert page.result(2) == "quick"
        gate.set()
        assert page.result(1) == "slow"


def test_full_pool_queues_calls_and_lets_everything_else_through(app: AppOf) -> None:
    gate = Gate()
    running = Counter()
    handled = Gate()

    @app.expose
    def block() -> int:
        running.add()
        gate.pass_through()
        return 1

    @app.expose
    async def on_the_loop() -> int:
        return 2

    @app.asset("answer")
    def answer() -> str:
        return "asset"

    @app.on("hurry")
    def hurry(_event: object) -> None:
        handled.set()

    with TestClient(app) as page:
        calls = [page.start("block") for _ in range(WORKERS + 8)]
        running.reach(WORKERS)
        page.cancel(calls[-1])
        assert failure(page, calls[-1]).code == "cancelled"
        assert page.change([{"op": "set", "path": ["seen"], "value": True}]) == 1
        assert app.state.seen is True
        assert page.call("on_the_loop") == 2
        page.emit("hurry")
        handled.pass_through()
        assert page.get("/answer").text == "asset"
        assert running.value == WORKERS
        gate.set()
        assert [page.result(call) for call in calls[:-1]] == [1] * (WORKERS + 7)


def test_call_sees_the_change_that_was_sent_before_it(app: AppOf) -> None:
    @app.expose
    def read() -> Any:
        return app.state.count

    app.state.count = 0
    with TestClient(app) as page:
        for n in range(1, 200):
            operation = {"op": "set", "path": ["count"], "value": n}
            page.send(
                {"kind": "change", "id": 2 * n, "scope": "app", "ops": [operation]},
                {"kind": "call", "id": 2 * n + 1, "name": "read", "args": []},
            )
            assert page.result(2 * n + 1) == n


# --- time and cancelling ----------------------------------------------------------------------


def test_timeout_of_the_function_frees_the_caller(app: AppOf) -> None:
    gate, seen = Gate(), Gate()

    @app.expose(timeout_s=0.02)
    def slow() -> None:
        gate.pass_through()
        if current().cancelled:
            seen.set()

    with TestClient(app) as page:
        error = failure(page, page.start("slow"))
        assert error.code == "timeout"
        assert "slow took longer than 0.02 s" in str(error)
        gate.set()
        seen.pass_through()


def test_earlier_of_the_two_timeouts_counts(app: AppOf) -> None:
    @app.expose(timeout_s=1000)
    async def wait() -> float | None:
        left = current().remaining_s
        await asyncio.sleep(0)
        return left

    with TestClient(app) as page:
        page.send({"kind": "call", "id": 1, "name": "wait", "args": [], "timeout": 5_000})
        assert 0 < page.result(1) <= 5
        page.send({"kind": "call", "id": 2, "name": "wait", "args": [], "timeout": 1e300})
        assert 5 < page.result(2) <= 1000


def test_timeout_of_zero_ends_at_once(app: AppOf) -> None:
    @app.expose
    async def wait() -> None:
        await asyncio.Event().wait()

    with TestClient(app) as page:
        page.send({"kind": "call", "id": 1, "name": "wait", "args": [], "timeout": 0})
        assert failure(page, 1).code == "timeout"


def test_endless_timeouts_leave_the_deadlines_alive(app: AppOf) -> None:
    @app.expose
    async def wait() -> None:
        await asyncio.Event().wait()

    with TestClient(app) as page:
        page.send({"kind": "call", "id": 1, "name": "wait", "args": [], "timeout": 1e300})
        page.send({"kind": "call", "id": 2, "name": "wait", "args": [], "timeout": 10})
        assert failure(page, 2).code == "timeout"


def test_deadlines_keep_no_finished_call_alive(app: AppOf) -> None:
    @app.expose(timeout_s=1000)
    def quick(data: bytes) -> int:
        calls.append(weakref.ref(current()._call))
        return len(data)

    calls: list[weakref.ref[Any]] = []
    with TestClient(app) as page:
        for _ in range(10):
            assert page.call("quick", b"x" * 1000) == 1000
        page.call("quick", b"")
        gc.collect()
        assert [call for call in calls[:10] if call() is not None] == []


def test_cancelled_call_is_told_and_its_result_dropped(app: AppOf) -> None:
    started, gate, seen = Gate(), Gate(), Gate()

    @app.expose
    def work() -> str:
        started.set()
        gate.pass_through()
        if current().cancelled:
            seen.set()
        current().progress(1)
        return "late"

    with TestClient(app) as page:
        identity = page.start("work")
        started.pass_through()
        page.cancel(identity)
        assert failure(page, identity).code == "cancelled"
        gate.set()
        seen.pass_through()
        page.send({"kind": "call", "id": identity, "name": "work", "args": []})
        assert page.result(identity) == "late"  # of the second call with this id
        assert page.progress == [(identity, 1, None, None)]


def test_cancelled_coroutine_is_cancelled_where_it_awaits(app: AppOf) -> None:
    started, ended = expose_wait(app)

    with TestClient(app) as page:
        identity = page.start("wait")
        started.pass_through()
        page.cancel(identity)
        assert failure(page, identity).code == "cancelled"
        ended.pass_through()


def test_coroutine_that_cancels_itself_answers(app: AppOf) -> None:
    @app.expose
    async def give_up() -> None:
        raise asyncio.CancelledError

    with TestClient(app) as page:
        assert failure(page, page.start("give_up")).code == "cancelled"


def test_cancel_of_what_is_not_there_does_nothing(app: AppOf) -> None:
    @app.expose
    def one() -> int:
        return 1

    with TestClient(app) as page:
        page.cancel(77)
        identity = page.start("one")
        assert page.result(identity) == 1
        page.cancel(identity)
        assert page.call("one") == 1
        assert not page.faults


# --- sessions ---------------------------------------------------------------------------------


def test_reload_cancels_what_the_old_page_began(app: AppOf) -> None:
    started, ended, closed, gate = Counter(), Counter(), Gate(), Gate()
    flags: list[bool] = []

    @app.expose
    async def on_the_loop() -> None:
        started.add()
        try:
            await asyncio.Event().wait()
        finally:
            ended.add()

    @app.expose
    def on_a_thread() -> None:
        started.add()
        gate.pass_through()
        flags.append(current().cancelled)
        ended.add()

    @app.expose
    def stream() -> Any:
        started.add()
        try:
            while True:
                yield 1
        finally:
            closed.set()

    with TestClient(app) as page:
        for name in ("on_the_loop", "on_a_thread", "stream"):
            page.start(name)
        started.reach(3)
        page.hello()
        gate.set()
        ended.reach(2)
        closed.pass_through()
        assert flags == [True]


def test_subscriptions_end_with_the_session(app: AppOf) -> None:
    @app.expose
    def one() -> int:
        return 1

    with TestClient(app) as page:
        page.subscribe("news")
        page.hello()
        app.emit("news", 1)
        page.subscribe("later")
        assert page.call("one") == 1
        app.emit("later", 2)
        assert page.event() == ("later", 2)


def test_answer_of_the_old_session_never_reaches_the_new_one(app: AppOf) -> None:
    gate, started, ended = Gate(), Gate(), Gate()

    @app.expose
    def slow() -> str:
        started.set()
        gate.pass_through()
        ended.set()
        return "old"

    @app.expose
    def quick() -> str:
        return "new"

    with TestClient(app) as page:
        page.send({"kind": "call", "id": 1, "name": "slow", "args": []})
        started.pass_through()
        page.hello()
        gate.set()
        ended.pass_through()
        page.send({"kind": "call", "id": 1, "name": "quick", "args": []})
        assert page.result(1) == "new"


def test_same_hello_twice_is_refused(app: AppOf) -> None:
    with TestClient(app) as page:
        hello = {"kind": "hello", "version": 1, "session": "s" * 20, "client": ""}
        page.send(hello)
        page.send(hello)
        assert "already" in str(page.wait_for_fault())


def test_closed_window_ends_its_calls(app: AppOf) -> None:
    started, ended = expose_wait(app)

    with TestClient(app) as page:
        second = app.open_window("second")
        page.page("second").start("wait")
        started.pass_through()
        second.close(force=True)
        ended.pass_through()


def test_app_ends_while_calls_of_every_kind_run(app: AppOf) -> None:
    started = Counter()
    gate = Gate()
    ended = Gate()

    @app.expose
    def on_a_thread() -> None:
        started.add()
        gate.pass_through()

    @app.expose
    async def on_the_loop() -> None:
        started.add()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    with TestClient(app) as page:
        page.start("on_a_thread")
        page.start("on_the_loop")
        started.reach(2)
        # It would be waited for otherwise; a thread that never ends is left to the system.
        threading.Timer(0.05, gate.set).start()
    ended.pass_through()
