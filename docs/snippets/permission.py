"""Windows that may do only some things."""

from pytron import App

app = App("Permission", allow=["open_docs", "notes.*"])


@app.expose(name="notes.read")
def read() -> list[str]:
    """Foreign pages with the grant may have it too."""
    return ["first"]


@app.expose(name="notes.clear")
def clear() -> None:
    """Only for pages of the app."""


@app.expose
def open_docs() -> None:
    """A page from elsewhere, in a window of its own."""
    app.open_window(
        "docs",
        url="https://docs.example.org",
        trust=True,
        allow=["notes.read", "events:note.*"],
    )


if __name__ == "__main__":
    raise SystemExit(app.run())
