"""Every public function, called from every place that users' code runs in: none hangs.

Waiting for an answer where that is refused is an error, and never a hang.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytron
from pytron import App, Context, PytronError, TypedEvent, Upload, Window
from pytron.assets import Assets
from pytron.testing import TestClient
from uses import DESKTOP, SAME, USES, AppOf, public
from waiting import Gate


def test_every_public_name_is_used() -> None:
    names = public(App)
    for kind in (Window, Context, TypedEvent, Upload, Assets):
        names |= {f"{kind.__name__.lower()}.{name}" for name in public(kind)}
    assert names - SAME == set(USES)
    assert set(pytron.__all__) - {kind.__name__ for kind in (App, Window, Context, TypedEvent)} == {
        "Api", "Event", "Upload", "__version__", "current", "expose", "report",
        *(name for name in pytron.__all__ if name.endswith("Error") or name == "ToolMissing"),
    }  # fmt: skip


@dataclass
class Outcome:
    """What came of every use in one place."""

    done: dict[str, str] = field(default_factory=dict[str, str])
    finished: Gate = field(default_factory=Gate)

    def try_all(self, app: AppOf) -> None:
        """Use everything, one after the other."""
        for name, use in USES.items():
            try:
                use(app)
            except PytronError as error:
                self.done[name] = error.code
            else:
                self.done[name] = "ok"
        self.finished.set()


Place = Callable[[AppOf, Outcome], Callable[[TestClient], object]]


def on_a_worker(app: AppOf, outcome: Outcome) -> Callable[[TestClient], object]:
    @app.expose
    def act() -> None:
        outcome.try_all(app)

    return lambda page: page.start("act")


def on_the_loop(app: AppOf, outcome: Outcome) -> Callable[[TestClient], object]:
    @app.expose
    async def act() -> None:
        await asyncio.sleep(0)
        outcome.try_all(app)

    return lambda page: page.start("act")


def on_a_pool(app: AppOf, outcome: Outcome) -> Callable[[TestClient], object]:
    @app.expose(executor="db")
    def act() -> None:
        outcome.try_all(app)

    return lambda page: page.start("act")


def in_a_generator(app: AppOf, outcome: Outcome) -> Callable[[TestClient], object]:
    @app.expose
    def act() -> Iterator[int]:
        yield 1
        outcome.try_all(app)

    return lambda page: page.start("act")


def in_a_handler(app: AppOf, outcome: Outcome) -> Callable[[TestClient], object]:
    app.on("act", lambda _event: outcome.try_all(app))
    return lambda page: page.emit("act")


def in_an_async_handler(app: AppOf, outcome: Outcome) -> Callable[[TestClient], object]:
    @app.on("act")
    async def act(_event: object) -> None:
        outcome.try_all(app)

    return lambda page: page.emit("act")


def in_a_handler_of_a_window(app: AppOf, outcome: Outcome) -> Callable[[TestClient], object]:
    def act(_page: TestClient) -> None:
        window = app.open_window("second")
        window.on("closing", lambda _event: outcome.try_all(app))
        window.close()

    return act


def in_a_subscriber_to_a_page_s_change(
    app: AppOf, outcome: Outcome
) -> Callable[[TestClient], object]:
    app.subscribe("page", lambda _value: outcome.try_all(app))
    operation = {"op": "set", "path": ["page"], "value": 1}
    message = {"kind": "change", "id": 1, "scope": "app", "ops": [operation]}
    return lambda page: page.send(message)


def in_a_subscriber_to_python_s_change(
    app: AppOf, outcome: Outcome
) -> Callable[[TestClient], object]:
    app.subscribe("python", lambda _value: outcome.try_all(app))

    @app.expose
    def act() -> None:
        app.state.python = 1

    return lambda page: page.start("act")


def in_a_transaction(app: AppOf, outcome: Outcome) -> Callable[[TestClient], object]:
    @app.expose
    def act() -> None:
        with app.transaction():
            outcome.try_all(app)

    return lambda page: page.start("act")


def in_an_asset_route(app: AppOf, outcome: Outcome) -> Callable[[TestClient], object]:
    @app.asset("act")
    def act() -> str:
        outcome.try_all(app)
        return ""

    return lambda page: page.get("/act")


def in_a_thread_of_the_user_s(app: AppOf, outcome: Outcome) -> Callable[[TestClient], object]:
    return lambda _page: threading.Thread(target=outcome.try_all, args=(app,), daemon=True).start()


def in_another_loop(app: AppOf, outcome: Outcome) -> Callable[[TestClient], object]:
    async def act() -> None:
        outcome.try_all(app)

    return lambda _page: threading.Thread(target=asyncio.run, args=(act(),), daemon=True).start()


def on_the_main_thread(app: AppOf, outcome: Outcome) -> Callable[[TestClient], object]:
    return lambda _page: outcome.try_all(app)


PLACES: list[Place] = [
    on_a_worker, on_the_loop, on_a_pool, in_a_generator, in_a_handler, in_an_async_handler,
    in_a_handler_of_a_window, in_a_subscriber_to_a_page_s_change,
    in_a_subscriber_to_python_s_change, in_a_transaction, in_an_asset_route,
    in_a_thread_of_the_user_s, in_another_loop, on_the_main_thread,
]  # fmt: skip
#: Places that must not wait for answers: they are told so at once.
MUST_NOT_WAIT = {"on_the_loop", "in_an_async_handler", "in_another_loop", "on_the_main_thread"}
IN_CALLS = {
    "on_a_worker", "on_the_loop", "on_a_pool", "in_a_generator", "in_a_transaction",
    "in_a_subscriber_to_python_s_change",
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_nothing_hangs(place: Place) -> None:
    app: AppOf = App("test", ephemeral=True, executors={"db": 1})
    app.state.n = 0
    outcome = Outcome()
    act = place(app, outcome)
    with TestClient(app) as page:
        page.subscribe("*")
        act(page)
        outcome.finished.pass_through()
        page.sync()
    waits = "unsupported" if place.__name__ in MUST_NOT_WAIT else "ok"
    expected = dict.fromkeys(USES, "ok") | {
        "window.bounds": waits, "window.url": waits, "window.status": waits,
        "window.screenshot": "unsupported",
        "expose": "config", "running_on": "config", "running": "config",
        "run": "config" if place.__name__ == "on_the_main_thread" else "unsupported",
    }  # fmt: skip
    # What needs a desktop, which no test here has: it says so, at once.
    needs = ("attention", "clear_data", "pdf", "print")
    expected |= {f"window.{name}": "unsupported" for name in needs}
    expected |= {name: outcome.done[name] for name in DESKTOP}
    assert {outcome.done[name] for name in DESKTOP} <= {"ok", "unsupported"}
    called = "ok" if place.__name__ in IN_CALLS else "unsupported"
    expected |= {name: called for name in USES if name.startswith("context.")}
    reading = ("read", "read1", "readinto", "peek", "save")
    expected |= {f"upload.{name}": waits for name in reading}
    assert outcome.done == expected


def test_quit_can_be_called_from_everywhere() -> None:
    for place in PLACES:
        app: AppOf = App("test", ephemeral=True, executors={"db": 1})
        app.state.n = 0
        act = place(app, Quitting())
        with TestClient(app) as page:
            act(page) if place.__name__ != "in_an_asset_route" else None
            if place.__name__ == "in_an_asset_route":
                page._engine.happen(asset_request(page))
            assert page.engine.run() == 0


class Quitting(Outcome):
    """Ends the app instead."""

    def try_all(self, app: AppOf) -> None:
        app.quit()


def asset_request(page: TestClient) -> Any:
    from pytron.engine import AssetRequest

    return AssetRequest(99, page._window, "GET", "/act", {})


def test_everything_at_once_ends() -> None:
    """Calls, changes, events, windows and queries from all sides, while pages come and go."""
    app: AppOf = App("test", ephemeral=True, executors={"db": 2})
    app.state.n = 0

    @app.expose
    def work(n: int) -> int:
        with app.transaction():
            app.state.n += 1
        app.emit("news", n)
        app.window("main").bounds().result(timeout_s=9)
        return n

    @app.expose
    async def work_later(n: int) -> int:
        app.state.later = n
        await app.emit_async("news", n)
        await app.window("main").bounds()
        return n

    @app.expose(executor="db")
    def numbers(n: int) -> Iterator[int]:
        for i in range(n):
            app.state.last = i
            yield i

    failures: list[BaseException] = []

    def act(index: int) -> None:
        try:
            label = f"window{index}"
            for round in range(5):
                window = app.open_window(label)
                page = client.page(label)
                page.subscribe("news")
                calls = [page.start("work", n) for n in range(20)]
                calls += [page.start("work_later", n) for n in range(20)]
                stream = page.stream("numbers", 100)
                page.change([{"op": "set", "path": [label], "value": round}])
                assert [page.result(call) for call in calls] == [*range(20), *range(20)]
                assert list(stream) == list(range(100))
                page.hello()
                page.start("work", 1)
                gone = Gate()
                window.on("closed", lambda _event, gone=gone: gone.set())
                window.close()
                gone.pass_through()
        except BaseException as error:  # noqa: BLE001 - told below
            failures.append(error)

    with TestClient(app) as client:
        threads = [threading.Thread(target=act, args=(n,), daemon=True) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
            assert not thread.is_alive()
        assert failures == []
        client.wait_for_state(lambda s: s["n"] == app.state.n)
