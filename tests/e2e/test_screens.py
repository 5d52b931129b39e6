"""Several screens, screens that go and come back, and scales: where windows are, to the pixel."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Generator, Mapping
from pathlib import Path

import pytest
from e2e.driver import RunApp

from tools.dev.display import fresh_screens
from tools.dev.machine import SetupError

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="screens of the test's own are Xorg's"
)

KEEPS = """
import subprocess

app = App("Kept", app_id="dev.pytron.kept", frontend="page", remember=True, x=40, y=50, width=500, height=300)

def real() -> list[int]:
    \"\"\"Where the display has the page: left, top, width and height in its own pixels.\"\"\"
    command = ["xdotool", "search", "--sync", "--onlyvisible", "--name", "^Kept$", "getwindowgeometry", "--shell"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    lines = dict(line.split("=") for line in done.stdout.split())
    return [int(lines[key]) for key in ("X", "Y", "WIDTH", "HEIGHT")]

@app.expose
def screens() -> list:
    return app.system.screens().result(60)

@app.expose
def until_there(x: float, width: float, height: float) -> list[int]:
    \"\"\"Wait for the window to be there, its frame's width aside; the app's deadline ends it.\"\"\"
    while True:
        left, top, *size = real()
        if abs(left - x) < 40 and size == [width, height]:
            return [left, top, *size]

@app.expose
def put(options: dict) -> None:
    app.window("main").set(**options)

@app.expose
async def bounds() -> dict:
    return dict(await app.window("main").bounds())
"""


@pytest.fixture
def screens() -> Generator[Mapping[str, str]]:
    """A display whose second screen is plugged in to the right of the first."""
    missing = [name for name in ("Xorg", "xrandr") if shutil.which(name) is None]
    if missing:
        pytest.skip(
            f"{' and '.join(missing)} are not installed; python3 dev.py test --all brings them"
        )
    try:
        with fresh_screens() as variables:
            plug(variables, "--output", "DUMMY0", "--mode", "1280x800", "--primary")
            plug(variables, "--addmode", "DUMMY1", "1024x768")
            plug_in(variables)
            yield variables
    except SetupError as error:
        pytest.skip(f"there are no screens of the test's own here: {error}")


def plug(display: Mapping[str, str], *words: str) -> None:
    for command in (["xrandr", *words], ["xrandr", "--query"]):  # asked anew, a screen is there
        subprocess.run(command, env={**os.environ, **display}, check=True, capture_output=True)


def plug_in(display: Mapping[str, str]) -> None:
    plug(display, "--output", "DUMMY1", "--mode", "1024x768", "--right-of", "DUMMY0")


def plug_out(display: Mapping[str, str]) -> None:
    plug(display, "--output", "DUMMY1", "--off")


def test_each_screen_is_told_with_its_place(run_app: RunApp, screens: Mapping[str, str]) -> None:
    page = "report(await pytron.screens());"
    (found,) = run_app(page, KEEPS, environment=dict(screens)).reports
    places = sorted(
        (one["x"], one["y"], one["width"], one["height"], one["primary"]) for one in found
    )
    assert places == [(0, 0, 1280, 800, True), (1280, 0, 1024, 768, False)]


def test_a_window_comes_back_to_a_screen_and_to_what_is_left_without_it(
    run_app: RunApp, screens: Mapping[str, str], tmp_path: Path
) -> None:
    environment = {**screens, "XDG_DATA_HOME": str(tmp_path / "data")}
    move = """
    await pytron.put({ x: 1500, y: 60, width: 700, height: 500 });
    report(await pytron.until_there(1500, 700, 500));
    """
    run_app(move, KEEPS, environment=environment)
    stay = """report((await pytron.until_there(1500, 700, 500)).slice(2));"""
    assert run_app(stay, KEEPS, environment=environment).reports == [[700, 500]]
    plug_out(screens)
    fit = "report((await pytron.until_there(1280 - 700, 700, 500)).slice(2));"
    assert run_app(fit, KEEPS, environment=environment).reports == [[700, 500]]
    plug_in(screens)
    assert run_app(stay, KEEPS, environment=environment).reports == [[700, 500]]


@pytest.mark.parametrize("how", ["fullscreen", "kiosk"])
def test_the_whole_screen_is_the_one_that_the_window_is_on(
    run_app: RunApp, screens: Mapping[str, str], how: str
) -> None:
    page = f"""
    await pytron.put({{ x: 1500, y: 60 }});
    await pytron.until_there(1500, 500, 300);
    await pytron.put({{ {how}: true }});
    report(await pytron.until_there(1280, 1024, 768));
    await pytron.put({{ {how}: false }});
    await pytron.until_there(1500, 500, 300);
    """
    assert run_app(page, KEEPS, environment=dict(screens)).reports == [[1280, 0, 1024, 768]]


def test_pixels_are_logical_at_twice_the_scale(run_app: RunApp, tmp_path: Path) -> None:
    environment = {"GDK_SCALE": "2", "XDG_DATA_HOME": str(tmp_path / "data")}
    page = """
    const there = await pytron.until_there(80, 1000, 600);
    const { width, height } = await pytron.bounds();
    report([there.slice(2), width, height, innerWidth, innerHeight, devicePixelRatio]);
    report((await pytron.screens()).map((one) => [one.width, one.height, one.scale]));
    """
    told = [[[1000, 600], 500, 300, 500, 300, 2], [[640, 450, 2]]]
    for _ in range(2):  # the second time as it was remembered
        assert run_app(page, KEEPS, environment=environment).reports == told
