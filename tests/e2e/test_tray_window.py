"""Closing to the tray with a real window: what the window manager asks, and what is on the screen."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from e2e.desktop import ITEM, Bus, Desktop
from e2e.test_launching import Line, said

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="X11 and D-Bus are Linux's")

NAME = "^Kept in the tray$"
PAGE = """<!doctype html><meta charset="utf-8"><title>Kept</title><script type="module">
import pytron from "/_pytron/client.js";
await pytron.call("begin");
</script>"""
PROGRAM = """
import json, socket
from pathlib import Path
from pytron import App
from pytron.services.menus import Item

here = Path(__file__).parent
app = App("Kept in the tray", frontend="page", ephemeral=True)
line = socket.socket(socket.AF_UNIX)
line.connect(str(here / "line"))

def say(*words):
    line.sendall(json.dumps(words).encode() + b"\\n")

@app.expose
async def begin():
    await app.menus.set([Item("File", items=[Item("Open", "open", keys="CmdOrCtrl+O")])])
    await app.tray.show(here / "icon.png", items=[Item(role="quit")])
    app.tray.keep_running()
    say("begun", True)

@app.on("window.state")
def changed(event):
    say("visible", event.data["visible"])

if __name__ == "__main__":
    code = app.run()
    say("ended", code)
"""


def xdotool(*words: str) -> str:
    """What it prints."""
    done = subprocess.run(
        ["xdotool", *words], capture_output=True, text=True, timeout=60, check=False
    )
    return done.stdout.strip()


def until(app: Any, visible: bool) -> None:
    """Wait until the window says so."""
    while said(app, "visible") is not visible:
        pass


def test_window_that_the_user_closes_waits_in_the_tray(tmp_path: Path) -> None:
    from PIL import Image

    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "index.html").write_text(PAGE, "utf-8")
    (tmp_path / "app.py").write_text(textwrap.dedent(PROGRAM), "utf-8")
    Image.new("RGBA", (32, 32), "red").save(tmp_path / "icon.png")
    line = Line(tmp_path / "line")
    complaints = tmp_path / "complaints"
    with ExitStack() as ends:
        ends.callback(line.close)
        bus = ends.enter_context(Bus())
        desktop = ends.enter_context(Desktop(bus, "tray"))
        variables = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": bus.address}
        variables["PYTHONPATH"] = os.pathsep.join(sys.path)
        command = [sys.executable, str(tmp_path / "app.py")]
        errors = ends.enter_context(complaints.open("w"))
        running = ends.enter_context(subprocess.Popen(command, env=variables, stderr=errors))
        ends.callback(running.kill)  # else a failure would wait for it
        app = line.app()
        assert said(app, "begun")
        shown = desktop.expect("tray", 60)
        window = xdotool("search", "--sync", "--onlyvisible", "--name", NAME)
        xdotool("windowactivate", "--sync", window)
        xdotool("key", "alt+F4")  # as openbox closes windows
        until(app, visible=False)
        deadline = time.monotonic() + 60
        while xdotool("search", "--onlyvisible", "--name", NAME):
            assert time.monotonic() < deadline, "the window is still on the screen"
        assert running.poll() is None
        where = {"name": shown["name"], "path": "/StatusNotifierItem", "interface": ITEM}
        desktop.do(kind="call", **where, member="Activate", signature="ii", body=[0, 0])
        until(app, visible=True)
        assert xdotool("search", "--sync", "--onlyvisible", "--name", NAME)
        (quit_item,) = shown["menu"]["children"]
        desktop.do(kind="choose", name=shown["name"], number=quit_item["number"])
        assert said(app, "ended") == 0
        assert running.wait(60) == 0
    # GTK complains of keys of a menu that goes after its window.
    assert "accelerator" not in complaints.read_text("utf-8")
