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
from pytron import Api, App, Context, PytronError, TypedEvent, Upload, Window, current
from pytron.assets import Assets
from pytron.engines.headless import HeadlessEngine
from pytron.testing import TestClient
from waiting import Gate

AppOf = App[Any]

USES: dict[str, Callable[[AppOf], object]] = {
    "emit": lambda app: app.emit("news", 1),
    "emit_async": lambda app: app.emit_async("news", 1).close(),
    "on": lambda app: app.on("later", print)(),
    "on_start": lambda app: app.on_start(lambda: None),
    "on_stop": lambda app: app.on_stop(lambda: None),
    "asset": lambda app: app.asset(f"late{next(_serial)}")(lambda: ""),
    "include": lambda app: app.include(Api(f"late{next(_serial)}")),
    "event": lambda app: app.event(f"late{next(_serial)}", int, slow="latest").emit(1),
    "events": lambda app: list(app.events),
    "functions": lambda app: list(app.functions),
    "folder": lambda app: app.folder,
    "migrate": lambda app: app.migrate(next(_serial) + 1)(lambda data: data),
    "subscribe": lambda app: app.subscribe("n", lambda _value: None)(),
    "state": lambda app: setattr(app.state, "n", app.state.n + 1),
    "transaction": lambda app: change(app),
    "window": lambda app: app.window("main").title,
    "windows": lambda app: app.windows,
    "can": lambda app: app.can("window.zoom"),
    "open_window": lambda app: opened(app).close(),
    "expose": lambda app: app.expose(lambda: None, name="late"),
    "run": lambda app: app.run(),
    "running": lambda app: app.running().__enter__(),
    "running_on": lambda app: app.running_on(HeadlessEngine()).__enter__(),
    "window.id": lambda app: app.window("main").id,
    "window.label": lambda app: app.window("main").label,
    "window.title": lambda app: setattr(app.window("main"), "title", "x"),
    "window.set": lambda app: app.window("main").set(width=300, title="x"),
    "window.resize": lambda app: app.window("main").resize(300, 200),
    "window.move": lambda app: app.window("main").move(1, 1),
    "window.show": lambda app: app.window("main").show(),
    "window.hide": lambda app: app.window("main").hide(),
    "window.focus": lambda app: app.window("main").focus(),
    "window.minimize": lambda app: app.window("main").minimize(),
    "window.maximize": lambda app: app.window("main").maximize(),
    "window.restore": lambda app: app.window("main").restore(),
    "window.fullscreen": lambda app: app.window("main").fullscreen(False),
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
    "context.id": lambda _app: current().id,
    "context.name": lambda _app: current().name,
    "context.window": lambda _app: current().window.title,
    "context.cancelled": lambda _app: current().cancelled,
    "context.remaining_s": lambda _app: current().remaining_s,
    "context.progress": lambda _app: current().progress(1),
    "typedevent.emit": lambda app: app.event(f"late{next(_serial)}", int).emit(1),
    "typedevent.on": lambda app: app.event(f"late{next(_serial)}", int).on(print),
    "upload.read": lambda _app: uploaded().read(),
    "upload.read1": lambda _app: uploaded().read1(),
    "upload.readinto": lambda _app: uploaded().readinto(bytearray(2)),
    "upload.peek": lambda _app: uploaded().peek(1),
    "upload.save": lambda _app: uploaded().save("/dev/null"),
    "upload.read_async": lambda _app: uploaded().read_async().close(),
    "upload.seek": lambda _app: uploaded().seek(1),
    "upload.tell": lambda _app: uploaded().tell(),
    "upload.close": lambda _app: uploaded().close(),
    "assets.publish": lambda app: app.assets.withdraw(app.assets.publish(b"x", "text/plain")),
}
#: What only notes something, is another name of what is used, or is for engines and services.
SAME = {
    "quit",  # has a test of its own: it ends the others
    "run_async",  # only on a loop: tests/e2e/test_beside.py
    "now", "send_event", "service", "service_event", "with_services", "end_services",
    "dialogs", "opener", "open_external",  # services; python/tests/services
    "typedevent.miss", "upload.arrived", "upload.end", "upload.readable", "upload.seekable",
    "assets.answer", "assets.check", "assets.route", "assets.withdraw",
}  # fmt: skip
_serial = iter(range(1_000_000))


def change(app: AppOf) -> None:
    with app.transaction():
        app.state.n += 1
        app.emit("news", "inside")


def opened(app: AppOf) -> Window:
    return app.open_window(f"extra{next(_serial)}")


def uploaded() -> Upload:
    """A file whose page answers from a thread of its own, as pages do."""

    def pull(offset: int, size: int) -> None:
        piece = memoryview(b"abc")[offset : offset + size]
        threading.Thread(target=upload.arrived, args=(offset, piece, None), daemon=True).start()

    upload = Upload("a.txt", "text/plain", 3, pull)
    return upload


def public(kind: type[Any]) -> set[str]:
    """What users can call or read, as far as Pytron itself defines it."""
    own = {
        name for base in kind.__mro__ if base.__module__.startswith("pytron") for name in vars(base)
    }
    return {name for name in own if not name.startswith("_")}


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
