"""What the page beside this file calls: its lines stand in the documentation."""

from dataclasses import dataclass, field
from typing import Any

from pytron import App


@dataclass
class Item:
    """One thing to buy."""

    name: str
    bought: bool = False


@dataclass
class List:
    """What is shared."""

    items: list[Item] = field(default_factory=lambda: [Item("Flour"), Item("Salt")])
    left: int = 2


app = App("Documentation", state=List, frontend="page")


@app.expose
def add(a: int, b: int) -> int:
    """The sum."""
    return a + b


@app.expose
def held() -> dict[str, Any]:
    """What Python has."""
    return {"bought": app.state.items[0].bought, "left": app.state.left}


if __name__ == "__main__":
    raise SystemExit(app.run())
