"""Pytron App: what Python does for the page. `pytron run` opens it."""

from dataclasses import dataclass
from datetime import datetime

from pytron import App


@dataclass
class State:
    """What Python and every window share; a change on one side shows on the other."""

    count: int = 0


@dataclass
class Greeted:
    """Somebody was greeted."""

    name: str
    at: str


app = App("Pytron App", state=State, frontend="frontend/dist", width=960, height=560)
greeted = app.event("greeted", Greeted)


@app.expose
def greet(name: str) -> str:
    """Greet somebody, and tell every window.

    Args:
        name: who it is.
    """
    who = name.strip() or "world"
    greeted.emit(Greeted(who, f"{datetime.now():%H:%M:%S}"))
    return f"Hello, {who}! This is Python."


@app.expose
def reset() -> None:
    """Set the count to zero, from Python."""
    with app.transaction():
        app.state.count = 0


if __name__ == "__main__":
    raise SystemExit(app.run())
