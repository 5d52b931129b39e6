"""The inspector in a real window beside a real app."""

from __future__ import annotations

import shutil
import struct
import subprocess
import zlib
from pathlib import Path

import pytest
from pytron.testing import DrivenApp

APP = """
from pytron import App

app = App("Watched", frontend="page", width=500, height=400, ephemeral=True)


@app.expose
def add(a: int, b: int) -> int:
    return a + b


if __name__ == "__main__":
    raise SystemExit(app.run())
"""
PAGE = """<!doctype html><meta charset="utf-8"><title>Watched</title><button>Add</button><output></output>
<script type="module">
import pytron from "/_pytron/client.js";
document.querySelector("button").addEventListener("click", async function clicked() {
  document.querySelector("output").textContent = await pytron.add(1, 2);
});
</script>"""
LABEL = "pytron.inspector"


def test_key_opens_it_and_it_shows_what_happens(tmp_path: Path) -> None:
    (tmp_path / "page").mkdir()
    (tmp_path / "app.py").write_text(APP, "utf-8")
    (tmp_path / "page" / "index.html").write_text(PAGE, "utf-8")
    with DrivenApp("app.py", folder=tmp_path, environment={"PYTRON_DEV": "1"}) as app:
        window = app.window()
        window.by_role("button", "Add").click()
        window.by_role("status").expect_text("3")
        assert app.windows == ["main"]
        with app.window(LABEL).expect_window("loaded"):
            window.press("Control+Shift+Y")
        with window.expect_call("add") as call:
            window.by_role("button", "Add").click()
        assert call.value == 3
        assert "clicked" in (call.stack or "")  # calls say where they were made once it is open
        picture = app.window(LABEL).screenshot(tmp_path / "inspector.png")
        assert len(colours(picture)) > 16  # no blank page
        with app.window(LABEL).expect_window("closed"):
            window.press("Control+Shift+Y")
        assert app.windows == ["main"]


def xdotool(*words: str) -> None:
    """What the user does: the inspector's page has no part of the driver."""
    subprocess.run(["xdotool", *words], check=True, timeout=60)


EXPORTING = """
from pathlib import Path

@app.on_start
def here() -> None:
    app.downloads.folder = Path(__file__).parent / "down"


@app.on("download.finished")
def saved(event: object) -> None:
    app.emit("saved")
"""


@pytest.mark.skipif(shutil.which("xdotool") is None, reason="xdotool types on X11 only")
def test_what_it_shows_is_exported_to_a_file(tmp_path: Path) -> None:
    (tmp_path / "page").mkdir()
    app_file = APP.replace("\n\nif __name__", f"\n\n{EXPORTING}\n\nif __name__")
    (tmp_path / "app.py").write_text(app_file, "utf-8")
    (tmp_path / "page" / "index.html").write_text(PAGE, "utf-8")
    with DrivenApp("app.py", folder=tmp_path, environment={"PYTRON_DEV": "1"}) as app:
        window = app.window()
        with app.window(LABEL).expect_window("loaded"):
            window.press("Control+Shift+Y")
        with window.expect_call("add"):
            window.by_role("button", "Add").click()
        with window.expect_event("saved"):
            xdotool(
                "search", "--sync", "--name", "^Inspector: Watched$", "windowactivate", "--sync"
            )
            xdotool("key", "e")
    [file] = (tmp_path / "down").iterdir()
    assert file.name == "Watched-inspector.json"
    assert '"add"' in file.read_text("utf-8")


def colours(picture: Path) -> set[bytes]:
    """The colours of a PNG of eight bits a channel, rows without filters undone: enough to count."""
    data, at, packed, channels = picture.read_bytes(), 8, b"", 3
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            channels = {2: 3, 6: 4}[body[9]]
        elif kind == b"IDAT":
            packed += body
        at += 12 + length
    pixels = zlib.decompress(packed)
    return {pixels[i : i + channels] for i in range(1, len(pixels) - channels, channels)}
