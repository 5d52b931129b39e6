from pathlib import Path

from pytron import App, CallError

app = App("Notes", frontend="page", width=420, height=260)


def place(name: str) -> Path:
    return app.folder / "notes" / f"{Path(name).name}.txt"  # a name, never a path


@app.expose
async def read_note(name: str) -> str:
    if not place(name).is_file():
        raise CallError(f"there is no note {name!r}", code="no_such_note")
    return place(name).read_text("utf-8")


@app.expose
def open_viewer(name: str) -> None:
    app.open_window(f"note-{name}", url=f"/viewer.html?{name}", allow=["read_note"])


if __name__ == "__main__":
    raise SystemExit(app.run())
