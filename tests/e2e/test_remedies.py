"""Where an engine cannot show the app, the next one does; what has helped is remembered."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
from e2e.developing import Development
from e2e.driver import RunApp
from e2e.test_chrome import PROCESSES
from e2e.views import CHROME, SERVER, USUAL, View
from playwright.sync_api import Browser
from pytron.engines.native import host_facts

from tools.dev.electron import FOLDER

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the loader's words are Linux's")

#: In place of the native module, on a machine without the system's web view.
ABSENT = """
raise ImportError(
    "libwebkit2gtk-4.1.so.0: cannot open shared object file: No such file or directory"
)
"""
APP = """
from pytron import App
app = App("Chain", app_id="chain", frontend="page", ephemeral=True)

@app.expose
def add(a: int, b: int) -> int:
    return a + b

@app.expose
def done(sum: int, where: str) -> None:
    print("page:", sum, where, flush=True)
    app.quit()

if __name__ == "__main__":
    raise SystemExit(app.run())
"""
PAGE = """<!doctype html><meta charset="utf-8"><title>chain</title><script type="module">
import pytron from "/_pytron/client.js";
await pytron.done(await pytron.add(1, 2), navigator.userAgent);
</script>"""
SETTINGS = '[tool.pytron]\nengine = ["native", "chrome", "server"]\n'

NATIVE_GONE = re.compile(
    r"engine native: the system's web view is missing \(libwebkit2gtk-4\.1\.so\.0: cannot open "
    r"shared object file: No such file or directory\); install it: .+; chrome is tried instead"
)
CHROME_GONE = (
    "engine chrome: the chrome engine is not installed; run `pytron engine install chrome`, or "
    "name an Electron in PYTRON_ELECTRON_PATH; server is tried instead"
)


def by_setting(view: View) -> View:
    """A view whose engine is not chosen by the environment, which would win."""
    rest = {name: value for name, value in view.environment.items() if name != "PYTRON_ENGINE"}
    return replace(view, environment=rest)


def ran(view: View, tmp_path: Path, *command: str, **variables: str) -> tuple[str, str]:
    """What an app writes that is set to three engines, on a machine without a web view."""
    folder = tmp_path / "app"
    (folder / "page").mkdir(parents=True)
    (folder / "gone" / "pytron_native").mkdir(parents=True)
    for name, text in (
        ("app.py", APP), ("page/index.html", PAGE), ("pyproject.toml", SETTINGS),
        ("gone/pytron_native/__init__.py", ABSENT),
    ):  # fmt: skip
        (folder / name).write_text(text, "utf-8")
    with ExitStack() as ends:
        whole = {
            **os.environ,
            **by_setting(view).environment,
            **ends.enter_context(view.surroundings()),
            "PYTHONPATH": str(folder / "gone"),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "NO_AT_BRIDGE": "1",
            **variables,
        }
        done = subprocess.run(
            view.command([sys.executable, *command], folder),
            cwd=folder, env=whole, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, done.stderr


@pytest.mark.parametrize("command", [("app.py",), ("-m", "pytron", "run")], ids=["file", "run"])
def test_without_web_view_and_electron_the_browser_shows_the_app(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    out, log = ran(SERVER, tmp_path, *command)
    assert "page: 3 " in out
    assert NATIVE_GONE.search(log), log
    assert CHROME_GONE in log


@pytest.mark.skipif(not CHROME, reason="no Electron for this machine")
def test_without_web_view_electron_shows_the_app(tmp_path: Path) -> None:
    chrome = next(iter(CHROME))
    out, log = ran(chrome, tmp_path, "app.py")
    assert "Electron/" in out
    assert NATIVE_GONE.search(log), log
    assert "server is tried" not in log


def test_without_a_display_the_browser_shows_the_app(tmp_path: Path) -> None:
    out, log = ran(
        SERVER, tmp_path, "app.py",
        PYTHONPATH="", DISPLAY="", WAYLAND_DISPLAY="", PYTRON_ELECTRON_PATH=str(FOLDER),
    )  # fmt: skip
    assert "page: 3 " in out
    assert re.search(r"engine native: .*display.*; chrome is tried instead", log), log
    assert re.search(r"engine chrome: .*display.*; server is tried instead", log), log


LASTING = PAGE.replace(
    "await pytron.done(await pytron.add(1, 2), navigator.userAgent);",
    """for (;;) {
  try { await pytron.done(await pytron.add(1, 2), navigator.userAgent); } catch { /* anew */ }
  await new Promise((done) => setTimeout(done, 100));
}""",
)


def developed(tmp_path: Path, view: View = USUAL) -> Development:
    """The same under `pytron dev`, with a page that goes on."""
    folder = tmp_path / "app"
    (folder / "page").mkdir(parents=True)
    files = {
        "app.py": APP.replace("    app.quit()\n", ""), "page/index.html": LASTING,
        "pyproject.toml": SETTINGS, "gone/pytron_native/__init__.py": ABSENT,
    }  # fmt: skip
    gone, cache = str(folder / "gone"), str(folder / "cache")
    return Development(folder, files, view=by_setting(view), PYTHONPATH=gone, XDG_CACHE_HOME=cache)


def test_under_dev_the_browser_shows_the_app_also_after_a_save(
    browser: Browser, tmp_path: Path
) -> None:
    with developed(tmp_path) as dev:
        assert NATIVE_GONE.search(dev.line("chrome is tried instead"))
        assert CHROME_GONE in dev.line("server is tried instead")
        address = dev.line("open the page in a browser: ").rpartition(" ")[2]
        page = browser.new_page()
        page.goto(address)
        dev.line("page: 3 ")
        dev.change("return a + b", "return a + b + 1")
        dev.line("server is tried instead")
        dev.line("page: 4 ")
        page.close()


@pytest.mark.skipif(not CHROME, reason="no Electron for this machine")
def test_under_dev_electron_shows_the_app_also_after_a_save(tmp_path: Path) -> None:
    with developed(tmp_path, *CHROME) as dev:
        assert NATIVE_GONE.search(dev.line("chrome is tried instead"))
        dev.line("page: 3 ", "Electron/")
        dev.change("return a + b", "return a + b + 1")
        dev.line("chrome is tried instead")
        dev.line("page: 4 ", "Electron/")


@pytest.mark.parametrize("library", [None, b"no library"], ids=["absent", "broken"])
def test_without_the_direct_line_pages_are_answered_another_way(
    run_app: RunApp, tmp_path: Path, library: bytes | None
) -> None:
    spec = find_spec("pytron_native")
    assert spec is not None
    assert spec.origin is not None
    copy = tmp_path / "native" / "pytron_native"
    shutil.copytree(Path(spec.origin).parent, copy)
    extension = copy / "webext" / "libpytronwebext.so"
    extension.unlink()
    if library is not None:
        extension.write_bytes(library)
    python = """
    @app.expose
    def add(a: int, b: int) -> int:
        return a + b
    """
    page = "report([await pytron.add(1, 2), window.__pytron__.transport]);"
    environment = {"PYTHONPATH": str(copy.parent)}
    assert run_app(page, python, environment=environment).reports == [[3, "reply"]]


@pytest.mark.parametrize("chosen", ["", "0"], ids=["by itself", "by the user"])
def test_what_this_machine_needs_is_set_before_the_web_view_looks(
    run_app: RunApp, chosen: str
) -> None:
    python = (
        PROCESSES
        + """
