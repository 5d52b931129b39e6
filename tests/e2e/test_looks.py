"""How windows look: to the pixel, zoomed, with what lies behind them, and before the first paint."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Generator, Mapping
from pathlib import Path

import pytest
from e2e.driver import RunApp
from PIL import Image

from tools.dev.display import fresh_display

RED, GREEN = (200, 30, 60), (20, 160, 80)
#: Looks at the display until it shows what it must: the app's deadline ends it.
EYES = """
from PIL import ImageGrab

def seen(x: int, y: int) -> tuple:
    return ImageGrab.grab(xdisplay="").convert("RGB").getpixel((x, y))

@app.expose
def until_seen(x: int, y: int, colour: list[int]) -> None:
    while seen(x, y) != tuple(colour):
        pass
"""


def test_a_screenshot_is_the_page_to_the_pixel(run_app: RunApp) -> None:
    python = """
    app = App("Test", frontend="page", ephemeral=True, width=300, height=200)

    @app.expose
    async def shoot() -> None:
        await app.window("main").screenshot(__file__ + ".png")
    """
    page = f"""
    document.body.innerHTML = `<style>body {{ margin: 0; background: rgb{GREEN} }}
      i {{ position: absolute; left: 30px; top: 20px; width: 100px; height: 50px; background: rgb{RED} }}
      </style><i></i>`;
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    await pytron.shoot();
    report([innerWidth, innerHeight]);
    """
    ended = run_app(page, python)
    with Image.open(ended.folder / "app.py.png") as opened:
        shot = opened.convert("RGB")
    assert list(shot.size) == ended.reports[0] == [300, 200]
    inside, outside = [(30, 20), (129, 69)], [(29, 20), (130, 69), (0, 0), (299, 199)]
    assert {shot.getpixel(place) for place in inside} == {RED}
    assert {shot.getpixel(place) for place in outside} == {GREEN}


def test_a_screenshot_shows_what_the_page_has_just_changed(run_app: RunApp) -> None:
    python = """
    app = App("Test", frontend="page", ephemeral=True, width=300, height=200)

    @app.expose
    async def shoot(number: int) -> None:
        await app.window("main").screenshot(f"{__file__}.{number}.png")
    """
    page = f"""
    for (let number = 0; number < 6; number++) {{
      document.body.style.background = number % 2 ? "rgb{RED}" : "rgb{GREEN}";
      await pytron.shoot(number);
    }}
    report("done");
    """
    ended = run_app(page, python)
    colours: list[object] = []
    for number in range(6):
        with Image.open(ended.folder / f"app.py.{number}.png") as shot:
            colours.append(shot.convert("RGB").getpixel((150, 100)))
    assert colours == [GREEN, RED] * 3


def test_zoom_makes_the_page_larger_and_stays(run_app: RunApp) -> None:
    python = """
    app = App("Test", frontend="page", ephemeral=True, width=600, height=400, zoom=2)

    @app.expose
    def zoom(factor: float) -> None:
        app.window("main").set(zoom=factor)
    """
    page = """
    const until = async (width) => {
      while (innerWidth !== width) await new Promise(requestAnimationFrame);
    };
    if (!location.search) {
      await until(300);
      await pytron.zoom(1.5);
      await until(400);
      location.search = "?again";
      await new Promise(() => {});
    }
    await until(400);
    await pytron.zoom(1);
    await until(600);
    report("done");
    """
    assert run_app(page, python).reports == ["done"]


@pytest.fixture
def composed(tmp_path: Path) -> Generator[Mapping[str, str]]:
    """A display on which something puts windows together."""
    picom, note = shutil.which("picom"), tmp_path / "picom"
    if picom is None:
        pytest.skip("picom is not installed; python3 dev.py test brings it")
    with fresh_display() as variables:
        command = [picom, "-b", "--config", os.devnull, "--backend", "xrender"]
        environment = {**os.environ, **variables}
        subprocess.run([*command, "--write-pid-path", str(note)], env=environment, check=True)
        try:
            yield variables
        finally:
            os.kill(int(note.read_text()), signal.SIGTERM)


def test_what_lies_behind_is_seen_where_the_page_draws_nothing(
    run_app: RunApp, composed: Mapping[str, str]
) -> None:
    python = f"""
app = App("Test", frontend="page", ephemeral=True, transparent=True, frameless=True, x=100, y=100, width=400, height=300)
{EYES}
@app.expose
def behind() -> None:
    app.open_window("behind", url="/behind.html", maximized=True, title="Behind")

@app.expose
def front() -> None:
    app.window("main").set(always_on_top=True)
    app.window("main").focus()
"""
    page = f"""
    document.body.innerHTML = `<style>html {{ background: transparent }} body {{ margin: 0 }}
      i {{ position: absolute; left: 0; top: 0; width: 200px; height: 300px; background: rgb{RED} }}</style><i></i>`;
    await pytron.behind();
    await pytron.until_seen(700, 600, {list(GREEN)});
    await pytron.front();
    await pytron.until_seen(200, 250, {list(RED)});
    await pytron.until_seen(400, 250, {list(GREEN)});
    report("seen");
    """
    behind = f'<!doctype html><body style="background: rgb{GREEN}">'
    files = {"page/behind.html": behind}
    environment = dict(composed)
    assert run_app(page, python, environment=environment, files=files).reports == ["seen"]


@pytest.mark.parametrize("look", ['background="#102030"', 'theme="dark"'])
def test_nothing_white_before_a_dark_page_is_there(run_app: RunApp, look: str) -> None:
    python = f"""
import threading
app = App("Test", frontend="page", ephemeral=True, frameless=True, maximized=True, {look})
{EYES}
colours, enough = set(), threading.Event()

def watch() -> None:
    while not enough.is_set():
        colours.add(seen(400, 300))

@app.on_start
def begin() -> None:
    threading.Thread(target=watch, daemon=True).start()

@app.expose
def all_colours() -> list:
    enough.set()
    return [list(colour) for colour in colours]
"""
    page = f"""
    document.documentElement.style.background = "rgb{GREEN}";
    await pytron.until_seen(400, 300, {list(GREEN)});
    report(await pytron.all_colours());
    """
    (colours,) = run_app(page, python).reports
    assert [255, 255, 255] not in colours, colours


def test_a_page_without_a_ground_is_white_under_a_dark_theme_too(run_app: RunApp) -> None:
    python = f"""
app = App("Test", frontend="page", ephemeral=True, frameless=True, maximized=True, theme="dark")
{EYES}
"""
    page = "await pytron.until_seen(400, 300, [255, 255, 255]);\nreport('white');"
    assert run_app(page, python).reports == ["white"]
