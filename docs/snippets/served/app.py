"""A guest book for many: `pytron serve app.py` serves it, `python app.py` shows it in a window."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytron
from pytron import App


@dataclass
class Entry:
    name: str
    text: str


@dataclass
class Book:
    entries: list[Entry] = field(default_factory=list[Entry])


app = App("Guest book", state=Book, frontend="page", width=480, height=420)
added = app.event("added", Entry, remote=True)


@app.expose(remote=True)
def sign(name: str, text: str) -> int:
    """Visitors may call this. What they see of each other is what it emits."""
    entry = Entry(name[:40], text[:400])
    with app.transaction():
        app.state.entries.append(entry)
    pytron.current().window.state.signed = True  # of this visitor alone
    added.emit(entry)
    return len(app.state.entries)


@app.expose(remote=True)
def recent(count: int = 20) -> list[Entry]:
    return app.state.entries[-min(count, 100) :]


@app.expose
def clear() -> None:
    """Not marked: only the app's own window, on the owner's machine, may call this."""
    with app.transaction():
        app.state.entries.clear()


if __name__ == "__main__":
    raise SystemExit(app.run())
