"""A page whose process dies comes back; one that keeps dying is replaced by a page that says so."""

from __future__ import annotations

import sys

import pytest
from e2e.driver import RunApp

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="finds the web process in /proc")

PYTHON = """
import os, signal, pathlib, threading
app = App("Test", state={"starts": 0}, frontend="page", ephemeral=True)
crashes = []

def kill_page() -> None:
    # It is a child of this process, or of its host.
    parents, names = {}, {}
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            pid = int(entry.name)
            parents[pid] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            names[pid] = (entry / "comm").read_text()
        except OSError:
            continue
    for pid, name in names.items():
        above = pid
        while above in parents and above != os.getpid():
            above = parents[above]
        if above == os.getpid() and name.startswith("WebKitWebProces"):
            os.kill(pid, signal.SIGKILL)

@app.expose
def started() -> int:
    with app.transaction():
        app.state.starts += 1
    return app.state.starts

@app.expose
def die() -> None:
    kill_page()
    threading.Event().wait(60)

@app.expose
def resize(width: int, height: int) -> None:
    app.window("main").resize(width, height)

@app.on("window.crashed")
def crashed(event):
    crashes.append(event.window)
    report(["crashed", len(crashes)])
"""


def test_a_page_that_died_is_loaded_again_with_its_state_and_size(run_app: RunApp) -> None:
    page = """
    const size = () => [innerWidth, innerHeight];
    const is = (width, height) => new Promise((done) => {
      const look = () => { if (innerWidth === width && innerHeight === height) done(); };
      addEventListener("resize", look);
      look();
    });
    if (await pytron.started() === 1) {
      await report(size());
      await pytron.resize(700, 500);
      await is(700, 500);
      await pytron.die();
    }
    await is(700, 500);
    report(["alive", pytron.state.starts]);
    """
    options = "width=640, height=480, frontend="
    reports = run_app(page, PYTHON.replace("frontend=", options)).reports
    assert reports == [[640, 480], ["crashed", 1], ["alive", 2]]


def test_a_page_that_keeps_dying_gives_way_to_an_error_page(run_app: RunApp) -> None:
    python = (
        PYTHON
        + """
@app.on("window.loaded")
def loaded(event):
    if "/_pytron/error" in event.data["url"]:
        report("error page")
        app.quit()
"""
    )
    page = "await pytron.started(); await pytron.die();"
    reports = run_app(page, python, finish=False).reports
    assert reports == [["crashed", 1], ["crashed", 2], ["crashed", 3], ["crashed", 4], "error page"]
