"""Electron begins to start with the program's first use of `App`, and never for nothing."""

from __future__ import annotations

import os
import select
import signal
import sys

import pytest
from e2e.driver import DEADLINE_S, RunApp
from e2e.test_chrome import PROCESSES

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

FOUND = (
    PROCESSES
    + """
def hosts() -> list[int]:
    return [pid for pid in processes("_bundled/electron") if "--type" not in command_line(pid)]

early = hosts()
"""
)
PAGE = "report(await pytron.found());"


def shown(options: str = "") -> str:
    """An app that tells which hosts there were before it, and which are there now."""
    return f"""{FOUND}
app = App("Test", frontend="page", ephemeral=True, {options})

@app.expose
def found() -> list:
    return [early, hosts()]
"""


def test_the_electron_that_was_begun_shows_the_app(run_app: RunApp) -> None:
    ((before, then),) = run_app(PAGE, shown()).reports
    assert len(before) == 1
    assert then == before


def test_settings_name_the_engine_as_well(run_app: RunApp) -> None:
    files = {"pyproject.toml": '[tool.pytron]\nengine = ["chrome", "native"]\n'}
    nothing = {"PYTRON_ENGINE": ""}
    app = shown()
    ((before, then),) = run_app(PAGE, app, files=files, environment=nothing).reports
    assert len(before) == 1
    assert then == before


def test_what_only_the_app_names_starts_with_it(run_app: RunApp) -> None:
    app = shown('engine="chrome"')
    ((before, then),) = run_app(PAGE, app, environment={"PYTRON_ENGINE": ""}).reports
    assert before == []
    assert len(then) == 1


@pytest.mark.parametrize(
    ("end", "code"),
    [("raise SystemExit(0)", 0), ("os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL)],
    ids=["leaves", "is killed"],
)
def test_a_program_that_makes_no_app_leaves_no_electron(
    run_app: RunApp, end: str, code: int
) -> None:
    source = f"{FOUND}\nreport(early)\n{end}\napp = App('Test')\n"
    ((host,),) = run_app("", source, code=code).reports
    try:
        ended = os.pidfd_open(host)
    except ProcessLookupError:
        return
    try:
        assert select.select([ended], [], [], DEADLINE_S)[0]
    finally:
        os.close(ended)


def test_an_app_on_another_engine_keeps_no_electron(run_app: RunApp) -> None:
    """What the program is given wins over the settings, which were all that was known."""
    source = shown('engine="headless"')
    source += """
@app.on_start
def look() -> None:
    report([early, hosts()])
    threading.Thread(target=lambda: app.quit(), daemon=True).start()
"""
    files = {"pyproject.toml": '[tool.pytron]\nengine = "chrome"\n'}
    ((before, then),) = run_app("", source, files=files, environment={"PYTRON_ENGINE": ""}).reports
    assert len(before) == 1
    assert then == []
