"""Real input: the system's pointer and keyboard reach Python through a window."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from pytron.testing import DrivenApp

APP = """
from pytron import App

app = App("Touched", frontend="page", width=500, height=400, x=40, y=40, ephemeral=True)


@app.expose
def touched(trusted: bool, text: str) -> str:
    return f"{trusted} {text}"


if __name__ == "__main__":
    raise SystemExit(app.run())
"""
PAGE = """<!doctype html><meta charset="utf-8"><title>Touched</title>
<style>body { margin: 0 } button { display: block; width: 500px; height: 300px } input { width: 300px }</style>
<button>Touch</button><input aria-label="Text">
<script type="module">
import pytron from "/_pytron/client.js";
const field = document.querySelector("input");
document.querySelector("button").addEventListener("click", () => field.focus());
field.addEventListener("change", (event) => pytron.touched(event.isTrusted, field.value));
await pytron.ready;
</script>"""


def test_click_and_keys_of_the_system_reach_python(tmp_path: Path) -> None:
    if shutil.which("xdotool") is None:
        pytest.skip("xdotool moves the pointer on X11 only")
    (tmp_path / "page").mkdir()
    (tmp_path / "app.py").write_text(APP, "utf-8")
    (tmp_path / "page" / "index.html").write_text(PAGE, "utf-8")
    with DrivenApp("app.py", folder=tmp_path) as app:
        window = app.window()
        window.by_role("button", "Touch").expect_visible()
        found = _xdotool("search", "--sync", "--name", "^Touched$").split()
        _xdotool("windowactivate", "--sync", found[-1])
        _xdotool("mousemove", "--window", found[-1], "250", "150", "click", "1")
        window.by_label("Text").expect_focused()
        with window.expect_call("touched") as call:
            _xdotool("type", "--delay", "20", "hello")
            window.by_label("Text").expect_value("hello")
            _xdotool("key", "Return")
        assert call.arguments == [True, "hello"]


def _xdotool(*words: str) -> str:
    done = subprocess.run(["xdotool", *words], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    return done.stdout
