"""Windows: opening them, changing them, and asking before one closes."""

from typing import Any

from pytron import App, Event

app = App("Windows", frontend="page", width=520, height=420, min_width=360, min_height=300)
unsaved: set[str] = set()
serial = iter(range(2, 1_000_000))


@app.expose
def open_another() -> str:
    """Open one more window; its label."""
    label = f"window-{next(serial)}"
    app.open_window(label, title=label, width=360, height=300)
    return label


@app.expose
async def describe(label: str) -> dict[str, Any]:
    """Ask a window something: queries can be awaited, and have `.result()` elsewhere."""
    window = app.window(label)
    return {"title": window.title, "bounds": await window.bounds(), "url": await window.url()}


@app.expose
def rename(label: str, title: str) -> None:
    """Commands don't wait."""
    app.window(label).title = title


@app.expose
def touched(label: str, dirty: bool) -> None:
    """The page says whether it has something to save."""
    (unsaved.add if dirty else unsaved.discard)(label)


@app.on("window.closing")
def closing(event: Event) -> None:
    """The user asked to close a window. With unsaved work, its page asks back."""
    if event.window in unsaved:
        event.prevent()
        app.window(event.window).emit("confirm-close")


@app.expose
def close(label: str) -> None:
    """Close a window without asking again."""
    unsaved.discard(label)
    app.window(label).close()


if __name__ == "__main__":
    raise SystemExit(app.run())
