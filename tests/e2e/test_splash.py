"""The picture before the first page: seen on the display itself."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest
from e2e.driver import RunApp
from e2e.views import View
from pytron.packager import hooks

HOOKS = Path(hooks.__file__).parent


def png(width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    """A picture of one colour."""

    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = (b"\0" + bytes(colour) * width) * height
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


RED, GREEN = (200, 30, 60), (20, 160, 80)
SPLASH = {"splash.png": png(240, 160, RED)}
#: The display's middle is looked at until it is what it must become: the app's deadline ends it.
LOOKS = f"""
import subprocess
from PIL import ImageGrab

RED, GREEN = {RED}, {GREEN}
app = App("Test", frontend="page", ephemeral=True, splash="splash.png", maximized=True, title="The page")

def middle():
    seen = ImageGrab.grab(xdisplay="").convert("RGB")
    return seen.getpixel((seen.width // 2, seen.height // 2))

def shows_a_window() -> bool:
    command = ["xdotool", "search", "--onlyvisible", "--name", "^The page$"]
    return bool(subprocess.run(command, capture_output=True, text=True, timeout=60).stdout.split())

@app.expose
def until(colour: list[int]) -> bool:
    while middle() != tuple(colour):
        pass
    return shows_a_window()

@app.on_start
def slow() -> None:
    report(until(RED))
"""


def test_a_picture_is_there_until_the_page_can_be_seen(run_app: RunApp) -> None:
    page = f"""
    document.body.style.background = "rgb{GREEN}";
    report(await pytron.until({list(GREEN)}));
    """
    assert run_app(page, LOOKS, files=SPLASH).reports == [False, True]


def test_a_page_that_cannot_be_loaded_ends_it_too(run_app: RunApp) -> None:
    python = LOOKS.replace('frontend="page"', 'frontend="http://127.0.0.1:9"')
    python += """
@app.on("window.failed")
def failed(event) -> None:
    while middle() == RED or not shows_a_window():
        pass
    report("the window is shown")
    app.quit()
"""
    assert run_app("", python, files=SPLASH).reports == [False, "the window is shown"]


def test_a_window_that_begins_hidden_stays_so(run_app: RunApp) -> None:
    python = LOOKS.replace("maximized=True", "visible=False")
    page = """
    await pytron.until([0, 0, 0]);  // the bare display
    report(await pytron.until([0, 0, 0]));
    """
    assert run_app(page, python, files=SPLASH).reports == [False, False]


def test_what_is_no_png_is_said_before_anything_is_shown(run_app: RunApp) -> None:
    run = run_app("", LOOKS, files={"splash.png": b"GIF89a"}, code=1)
    assert "splash.png is no PNG; save the picture as one" in run.log
    run = run_app("", LOOKS.replace("splash.png", "none.png"), code=1)
    assert "none.png cannot be read: No such file" in run.log


SETTINGS = '[tool.pytron]\nsplash = "splash.png"\n'
RUN = ("-m", "pytron", "run")
#: What stands at the top of the app's file waits for the picture, as an import of something large.
SLOW = LOOKS.replace(
    "@app.expose\ndef until",
    "while middle() != RED:\n    pass\nreport('before the app')\n\n@app.expose\ndef until",
)
EARLY = SLOW.replace(', splash="splash.png"', "")


@pytest.fixture
def native(view: View) -> None:
    if view.name == "chrome":
        pytest.skip("with Chrome the picture appears once Electron has started")


@pytest.mark.usefixtures("native")
def test_what_the_settings_name_is_there_before_the_apps_own_code(run_app: RunApp) -> None:
    files = {**SPLASH, "pyproject.toml": SETTINGS}
    page = f"""
    document.body.style.background = "rgb{GREEN}";
    report(await pytron.until({list(GREEN)}));
    """
    told = run_app(page, EARLY, files=files, by=RUN)
    assert told.reports == ["before the app", False, True]


@pytest.mark.usefixtures("native")
def test_another_engine_takes_it_over_or_away(run_app: RunApp) -> None:
    files = {**SPLASH, "pyproject.toml": SETTINGS}
    python = EARLY.replace("maximized=True", 'maximized=True, engine="headless"')
    python = python.replace("report(until(RED))", "report(until((0, 0, 0)))\n    app.quit()")
    assert run_app("", python, files=files, by=RUN).reports == ["before the app", False]


def test_a_picture_that_cannot_be_shown_is_said_by_the_run(run_app: RunApp) -> None:
    files = {"splash.png": b"GIF89a", "pyproject.toml": SETTINGS}
    run = run_app("", LOOKS.replace(', splash="splash.png"', ""), files=files, by=RUN, code=2)
    assert "splash.png is no PNG; save the picture as one" in run.log


#: As PyInstaller starts an app: the hook, then the app's own file.
FROZEN = f"""
import runpy, sys
from pathlib import Path

sys.argv = sys.argv[1:]
sys.frozen, sys._MEIPASS = True, str(Path(sys.argv[0]).parent)
runpy.run_path({str(HOOKS / "rthook_splash.py")!r})
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.mark.usefixtures("native")
def test_a_package_shows_it_before_the_apps_own_code(run_app: RunApp, tmp_path: Path) -> None:
    settings = '{"splash": "splash.png"}'
    files: dict[str, str | bytes] = {**SPLASH, "pytron.json": settings, "frozen.py": FROZEN}
    page = f"""
    document.body.style.background = "rgb{GREEN}";
    report(await pytron.until({list(GREEN)}));
    """
    told = run_app(page, EARLY, files=files, by=[str(tmp_path / "app" / "frozen.py")])
    assert told.reports == ["before the app", False, True]
