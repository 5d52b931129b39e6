"""The app's asyncio loop."""

from __future__ import annotations

import asyncio
import gc
import threading
from typing import Any

import pytest
from pytron.dispatcher.loop import Loop
from waiting import Counter, Gate


def test_loop_starts_at_its_first_use() -> None:
    loop = Loop()
    loop.close(1)
    with pytest.raises(RuntimeError, match="has ended"):
        loop.submit(lambda: None)


def test_functions_run_in_order_from_one_thread() -> None:
    loop = Loop()
    seen: list[int] = []
    done = Gate()
    for n in range(1000):
        loop.submit(lambda n=n: seen.append(n))
    loop.submit(done.set)
    done.pass_through()
    loop.close(5)
    assert seen == list(range(1000))


def test_functions_of_many_threads_all_run() -> None:
    loop = Loop()
    done = Counter()

    def submit() -> None:
        for _ in range(500):
            loop.submit(done.add)

    threads = [threading.Thread(target=submit) for _ in range(8)]
    for thread in threads:
        thread.start()
    done.reach(4000)
    for thread in threads:
        thread.join()
    loop.close(5)


def test_function_that_fails_takes_no_other_with_it(caplog: pytest.LogCaptureFixture) -> None:
    loop = Loop()
    done = Gate()
    loop.submit(lambda: 1 / 0)
    loop.submit(done.set)
    done.pass_through()
    loop.close(5)
    assert "could not be started" in caplog.text


def test_spawned_tasks_are_kept_alive_until_they_end() -> None:
    loop = Loop()
    futures: list[asyncio.Future[None]] = []
    waiting, done = Counter(), Counter()

    async def wait() -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        futures.append(future)
        waiting.add()
        await future
        done.add()

    for _ in range(10):
        loop.spawn(wait)
    waiting.reach(10)
    gc.collect()
    for future in futures:
        loop.submit(lambda future=future: future.set_result(None))
    done.reach(10)
    ended = Gate()  # what tells that a task is done comes a turn later
    loop.submit(lambda: loop.submit(ended.set))
    ended.pass_through()
    assert loop._tasks == set()
    loop.close(5)


def test_close_cancels_what_runs_and_lets_it_finish() -> None:
    loop = Loop()
    order: list[str] = []
    started = Gate()

    async def wait() -> None:
        try:
            started.set()
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            order.append("finished")

    async def in_a_thread() -> None:
        await asyncio.get_running_loop().run_in_executor(None, lambda: None)

    loop.spawn(in_a_thread)
    loop.spawn(wait)
    started.pass_through()
    loop.close(5)
    order.append("closed")
    assert order == ["finished", "closed"]
    assert [t.name for t in threading.enumerate() if t.name.startswith("asyncio_")] == []


def test_async_generators_left_open_are_closed() -> None:
    loop = Loop()
    opened, closed = Gate(), Gate()
    kept: list[Any] = []

    async def numbers() -> Any:
        try:
            yield 1
        finally:
            closed.set()

    async def begin() -> None:
        kept.append(numbers())
        await kept[0].__anext__()
        opened.set()

    loop.spawn(begin)
    opened.pass_through()
    loop.close(5)
    closed.pass_through()
