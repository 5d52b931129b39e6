"""Screens of different scale beside each other, as Wayland has them: pages are sharp on each."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from e2e.driver import RunApp
from PIL import Image

from tools.dev.display import fresh_scales

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="screens of the test's own are weston's"
)

#: The first window covers the middle of the first screen, wherever weston puts it there.
APP = """
import subprocess

app = App("Scaled", app_id="dev.pytron.scaled", frontend="page", remember=True, width=400, height=250)
shots = 0

def xdotool(*words: object) -> None:
    subprocess.run(["xdotool", *map(str, words)], timeout=60, check=True)

@app.expose
def drag() -> None:
    \"\"\"From the middle of the first screen to its edge, so that most is on the second.\"\"\"
    xdotool("mousemove", 210, 200, "keydown", "super", "mousedown", 1)
    xdotool("mousemove", 599, 200, "mouseup", 1, "keyup", "super")

@app.expose
def screens() -> list:
    return app.system.screens().result(60)

@app.expose
def put(options: dict) -> None:
    app.window("main").set(**options)

@app.expose
async def look() -> dict:
    global shots
    shots += 1
    window = app.window("main")
    await window.screenshot(f"{__file__}.{shots}.png")
    bounds = await window.bounds()
    return {"size": [bounds["width"], bounds["height"]], "full": (await window.status())["fullscreen"]}
"""
LOOK = """
const until = async (met) => { while (!met()) await new Promise(requestAnimationFrame); };
const large = (width, height) => until(() => innerWidth === width && innerHeight === height);
const tell = async () => {
  const { size, full } = await pytron.look();
  report([devicePixelRatio, innerWidth, innerHeight, screen.width, screen.height, size, full]);
};
"""
LEFT, RIGHT = [600, 400], [640, 480]


@pytest.fixture
def scales() -> Generator[Mapping[str, str]]:
    """Two screens side by side, and the pointer on the first, where windows therefore open."""
    with fresh_scales() as variables:
        environment = {**os.environ, **variables}
        search = ["xdotool", "search", "--class", "weston"]
        found = subprocess.run(search, env=environment, check=True, capture_output=True, text=True)
        _, second = sorted(map(int, found.stdout.split()))
        command = ["xdotool", "windowmove", str(second), "700", "0"]
        subprocess.run(command, env=environment, check=True)
        point(variables, 100)
        yield variables


def point(display: Mapping[str, str], x: int) -> None:
    """Put the pointer there, and with it the windows that open: from 700 on the second screen."""
    command = ["xdotool", "mousemove", str(x), "200"]
    subprocess.run(command, env={**os.environ, **display}, check=True)


def assert_seen(folder: Path, told: Sequence[list[Any]]) -> None:
    """Each page that was told of filled as many pixels as it said."""
    for number, (scale, width, height, *_) in enumerate(told, 1):
        with Image.open(folder / f"app.py.{number}.png") as shot:
            assert shot.size == (scale * width, scale * height)


def test_a_page_is_told_when_its_window_comes_to_a_sharper_screen(
    run_app: RunApp, scales: Mapping[str, str], tmp_path: Path
) -> None:
    environment = {**scales, "XDG_DATA_HOME": str(tmp_path / "data")}
    page = f"""{LOOK}
    report((await pytron.screens()).map((one) => [one.x, one.y, one.width, one.height, one.scale]));
    await large(400, 250);
    await tell();
    let sharper = false;
    matchMedia("(resolution: 2dppx)").addEventListener("change", () => {{ sharper = true; }});
    while (!sharper) await pytron.drag();
    await tell();
    """
    ended = run_app(page, APP, environment=environment)
    screens, *told = ended.reports
    assert screens == [[0, 0, *LEFT, 1], [600, 0, *RIGHT, 2]]
    assert told == [
        [1, 400, 250, *LEFT, [400, 250], False],
        [2, 400, 250, *RIGHT, [400, 250], False],
    ]
    assert_seen(ended.folder, told)


def test_a_window_is_as_sharp_as_its_screen_and_as_large_as_it_was(
    run_app: RunApp, scales: Mapping[str, str], tmp_path: Path
) -> None:
    environment = {**scales, "XDG_DATA_HOME": str(tmp_path / "data")}
    on_first = f"""{LOOK}
    await pytron.put({{ width: 440, height: 280 }});
    await large(440, 280);
    """
    run_app(on_first, APP, environment=environment)
    point(scales, 900)
    on_second = f"""{LOOK}
    await large(440, 280);
    await until(() => devicePixelRatio === 2);
    await tell();
    for (const how of ["fullscreen", "kiosk"]) {{
      await pytron.put({{ [how]: true }});
      await large({RIGHT[0]}, {RIGHT[1]});
      await tell();
      await pytron.put({{ [how]: false }});
      await large(440, 280);
    }}
    """
    ended = run_app(on_second, APP, environment=environment)
    assert ended.reports == [
        [2, 440, 280, *RIGHT, [440, 280], False],
        [2, *RIGHT, *RIGHT, RIGHT, True],
        [2, *RIGHT, *RIGHT, RIGHT, True],
    ]
    assert_seen(ended.folder, ended.reports)
