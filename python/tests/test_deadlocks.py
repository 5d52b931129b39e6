"""Every public function, called from every place that users' code runs in: none hangs.

Waiting for an answer where that is refused is an error, and never a hang.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from pytron import App, PytronError, Window, current
from pytron.testing import TestClient
from waiting import Gate

AppOf = App[Any]

USES: dict[str, Callable[[AppOf], object]] = {
    "emit": lambda app: app.emit("news", 1),
    "emit_async": lambda app: app.emit_async("news", 1).close(),
    "on": lambda app: app.on("later", print)(),
    "subscribe": lambda app: app.subscribe("n", lambda _value: None)(),
    "state": lambda app: setattr(app.state, "n", app.state.n + 1),
    "transaction": lambda app: change(app),
    "window": lambda app: app.window("main").title,
    "windows": lambda app: app.windows,
    "can": lambda app: app.can("window.zoom"),
    "open_window": lambda app: opened(app).close(),
    "window.set": lambda app: app.window("main").set(width=300, title="x"),
    "window.emit": lambda app: app.window("main").emit("news", 2),
    "window.state": lambda app: setattr(app.window("main").state, "n", 1),
    "window.on": lambda app: app.window("main").on("moved", print)(),
    "window.navigate": lambda app: app.window("main").navigate("/x"),
    "window.reload": lambda app: app.window("main").reload(),
    "window.close": lambda app: opened(app).close(force=True),
    "window.bounds": lambda app: app.window("main").bounds().result(timeout_s=5),
    "window.url": lambda app: app.window("main").url().result(timeout_s=5),
    "window.status": lambda app: app.window("main").status().result(timeout_s=5),
    "window.screenshot": lambda app: app.window("main").screenshot("x").result(timeout_s=5),
    "current": lambda _app: current().progress(1),
    "expose": lambda app: app.expose(lambda: None, name="late"),
    "run": lambda app: app.run(),
}
_serial = iter(range(1_000_000))


def change(app: AppOf) -> None:
    with app.transaction():
        app.state.n += 1
        app.emit("news", "inside")


def opened(app: AppOf) -> Window:
    return app.open_window(f"extra{next(_serial)}")


def test_every_public_function_of_apps_and_windows_is_used() -> None:
    public = {name for name, _ in inspect.getmembers(App, inspect.isfunction)}
    public |= {f"window.{name}" for name, _ in inspect.getmembers(Window, inspect.isfunction)}
    # `set` stands for those that are made of it, and `on_start` and the like only note something.
    same = {
        "window.resize", "window.move", "window.show", "window.hide", "window.focus",
        "window.minimize", "window.maximize", "window.restore", "window.fullscreen",
        "on_start", "on_stop", "asset", "include", "event", "quit", "running_on", "send_event",
        "migrate",
    }  # fmt: skip
    assert {name for name in public if "_" not in (name[0], name[7:8])} <= set(USES) | same


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
        "current": "ok" if place.__name__ in IN_CALLS else "unsupported",
        "expose": "config",
        "run": "config" if place.__name__ == "on_the_main_thread" else "unsupported",
    }  # fmt: skip
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
