"""Variables of contextvars: the app's own are there everywhere, and nobody sees another's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextvars import ContextVar
from typing import Any

import pytest
from pytron import App, Event, current
from pytron.engine import AssetRequest
from pytron.testing import TestClient
from waiting import Counter

AppOf = App[Any]
TIMES = 5

user: ContextVar[str] = ContextVar("user", default="nobody")


def changed() -> str:
    """What the variable was, for whoever comes after must not see what it is now."""
    was = user.get()
    user.set("somebody else")
    return was


@pytest.fixture(autouse=True)
def before_the_app_runs() -> Iterator[None]:
    token = user.set("me")
    yield
    user.reset(token)


@pytest.mark.parametrize("executor", ["thread", "loop", "serial"])
def test_each_call_has_the_app_s_and_keeps_its_own(executor: str) -> None:
    app: AppOf = App("test", ephemeral=True, executors={"serial": 1})
    app.expose(changed, executor=executor)
    with TestClient(app) as page:
        assert {page.call("changed") for _ in range(TIMES)} == {"me"}


def test_what_an_async_function_begins_has_what_it_has_set(app: AppOf) -> None:
    def look() -> list[str]:
        return [user.get(), current().name]

    async def look_later() -> list[str]:
        return look()

    @app.expose
    async def ask(name: str) -> list[Any]:
        was = user.get()
        user.set(name)
        await asyncio.sleep(0)
        return [was, await asyncio.to_thread(look), await asyncio.create_task(look_later())]

    with TestClient(app) as page:
        calls = {name: page.start("ask", name) for name in ("a", "b", "c")}
        for name, call in calls.items():
            assert page.result(call) == ["me", [name, "ask"], [name, "ask"]]


def test_steps_of_a_generator_share_one_context(app: AppOf) -> None:
    """Also those past its first credit, which other threads may take."""

    @app.expose
    def plain() -> Iterator[str]:
        for number in range(200):
            yield user.get()
            user.set(str(number))

    @app.expose
    async def later() -> AsyncIterator[str]:
        for number in range(200):
            yield user.get()
            user.set(str(number))
            await asyncio.sleep(0)

    with TestClient(app) as page:
        for name in ("plain", "later"):
            assert list(page.stream(name)) == ["me", *map(str, range(199))]


def test_handlers_of_events_see_no_other_s(app: AppOf) -> None:
    seen: list[str] = []
    done = Counter()

    @app.on("news")
    def handle(_event: Event) -> None:
        seen.append(changed())
        done.add()

    @app.on("news")
    async def handle_later(_event: Event) -> None:
        seen.append(changed())
        done.add()

    with TestClient(app) as page:
        for _ in range(TIMES):
            page.emit("news")
        done.reach(2 * TIMES)
    assert seen == ["me"] * 2 * TIMES


def test_asset_routes_see_no_other_s(app: AppOf) -> None:
    seen: list[str] = []
    done = Counter()

    def note() -> bytes:
        seen.append(changed())
        done.add()
        return b""

    app.asset("plain")(note)

    @app.asset("later")
    async def later() -> bytes:
        return note()

    with TestClient(app) as page:
        window = app.window("main").id
        for number in range(TIMES):
            for name in ("plain", "later"):
                page.engine.happen(AssetRequest(number, window, "GET", f"/{name}", {}))
        done.reach(2 * TIMES)
    assert seen == ["me"] * 2 * TIMES
