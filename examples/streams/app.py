"""Streams and progress: a generator in Python is a `for await` in the page."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pytron
from pytron import App

app = App("Streams", frontend="page", width=560, height=460)
ended: list[str] = []


@app.expose
async def countdown(start: int) -> AsyncIterator[int]:
    """Runs on the loop. When the page stops reading, the generator is closed."""
    try:
        for number in range(start, 0, -1):
            yield number
            await asyncio.sleep(0.05)
    finally:
        ended.append("countdown")


@app.expose
def primes() -> Iterator[int]:
    """Runs on a worker thread, and waits when the page reads slowly."""
    number = 2
    while True:
        if all(number % divisor for divisor in range(2, int(number**0.5) + 1)):
            yield number
        number += 1


@app.expose
def crunch(steps: int) -> str:
    """One answer at the end, and progress on the way."""
    call = pytron.current()
    for step in range(1, steps + 1):
        time.sleep(0.01)
        call.progress(step, steps, f"step {step}")
        if call.cancelled:  # a thread can't be killed: look now and then
            return "stopped"
    return f"{steps} steps done"


if __name__ == "__main__":
    raise SystemExit(app.run())
