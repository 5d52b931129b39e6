"""Every place that users' code runs in: callbacks, threads and loops, with a way into each."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Container, Iterator
from dataclasses import dataclass, field

from pytron import PytronError
from pytron.testing import TestClient
from uses import USES, AppOf
from waiting import Gate


@dataclass
class Outcome:
    """What came of every use in one place."""

    done: dict[str, str] = field(default_factory=dict[str, str])
    finished: Gate = field(default_factory=Gate)

    def try_all(self, app: AppOf, *, but: Container[str] = ()) -> None:
        """Use everything, one after the other."""
        for name, use in USES.items():
            if name in but:
                continue
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


def on_the_main_executor(app: AppOf, outcome: Outcome) -> Callable[[TestClient], object]:
    @app.expose(executor="main")
    def act() -> None:
        outcome.try_all(app)

    return lambda page: page.start("act")


def on_an_executor_of_the_user_s(app: AppOf, outcome: Outcome) -> Callable[[TestClient], object]:
    @app.expose(executor="own")
    def act() -> None:
        outcome.try_all(app)

    return lambda page: page.start("act")


def in_an_async_generator(app: AppOf, outcome: Outcome) -> Callable[[TestClient], object]:
    @app.expose
    async def act() -> AsyncIterator[int]:
        yield 1
        outcome.try_all(app)

    return lambda page: page.start("act")


def in_a_handler_of_a_typed_event(app: AppOf, outcome: Outcome) -> Callable[[TestClient], object]:
    app.event("act", int).on(lambda _event: outcome.try_all(app))
    return lambda page: page.emit("act", 1)


def in_a_handler_of_python_s_event(app: AppOf, outcome: Outcome) -> Callable[[TestClient], object]:
    app.on("act", lambda _event: outcome.try_all(app))
    return lambda _page: app.emit("act")


def in_an_async_asset_route(app: AppOf, outcome: Outcome) -> Callable[[TestClient], object]:
    @app.asset("act")
    async def act() -> str:
        outcome.try_all(app)
        return ""

    return lambda page: page.get("/act")


def in_the_body_of_an_asset(app: AppOf, outcome: Outcome) -> Callable[[TestClient], object]:
    @app.asset("act")
    def act() -> Iterator[bytes]:
        yield b"1"
        outcome.try_all(app)
        yield b"2"

    return lambda page: page.get("/act")


def in_a_function_that_decides_where_downloads_go(
    app: AppOf, outcome: Outcome
) -> Callable[[TestClient], object]:
    app.asset("file")(lambda: "text")

    def act(_page: TestClient) -> None:
        app.downloads.on_started(lambda _event: outcome.try_all(app))
        app.downloads.save("/file")

    return act


def in_what_is_done_with_an_answer(app: AppOf, outcome: Outcome) -> Callable[[TestClient], object]:
    return lambda _page: app.window("main").bounds().when_done(lambda: outcome.try_all(app))


def in_what_converts_an_answer(app: AppOf, outcome: Outcome) -> Callable[[TestClient], object]:
    return lambda _page: app.window("main").bounds().map(lambda _bounds: outcome.try_all(app))


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
    in_a_thread_of_the_user_s, in_another_loop, on_the_main_thread, on_the_main_executor,
    on_an_executor_of_the_user_s, in_an_async_generator, in_a_handler_of_a_typed_event,
    in_a_handler_of_python_s_event, in_an_async_asset_route, in_the_body_of_an_asset,
    in_a_function_that_decides_where_downloads_go, in_what_is_done_with_an_answer,
    in_what_converts_an_answer,
]  # fmt: skip
