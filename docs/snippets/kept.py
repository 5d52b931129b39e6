"""State that is still there tomorrow."""

from dataclasses import dataclass, field
from typing import Any

from pytron import App


@dataclass
class Journal:
    """What is kept. New fields need a default, and nothing else."""

    entries: list[str] = field(default_factory=list[str])
    font_size: int = 14


app = App("Kept", state=Journal, persist=True)


@app.migrate(1)
def split_text(data: dict[str, Any]) -> dict[str, Any]:
    """Version 1 had one long text, `{"text": "…"}`; version 2 has entries."""
    return {"entries": data["text"].splitlines()}


@app.expose
def write(entry: str) -> int:
    """Change the state as ever; it is written behind your back."""
    app.state.entries.append(entry)
    return len(app.state.entries)


@app.expose
def sign(entry: str) -> None:
    """When this has been answered, the entry is there after a power failure too."""
    app.state.entries.append(entry)
    app.flush()


if __name__ == "__main__":
    raise SystemExit(app.run())
