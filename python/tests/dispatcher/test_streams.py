"""Generators as streams: order, credit, errors, and how they are closed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from pytron import App, current, protocol
from pytron.errors import CallError
from pytron.testing import RemoteError, TestClient
from waiting import Counter, Gate

AppOf = App[Any]
CREDITS = protocol.INITIAL_CREDITS


def expose_both(
    app: AppOf, make: Callable[[int], Iterator[Any]], *, ended: Callable[[], object] = lambda: None
) -> None:
    """The same generator as `sync` and as `async`."""

    @app.expose(name="sync")
    def plain(count: int) -> Iterator[Any]:
        try:
            yield from make(count)
        finally:
            ended()

    @app.expose(name="later")
    async def asynchronous(count: int) -> AsyncIterator[Any]:
        try:
            for value in make(count):
                await asyncio.sleep(0)
                yield value
        finally:
            ended()


both = pytest.mark.parametrize("name", ["sync", "later"])


@both
@pytest.mark.parametrize("count", [0, 1, CREDITS - 1, CREDITS, CREDITS + 1, 1000])
def test_items_come_in_order_to_the_end(app: AppOf, name: str, count: int) -> None:
    expose_both(app, lambda count: iter(range(count)))
    with TestClient(app) as page:
        assert list(page.stream(name, count)) == list(range(count))


@both
def test_generator_stops_when_the_credit_is_used_up(app: AppOf, name: str) -> None:
    made = Counter()

    def count_up(count: int) -> Iterator[int]:
        for n in range(count):
            made.add()
            yield n

    expose_both(app, count_up)
    app.expose(lambda: made.value, name="made")
    with TestClient(app) as page:
        identity = page.start(name, 1000)
        made.reach(CREDITS)
        assert page.call("made") in (CREDITS, CREDITS + 1)
        page.send({"kind": "credit", "id": identity, "count": 10})
        made.reach(CREDITS + 10)
        assert page.call("made") in (CREDITS + 10, CREDITS + 11)
        assert next(page.items(identity)) == 0


@both
def test_closing_the_iterator_closes_the_generator(app: AppOf, name: str) -> None:
    ended = Gate()
    expose_both(app, lambda count: iter(range(count)), ended=ended.set)
    with TestClient(app) as page:
        items = page.stream(name, 1000)
        assert next(items) == 0
        items.close()  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue]
        ended.pass_through()
        assert not page.faults


@both
def test_error_in_a_generator_comes_after_its_items(app: AppOf, name: str) -> None:
    ended = Gate()

    def fail(count: int) -> Iterator[int]:
        yield from range(count)
        raise ValueError("enough")

    expose_both(app, fail, ended=ended.set)
    with TestClient(app) as page:
        seen: list[int] = []
        with pytest.raises(RemoteError, match="enough") as caught:
            seen.extend(page.stream(name, 3))
        assert (seen, caught.value.name) == ([0, 1, 2], "ValueError")
        ended.pass_through()


@both
def test_item_without_a_form_ends_the_stream_and_closes_the_generator(
    app: AppOf, name: str
) -> None:
    ended = Gate()
    expose_both(app, lambda _count: iter([1, object(), 2]), ended=ended.set)
    with TestClient(app) as page:
        items = page.stream(name, 3)
        assert next(items) == 1
        with pytest.raises(RemoteError) as caught:
            next(items)
        assert caught.value.code == "encode_failed"
        ended.pass_through()


@both
def test_items_may_be_binary(app: AppOf, name: str) -> None:
    expose_both(app, lambda _count: iter([b"a", {"x": b"b"}]))
    with TestClient(app) as page:
        assert list(page.stream(name, 2)) == [b"a", {"x": b"b"}]


def test_stream_that_waits_for_credit_holds_no_thread(app: AppOf) -> None:
    @app.expose
    def numbers() -> Iterator[int]:
        yield from range(CREDITS + 1)

    with TestClient(app) as page:
        streams = [page.start("numbers") for _ in range(200)]
        for identity in streams:
            assert list(page.items(identity)) == list(range(CREDITS + 1))


def test_steps_see_the_call_they_belong_to(app: AppOf) -> None:
    @app.expose
    def ids() -> Iterator[int]:
        for _ in range(3 * CREDITS):
            yield current().id

    @app.expose
    async def ids_later() -> AsyncIterator[int]:
        for _ in range(3 * CREDITS):
            yield current().id

    with TestClient(app) as page:
        for name in ("ids", "ids_later"):
            identity = page.start(name)
            assert set(page.items(identity)) == {identity}


@pytest.mark.parametrize("executor", ["single", "loop"])
def test_generator_goes_on_where_it_began(executor: str) -> None:
    app: AppOf = App("test", ephemeral=True, executors={"single": 1})
    seen: set[str] = set()

    @app.expose(executor=executor)
    def numbers() -> Iterator[int]:
        for n in range(3 * CREDITS):
            seen.add(threading.current_thread().name)
            yield n

    with TestClient(app) as page:
        assert len(list(page.stream("numbers"))) == 3 * CREDITS
    assert len(seen) == 1
    assert seen != {"MainThread"}


def test_close_while_a_step_runs_waits_for_the_step(app: AppOf) -> None:
    inside, gate, ended = Gate(), Gate(), Gate()

    @app.expose
    def slow() -> Iterator[int]:
        try:
            inside.set()
            gate.pass_through()
            yield 1
        finally:
            ended.set()

    with TestClient(app) as page:
        identity = page.start("slow")
        inside.pass_through()
        page.cancel(identity)
        with pytest.raises(RemoteError) as caught:
            page.result(identity)
        assert caught.value.code == "cancelled"
        gate.set()
        ended.pass_through()


def test_generator_that_refuses_to_end_harms_nobody(app: AppOf) -> None:
    @app.expose
    def stubborn() -> Iterator[int]:
        while True:
            try:
                yield 1
            except GeneratorExit:
                yield 2

    @app.expose
    def one() -> int:
        return 1

    with TestClient(app) as page:
        items = page.stream("stubborn")
        assert next(items) == 1
        items.close()  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue]
        assert page.call("one") == 1


def test_credit_and_cancel_from_all_sides_lose_nothing(app: AppOf) -> None:
    ended = Counter()
    expose_both(app, lambda count: iter(range(count)), ended=ended.add)
    with TestClient(app) as page:
        for round in range(50):
            name = ("sync", "later")[round % 2]
            identity = page.start(name, 10_000)
            page.send(
                *[{"kind": "credit", "id": identity, "count": 1} for _ in range(20)],
                {"kind": "cancel", "id": identity},
                {"kind": "credit", "id": identity, "count": 1},
            )
        # A generator that was cancelled before its first step never runs, and so never ends.
        assert list(page.stream("sync", 100)) == list(range(100))


def test_using_a_stream_as_a_call_and_the_other_way_is_told(app: AppOf) -> None:
    expose_both(app, lambda count: iter(range(count)))

    @app.expose
    def one() -> int:
        return 1

    with TestClient(app) as page:
        with pytest.raises(CallError) as caught:
            page.call("sync", 3)
        assert caught.value.code == "is_stream"
        with pytest.raises(CallError) as caught:
            next(page.stream("one"))
        assert caught.value.code == "not_stream"
