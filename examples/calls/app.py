"""Calls: checked arguments, worker threads, the app's loop, errors with codes, timeouts."""

import asyncio
import time
from dataclasses import dataclass
from datetime import date

from pytron import App

app = App("Calls", frontend="page", width=640, height=620)


class AccountLocked(Exception):
    """The page gets `name`, `code` and `message`; the traceback stays in Python's log."""

    code = "account_locked"


@dataclass
class Trip:
    """Arguments and results may be dataclasses; what does not fit never reaches the function."""

    place: str
    start: date
    days: int = 3


@app.expose
def add(a: int, b: int) -> int:
    """Runs on a worker thread, as every `def` does."""
    return a + b


@app.expose
async def after(seconds: float) -> str:
    """Runs on the app's asyncio loop, as every `async def` does."""
    await asyncio.sleep(seconds)
    return f"waited {seconds} s"


@app.expose
def plan(trip: Trip) -> Trip:
    """Takes an object of the page as a Trip, with its date as a date."""
    return Trip(trip.place.title(), trip.start.replace(day=1), trip.days + 1)


@app.expose
def readings(count: int) -> list[dict[str, float]]:
    """A long list: the page reads its beginning while the rest is being written."""
    return [{"minute": minute, "celsius": 20 + minute % 7 / 10} for minute in range(count)]


@app.expose
def log_in(name: str) -> None:
    """Fails."""
    raise AccountLocked(f"the account of {name} is locked: ask for a new key")


@app.expose(timeout_s=0.2)
def slow() -> str:
    """The page gets `timeout` after 0.2 s. The thread itself can't be stopped, and goes on."""
    time.sleep(1)
    return "too late"


if __name__ == "__main__":
    raise SystemExit(app.run())
