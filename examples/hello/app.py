"""The first example: a call, an event and a value that Python and the page share."""

from dataclasses import dataclass

from pytron import App


@dataclass
class Counter:
    """What Python and every page share."""

    greeted: int = 0


app = App("Hello", state=Counter, frontend="page", width=520, height=420)


@app.expose
def greet(name: str) -> str:
    """Greet somebody, and tell every window."""
    app.state.greeted += 1
    app.emit("greeted", name)
    return f"Hello, {name}!"


if __name__ == "__main__":
    raise SystemExit(app.run())
