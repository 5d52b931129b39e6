"""The report of a real app: its engine, the end of its page, and both stacks of an error."""

from __future__ import annotations

import json
import sys
from zipfile import ZipFile

import pytest
from e2e.driver import RunApp
from e2e.test_recovery import PYTHON as KILLING

APP = """
app = App("Reported", app_id="reported", frontend="page")

@app.expose
def divide(a: int, b: int) -> float:
    return a / b

@app.expose
def write_report(name: str) -> None:
    pytron.report(FOLDER / name)

from pathlib import Path
FOLDER = Path(__file__).parent
"""


def environment(folder: object) -> dict[str, str]:
    kept = dict.fromkeys(("XDG_DATA_HOME", "LOCALAPPDATA", "HOME"), str(folder))
    return {**kept, "PYTHONFAULTHANDLER": ""}


def test_uncaught_error_has_both_stacks_under_one_reference(
    run_app: RunApp, tmp_path: object
) -> None:
    page = """
    const failed = pytron.divide(1, 0);
    const seen = new Promise((done) => addEventListener("unhandledrejection", (event) => done(event.reason.ref)));
    report(await seen);
    await pytron.write_report("it.zip");
    """
    run = run_app(page, APP, environment=environment(tmp_path))
    (ref,) = run.reports
    with ZipFile(run.folder / "it.zip") as archive:
        log = archive.read("log.txt").decode()
        summary = json.loads(archive.read("report.json"))
    python, page_log = log.index(f"[{ref}] divide failed"), log.index(f"division by zero [{ref}]")
    assert "in divide" in log[python:page_log]
    assert "/_pytron/client.js" in log[page_log:]
    native = summary["engines"][0]
    assert (summary["engine"], native["problem"]) == ("native", "")
    assert native["facts"]["version"]


@pytest.mark.skipif(sys.platform != "linux", reason="finds the web process in /proc")
def test_report_says_why_pages_died(run_app: RunApp, tmp_path: object) -> None:
    python = KILLING.replace('app = App("Test",', 'app = App("Test", app_id="reported",') + (
        "\nfrom pathlib import Path\n@app.expose\ndef write_report() -> None:\n"
        "    pytron.report(Path(__file__).with_name('it.zip'))\n"
    )
    page = """
    if (await pytron.started() === 1) await pytron.die();
    await pytron.write_report();
    """
    run = run_app(page, python, environment=environment(tmp_path))
    with ZipFile(run.folder / "it.zip") as archive:
        (crash,) = json.loads(archive.read("report.json"))["crashes"]
    assert crash["window"] == "main"
    assert crash["reason"]
