"""Events: from Python to pages, from pages to Python, from window to window."""

import threading
from datetime import datetime

from pytron import App, Event

app = App("Events", frontend="page", width=480, height=380)
stopped = threading.Event()
clicks: list[Event] = []


def tick() -> None:
    """Any thread may emit."""
    while not stopped.wait(0.25):
        app.emit("clock.tick", datetime.now().isoformat(timespec="milliseconds"))


@app.on_start
def start() -> None:
    """Start the clock."""
    threading.Thread(target=tick, daemon=True).start()


@app.on_stop
def stop() -> None:
    """Stop the clock."""
    stopped.set()


@app.on("clicked")
def clicked(event: Event) -> None:
    """An event of a page: `event.window` says which one; answer that one alone."""
    clicks.append(event)
    app.window(event.window or "main").emit("clicks.counted", len(clicks))


if __name__ == "__main__":
    raise SystemExit(app.run())
