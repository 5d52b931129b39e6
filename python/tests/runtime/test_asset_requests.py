"""Assets of routes, answered from threads and from the loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from pytron import App
from pytron.dispatcher.loop import Loop
from pytron.runtime.asset_requests import Bridge
from pytron.testing import TestClient
from waiting import Counter, Gate, finishes

AppOf = App[Any]


def test_routes_of_every_kind_answer(app: AppOf) -> None:
    @app.asset("plain/{name}")
    def plain(name: str) -> str:
        return name

    @app.asset("later/{name}")
    async def later(name: str) -> bytes:
        await asyncio.sleep(0)
        return name.encode()

    @app.asset("pieces")
    def pieces() -> Iterator[bytes]:
        yield from (b"a", b"b")

    @app.asset("pieces_later")
    async def pieces_later() -> AsyncIterator[bytes]:
        for n in range(50):
            await asyncio.sleep(0)
            yield b"%d," % n

    with TestClient(app) as page:
        assert page.get("/plain/x").text == "x"
        assert page.get("/later/x").body == b"x"
        assert page.get("/pieces").body == b"ab"
        assert page.get("/pieces_later").body == b"".join(b"%d," % n for n in range(50))
        assert page.get("/missing").status == 404


@pytest.mark.parametrize("kind", ["def", "async"])
def test_route_that_fails_is_500_and_logged(
    app: AppOf, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    if kind == "def":

        @app.asset("bad")
        def bad() -> str:
            raise ValueError("secret reason")
    else:

        @app.asset("bad")
        async def bad_later() -> str:
            raise ValueError("secret reason")

    with caplog.at_level(logging.ERROR), TestClient(app) as page:
        answer = page.get("/bad")
    assert answer.status == 500
    assert "secret" not in answer.text
    assert "secret reason" in caplog.text


def test_slow_route_does_not_hold_up_others(app: AppOf) -> None:
    gate = Gate()

    @app.asset("slow")
    def slow() -> str:
        gate.pass_through()
        return "slow"

    @app.asset("quick")
    def quick() -> str:
        return "quick"

    with TestClient(app) as page:
        got: list[str] = []
        import threading

        thread = threading.Thread(target=lambda: got.append(page.get("/slow").text))
        thread.start()
        assert page.get("/quick").text == "quick"
        gate.set()
        thread.join(10)
        assert got == ["slow"]


# --- the bridge from the loop to a thread -----------------------------------------------------


@pytest.fixture
def loop() -> Iterator[Loop]:
    made = Loop()
    yield made
    made.close(5)


def test_bridge_makes_only_a_few_pieces_ahead(loop: Loop) -> None:
    made = Counter()

    async def pieces() -> AsyncIterator[bytes]:
        for n in range(100):
            made.add()
            yield bytes([n])

    def read() -> None:
        bridge = Bridge(pieces(), loop)
        made.reach(4)
        settled = Gate()
        loop.submit(settled.set)
        settled.pass_through()
        assert made.value <= 5
        assert b"".join(bridge) == bytes(range(100))

    finishes(read)


def test_bridge_closes_the_generator_when_the_page_has_gone(loop: Loop) -> None:
    ended = Gate()

    async def pieces() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"x"
        finally:
            ended.set()

    def read() -> None:
        bridge = Bridge(pieces(), loop)
        assert next(bridge) == b"x"
        bridge.close()
        ended.pass_through()

    finishes(read)


def test_bridge_passes_on_that_the_body_broke(loop: Loop) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"x"
        raise ValueError("broken")

    def read() -> None:
        bridge = Bridge(pieces(), loop)
        assert next(bridge) == b"x"
        with pytest.raises(RuntimeError, match="ended early") as caught:
            next(bridge)
        assert isinstance(caught.value.__cause__, ValueError)

    finishes(read)


def test_bridge_ends_with_the_loop() -> None:
    loop = Loop()
    started = Gate()

    async def pieces() -> AsyncIterator[bytes]:
        started.set()
        await asyncio.Event().wait()
        yield b""

    def read() -> None:
        bridge = Bridge(pieces(), loop)
        started.pass_through()
        loop.close(5)
        with pytest.raises(RuntimeError, match="ended early"):
            next(bridge)

    finishes(read)
