"""The benchmark app on Pytron, native engine."""

from typing import Any

import functions
from pytron import App

app = App(
    "Bench",
    frontend=str(functions.PAGE),
    width=functions.WIDTH,
    height=functions.HEIGHT,
)

for function in (
    functions.ping,
    functions.ping_many,
    functions.intervals,
    functions.answered,
    functions.plan,
    functions.record,
    functions.dicts,
    functions.take_dicts,
    functions.checksum_up,
    functions.busy,
    functions.memory,
    functions.finish,
):
    app.expose(function)


@app.expose
def checksum() -> int:
    """The payload's checksum."""
    return functions.checksum()


@app.expose
def download() -> bytes:
    """The payload; arrives as an ArrayBuffer."""
    return functions.payload()


@app.expose
def upload(data: bytes) -> int:
    """Take bytes."""
    return functions.take_bytes(data)


@app.expose
def push(count: int, group: int) -> None:
    """Push events to the page."""

    def emit(data: Any) -> None:
        app.emit("tick", data)

    functions.push(count, group, emit)


if __name__ == "__main__":
    raise SystemExit(app.run())
