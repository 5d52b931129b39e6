"""Every public function, called from every place that users' code runs in: none hangs.

Waiting for an answer where that is refused is an error, and never a hang.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Container, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import pytron
from places import (
    PLACES,
    Outcome,
    Place,
    in_a_function_that_decides_where_downloads_go,
    in_a_handler,
    in_a_handler_of_a_typed_event,
    in_a_handler_of_a_window,
    in_a_subscriber_to_python_s_change,
    in_an_asset_route,
    in_what_converts_an_answer,
    in_what_is_done_with_an_answer,
    on_a_worker,
)
from pytron import Api, App, Context, TypedEvent, Upload, Window
from pytron.answer import Answer
from pytron.assets import Assets
from pytron.engines.headless import HeadlessEngine
from pytron.services.desk import SERVICES
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


#: What takes users' functions, and where each kind of them is used above.
TAKERS = {
    "App.expose": on_a_worker, "App.on": in_a_handler, "App.asset": in_an_asset_route,
    "App.subscribe": in_a_subscriber_to_python_s_change, "Window.on": in_a_handler_of_a_window,
    "TypedEvent.on": in_a_handler_of_a_typed_event, "Assets.route": in_an_asset_route,
    "Downloads.on_started": in_a_function_that_decides_where_downloads_go,
    "Answer.when_done": in_what_is_done_with_an_answer, "Answer.map": in_what_converts_an_answer,
    "Api.expose": on_a_worker, "Api.on": in_a_handler, "Menus.on_click": in_a_handler,
    "Shortcuts.on_press": in_a_handler,
    # Tests of their own below; a migration has only its data: python/tests/persistence.
    "App.on_start": None, "App.on_stop": None, "App.migrate": None,
}  # fmt: skip
#: Places that must not wait for answers: they are told so at once.
MUST_NOT_WAIT = {
    "on_the_loop", "in_an_async_handler", "in_another_loop", "on_the_main_thread",
    "in_an_async_generator", "in_an_async_asset_route",
    "in_what_is_done_with_an_answer", "in_what_converts_an_answer",
}  # fmt: skip
IN_CALLS = {
    "on_a_worker", "on_the_loop", "on_a_pool", "in_a_generator", "in_a_transaction",
    "in_a_subscriber_to_python_s_change", "on_the_main_executor", "in_an_async_generator",
}  # fmt: skip


def takers(kind: type[Any]) -> set[str]:
    """What takes a function of the user's, or decorates one."""
    found: set[str] = set()
    for name in public(kind):
        function = inspect.getattr_static(kind, name)
        if inspect.isfunction(function):
            signature = inspect.signature(function)
            kinds = {str(parameter.annotation) for parameter in signature.parameters.values()}
            takes = kinds & {"F", "H"} or "target" in signature.parameters
            if takes or any("Callable" in text for text in (*kinds, signature.return_annotation)):
                found.add(f"{kind.__name__}.{name}")
    return found


def test_every_function_that_takes_a_callback_has_its_place() -> None:
    kinds = (App, Api, Window, Context, TypedEvent, Upload, Assets, Answer)
    services = map(SERVICES.find, SERVICES.names())
    assert set().union(*map(takers, (*kinds, *services))) == set(TAKERS)
    assert {place for place in TAKERS.values() if place is not None} <= set(PLACES)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_nothing_hangs(place: Place, tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as own:
        kept = str(tmp_path / "state.db")
        app: AppOf = App("test", persist=kept, executors={"db": 1, "own": own})
        app.state.n = 0
        outcome = Outcome()
        act = place(app, outcome)
        with TestClient(app, persist=True) as page:
            page.subscribe("*")
            act(page)
            outcome.finished.pass_through()
            page.sync()
    waits = "unsupported" if place.__name__ in MUST_NOT_WAIT else "ok"
    expected = dict.fromkeys(USES, "ok") | {
        "window.screenshot": "unsupported",
        "expose": "config", "running_on": "config", "running": "config",
        "run": "config" if place.__name__ == "on_the_main_thread" else "unsupported",
    }  # fmt: skip
    # An answer that has come before it is asked for is given everywhere.
    for name in ("window.bounds", "window.url", "window.status"):
        expected[name] = outcome.done[name]
        assert outcome.done[name] in {"ok", waits}
    # What needs a desktop, which no test here has: it says so, at once.
    needs = ("attention", "carry", "clear_data", "pdf", "print")
    expected |= {f"window.{name}": "unsupported" for name in needs}
    expected |= {name: outcome.done[name] for name in DESKTOP}
    assert {outcome.done[name] for name in DESKTOP} <= {"ok", "unsupported"}
    called = "ok" if place.__name__ in IN_CALLS else "unsupported"
    expected |= {name: called for name in USES if name.startswith("context.")}
    reading = ("read", "read1", "readinto", "peek", "save")
    expected |= {f"upload.{name}": waits for name in reading}
    assert outcome.done == expected


@pytest.mark.parametrize("hook", ["on_start", "on_stop"])
def test_nothing_hangs_before_the_first_window_and_after_the_last(hook: str) -> None:
    app: AppOf = App("test", ephemeral=True)
    app.state.n = 0
    outcome = Outcome()
    # At its end an app may run again, which would be another test.
    again = () if hook == "on_start" else ("run", "running", "running_on")
    getattr(app, hook)(lambda: outcome.try_all(app, but=again))
    with app.running_on(HeadlessEngine()):
        pass
    assert outcome.done.keys() == USES.keys() - set(again)
    assert set(outcome.done.values()) <= {"ok", "config", "engine", "unsupported", "asset", "state"}
    assert outcome.done["emit" if hook == "on_start" else "on"] == "ok"
    assert outcome.done["window.bounds"] == "config"  # there is no window to ask


def test_quit_can_be_called_from_everywhere() -> None:
    for place in PLACES:
        app: AppOf = App("test", ephemeral=True, executors={"db": 1, "own": ThreadPoolExecutor(1)})
        app.state.n = 0
        act = place(app, Quitting())
        with TestClient(app) as page:
            act(page) if place.__name__ != "in_an_asset_route" else None
            if place.__name__ == "in_an_asset_route":
                page._engine.happen(asset_request(page))
            assert page.engine.run() == 0


class Quitting(Outcome):
    """Ends the app instead."""

    def try_all(self, app: AppOf, *, but: Container[str] = ()) -> None:
        del but
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
