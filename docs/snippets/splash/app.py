"""A picture that is there while the app gets ready."""

from __future__ import annotations

from typing import Any

from pytron import App

planets: list[dict[str, Any]] = []

app = App("Atlas", frontend="page", splash="splash.png", width=900, height=600)


@app.on_start
def load() -> None:
    """What takes its time happens behind the picture: imports of large libraries, too."""
    global planets
    import json

    planets = json.loads((app.folder / "planets.json").read_text("utf-8"))


@app.expose
def names() -> list[str]:
    """Names of all planets."""
    return [planet["name"] for planet in planets]


if __name__ == "__main__":
    raise SystemExit(app.run())