@app.expose
def drawn_with() -> list:
    found = set()
    for pid in processes("WebKitWebProcess"):
        words = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\\0")
        found |= {word for word in words if word.startswith("WEBKIT_DISABLE_DMABUF_RENDERER=")}
    return sorted(found)
"""
    )
    variables = {"WEBKIT_DISABLE_DMABUF_RENDERER": chosen} if chosen else {}
    needed = "1" if host_facts()["hazard"] else ""
    (found,) = run_app("report(await pytron.drawn_with());", python, environment=variables).reports
    value = chosen or needed
    assert found == ([f"WEBKIT_DISABLE_DMABUF_RENDERER={value}"] if value else [])


def test_the_next_start_begins_with_what_has_helped(
    run_app: RunApp, blind: dict[str, str], tmp_path: Path
) -> None:
    environment = {**blind, "PYTRON_TEST_MENDS": "1", "PYTRON_DATA_FOLDER": str(tmp_path / "kept")}
    python = """
    app = App("Test", app_id="blank", state={"starts": 0}, frontend="page")

    @app.expose
    def started() -> int:
        with app.transaction():
            app.state.starts += 1
        return app.state.starts
    """
    page = """
    document.body.innerHTML = "<h1>There is something to see</h1>";
    const starts = await pytron.started();
    report(starts);
    """
    slow = page + "if (starts === 1) await new Promise(() => {});"
    first = run_app(slow, python, environment=environment, deadline_s=120)
    assert first.reports == [1, 2]
    assert (tmp_path / "kept" / "blank" / "graphics.json").is_file()
    frames = "for (let i = 0; i < 240; i++) await new Promise(requestAnimationFrame);"
    second = run_app(page + frames, python, environment=environment, deadline_s=120)
    assert second.reports == [1], "seen at once"
    assert "blank" not in second.log
