"""State: one typed object, shared by Python and all windows, changed from anywhere."""

from dataclasses import dataclass, field

from pytron import App


@dataclass
class Item:
    """One thing to buy."""

    name: str
    bought: bool = False


@dataclass
class List:
    """What is shared. A change that does not fit these types is refused."""

    items: list[Item] = field(default_factory=lambda: [Item("Flour"), Item("Salt")])
    left: int = 2


app = App("Shopping", state=List, frontend="page", width=380, height=420)


@app.expose
def add(name: str) -> None:
    """A change made in Python. Inside a transaction it is one patch, and none is lost."""
    with app.transaction():
        app.state.items.append(Item(name))
        app.state.left += 1


def count(_items: object) -> None:
    """A change made in a page is seen here, too."""
    app.state.left = sum(not item.bought for item in app.state.items)


app.subscribe("items", count)


@app.expose
def open_another() -> None:
    """Open one more window, which shows the same list."""
    app.open_window(f"window-{len(app.windows) + 1}", width=380, height=420)


if __name__ == "__main__":
    raise SystemExit(app.run())
