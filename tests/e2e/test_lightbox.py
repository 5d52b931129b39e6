"""Lightbox, the picture organiser, as its user has it: it poses, and pictures are dragged out."""

from __future__ import annotations

import shutil
import subprocess
import sys
from itertools import count
from pathlib import Path
from time import monotonic

import pytest
from PIL import Image
from pytron.testing import DrivenApp

EXAMPLE = Path(__file__).parents[2] / "examples" / "pictures"
DEADLINE_S = 60
#: The page tells what it hears of files.
_LISTEN = """import("/_pytron/client.js").then(({ default: pytron }) => {
  globalThis.heard = { over: false, dropped: [] };
  pytron.on("files.over", ({ inside }) => { heard.over = inside; });
  pytron.on("files.dropped", ({ files }) => { heard.dropped = files.map((file) => file.name); });
})"""
_DROPPED = """new Promise((done) => {
  const look = () => (heard.dropped.length ? done(heard.dropped) : setTimeout(look, 20));
  look();
})"""
_MIDDLE = """(() => {
  const { x, y, width, height } = document.querySelector("figure img").getBoundingClientRect();
  return [Math.round(x + width / 2), Math.round(y + height / 2 + outerHeight - innerHeight)];
})()"""


@pytest.fixture(autouse=True)
def _home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path_factory.mktemp("home")  # short: the name of a socket in it has a limit
    for name in ("HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")


def test_it_takes_its_pictures_for_the_documentation(tmp_path: Path) -> None:
    command = [sys.executable, str(EXAMPLE / "photograph.py"), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE_S, check=False)
    assert done.returncode == 0, done.stderr
    for name, ground in (("lightbox", (0xF6, 0xF5, 0xF2)), ("lightbox-dark", (0x1B, 0x1B, 0x1A))):
        with Image.open(tmp_path / f"{name}.png") as opened:
            shot = opened.convert("RGB")
        assert shot.width == 1080
        assert shot.getpixel((4, 4)) == ground
        assert len(shot.getcolors(1_000_000) or ()) > 1000  # eight landscapes


def test_a_picture_is_dragged_out_as_its_file() -> None:
    if shutil.which("xdotool") is None:
        pytest.skip("xdotool moves the pointer on X11 only")
    with DrivenApp(EXAMPLE / "app.py", timeout_s=DEADLINE_S) as app:
        page = app.window()
        page.by_role("button", "Show me some").click()
        page.css("figure").expect_count(8)
        page.evaluate(_LISTEN)
        window = _xdotool("search", "--sync", "--onlyvisible", "--name", "^Lightbox$").split()[-1]
        _xdotool("windowactivate", "--sync", window)
        x, y = page.evaluate(_MIDDLE)
        _move(window, x, y)
        _xdotool("mousedown", "1")
        try:
            end = monotonic() + DEADLINE_S
            for step in count(1):
                _move(window, x + 8 + step % 40, y + 8 + step % 20)
                if page.evaluate("heard.over"):
                    break
                assert monotonic() < end, f"nothing was dragged; it wrote:\n{app.output}"
        finally:
            _xdotool("mouseup", "1")
        assert page.evaluate(_DROPPED) == ["Dawn.svg"]
        page.css("figure").expect_count(8)  # it is known already


def _move(window: str, x: int, y: int) -> None:
    _xdotool("mousemove", "--window", window, str(x), str(y))


def _xdotool(*words: str) -> str:
    done = subprocess.run(["xdotool", *words], capture_output=True, text=True, timeout=DEADLINE_S)
    assert done.returncode == 0, done.stderr
    return done.stdout
