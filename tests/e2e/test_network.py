"""A network that is cut at random points, between a real browser and the server."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator

import pytest
from e2e.driver import RunApp
from e2e.proxy import Proxy

PYTHON = """
import threading, time
from dataclasses import dataclass, field

@dataclass
class State:
    total: int = 0

app = App("Test", state=State, frontend="page", ephemeral=True)
runs = {}
lock = threading.Lock()

@app.expose
def note(number: int) -> int:
    with lock:
        runs[number] = runs.get(number, 0) + 1
    return number

@app.expose
def numbers(to: int):
    yield from range(to)

@app.expose
def tick(times: int) -> None:
    for number in range(times):
        app.emit("tick", number)
        with app.transaction():
            app.state.total += 1

@app.expose
def echo(data: bytes) -> bytes:
    return data

@app.expose
def counted() -> list:
    return [len(runs), sum(runs.values()), app.state.total]
"""

PAGE = """
await pytron.ready;
const ticks = [];
pytron.on("tick", (number) => ticks.push(number));
const answers = [];
for (let round = 0; round < 40; round++) {
  const some = [...Array(10)].map((_, i) => pytron.note(round * 10 + i));
  answers.push(...await Promise.all(some));
}
const streamed = [];
for await (const number of pytron.numbers(3000)) streamed.push(number);
await pytron.tick(1000);
const bytes = new Uint8Array(50_000).map((_, i) => i % 251);
const back = new Uint8Array(await pytron.echo(bytes));
const [different, all, total] = await pytron.counted();
report({
  answers: answers.every((value, i) => value === i) && answers.length,
  streamed: streamed.every((value, i) => value === i) && streamed.length,
  ticks: ticks.every((value, i) => value === i) && ticks.length,
  bytes: back.length === bytes.length && back.every((value, i) => value === bytes[i]),
  different, all, total, state: pytron.state.total,
});
"""


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    made = Proxy(random.Random(20261128))
    yield made
    made.end()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_cut_at_random_points_everything_arrives_once(run_app: RunApp, proxy: Proxy) -> None:
    proxy.target = free_port()
    proxy.breaking = True
    environment = {
        "PYTRON_SERVER_PORT": str(proxy.target),
        "PYTRON_SERVER_URL": f"http://127.0.0.1:{proxy.port}",
    }
    [found] = run_app(PAGE, PYTHON, environment=environment, deadline_s=90).reports
    assert found == {
        "answers": 400,
        "streamed": 3000,
        "ticks": 1000,
        "bytes": True,
        "different": 400,
        "all": 400,
        "total": 1000,
        "state": 1000,
    }
    assert proxy.cuts > 5
