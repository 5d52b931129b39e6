"""The report of a failure: what is in it, and what never is."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal
from zipfile import ZipFile

import pytest
import pytron
from pytron import App, blackbox
from pytron.engine import Happening
from pytron.testing import RemoteError, TestClient
from waiting import DEADLINE_S, Gate

SECRET = "correct-horse-battery"


@pytest.fixture(autouse=True)
def no_run_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run is remembered after its end: not in other tests."""
    monkeypatch.setattr(blackbox, "_current", None)


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[blackbox.BlackBox]:
    """A run that is remembered."""
    monkeypatch.setattr(blackbox, "apps_folder", lambda: tmp_path)
    settings = {
        "engine": "headless",
        "token": SECRET,
        "port": 4711,
        "deep": {"key": SECRET, "on": True},
    }
    with blackbox.recording("tested", "headless", lambda: settings, keep=False) as box:
        yield box


def unpacked(path: Path) -> dict[str, str]:
    with ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def summary(path: Path) -> dict[str, Any]:
    return json.loads(unpacked(path)["report.json"])


@pytest.mark.usefixtures("box")
def test_report_is_in_the_data_folder_or_where_it_is_asked_for(tmp_path: Path) -> None:
    made = pytron.report()
    assert made.parent == tmp_path / "tested"
    asked = tmp_path / "new" / "it.zip"
    assert pytron.report(str(asked)) == asked
    assert set(unpacked(made)) == set(unpacked(asked)) == {"report.json", "log.txt", "stacks.txt"}


@pytest.mark.usefixtures("box")
def test_report_names_versions_engine_and_page_crashes(tmp_path: Path, app: App[Any]) -> None:
    died = Gate()
    app.on("window.crashed", lambda _: died.set())
    with TestClient(app) as client:
        number = app.window("main").id
        client.engine.happen(Happening("crashed", number, {"reason": "out of memory"}))
        died.pass_through()
        found = summary(pytron.report(tmp_path / "it.zip"))
    assert found["pytron"] == pytron.__version__
    assert found["python"].count(".") == 2
    assert found["packages"]["msgspec"]
    assert {engine["name"] for engine in found["engines"]} >= {"native", "chrome", "headless"}
    assert (found["app"], found["engine"]) == ("tested", "headless")
    (crash,) = found["crashes"]
    assert (crash["window"], crash["reason"]) == ("main", "out of memory")


@pytest.mark.usefixtures("box")
def test_report_has_the_stack_of_every_thread(tmp_path: Path, app: App[Any]) -> None:
    inside, go_on = Gate(), Gate()

    @app.expose
    def where_it_hangs() -> None:
        inside.set()
        go_on.pass_through()

    with TestClient(app) as client:
        call = client.start("where_it_hangs")
        inside.pass_through()
        stacks = unpacked(pytron.report(tmp_path / "it.zip"))["stacks.txt"]
        go_on.set()
        client.result(call)
    assert "in where_it_hangs" in stacks
    assert "in test_report_has_the_stack_of_every_thread" in stacks


@pytest.mark.usefixtures("box")
def test_report_holds_no_payload_key_state_or_value(
    tmp_path: Path, app: App[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TESTED_TOKEN", SECRET)
    app.state.password = SECRET

    @app.expose
    def log_in(password: str, times: int) -> str:
        kept = password * times
        raise ValueError(f"refused after {len(kept)} characters")

    @app.expose
    def paint(colour: Literal["red", "blue"]) -> None: ...

    with TestClient(app) as client:
        for arguments in ((SECRET, 1), (SECRET, SECRET), (SECRET,)):
            with pytest.raises(RemoteError):
                client.call("log_in", *arguments)
        client.emit("typed", SECRET)
        client.send({"kind": "change", "id": 99, "scope": "app", "ops": [{"op": SECRET}]})
        with pytest.raises(RemoteError):
            client.result(99)
        for value in (SECRET, f"{SECRET}' - at `", f"it's\n{SECRET}"):
            with pytest.raises(RemoteError, match="invalid enum value"):
                client.call("paint", value)
        path = pytron.report(tmp_path / "it.zip")
    files = unpacked(path)
    assert [name for name, text in files.items() if SECRET in text] == []
    assert "ValueError: refused after 21 characters" in files["log.txt"]
    found = json.loads(files["report.json"])
    assert "TESTED_TOKEN" in found["environment"]
    assert found["settings"] == {
        "engine": "headless",
        "token": "(set)",
        "port": "(set)",
        "deep": {"key": "(set)", "on": True},
    }


@pytest.mark.usefixtures("box")
def test_both_stacks_are_found_by_one_reference(tmp_path: Path, app: App[Any]) -> None:
    app.expose(lambda: 1 / 0, name="divide")
    with TestClient(app) as client:
        with pytest.raises(RemoteError) as caught:
            client.call("divide")
        ref = caught.value.ref
        message = f"unhandled rejection: ZeroDivisionError: division by zero [{ref}]"
        client.send({"kind": "log", "level": "error", "message": message, "stack": "at page.js:7"})
        client.sync()
        log = unpacked(pytron.report(tmp_path / "it.zip"))["log.txt"]
    python, page = log.index(f"[{ref}] divide failed"), log.index(f"division by zero [{ref}]")
    assert "Traceback" in log[python:page]
    assert "at page.js:7" in log[page:]


@pytest.mark.usefixtures("box")
def test_home_folder_is_not_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: Path("/home/ada.lovelace"))
    logging.getLogger("pytron.tested").warning("no /home/ada.lovelace/notes/index.html")
    log = unpacked(pytron.report(tmp_path / "it.zip"))["log.txt"]
    assert log.endswith("no ~/notes/index.html")


def test_memory_is_bounded_and_ends_with_the_run(box: blackbox.BlackBox) -> None:
    logger = logging.getLogger("pytron.tested")
    for number in range(2 * blackbox.LINES):
        logger.warning("%d %s", number, "x" * 10_000)
        blackbox.page_died("main", str(number))
    assert len(box.lines) == blackbox.LINES
    assert max(map(len, box.lines)) == blackbox.LINE_CHARACTERS
    assert len(box.crashes) == blackbox.CRASHES
    with blackbox.recording("other", "headless", dict, keep=False):
        pass
    before = list(box.lines)
    logging.getLogger("pytron").removeHandler(box)
    logger.warning("late")
    assert list(box.lines) == before


def test_unreadable_settings_do_not_prevent_a_report(tmp_path: Path) -> None:
    def broken() -> dict[str, Any]:
        raise pytron.ConfigError("no valid TOML")

    with blackbox.recording("tested", "headless", broken, keep=False):
        assert summary(pytron.report(tmp_path / "it.zip"))["settings"] == {"unreadable": True}


# --- in processes of their own ----------------------------------------------------------------


def ran(folder: Path, body: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """An app with a data folder of its own, run as a program."""
    program = folder / "program.py"
    program.write_text(textwrap.dedent(body), "utf-8")
    kept = {"XDG_DATA_HOME": str(folder), "LOCALAPPDATA": str(folder), "HOME": str(folder)}
    whole = {**os.environ, "PYTRON_ENGINE": "headless", "PYTHONFAULTHANDLER": "", **kept}
    return subprocess.run(
        [sys.executable, str(program)],
        env={**whole, **environment},
        capture_output=True,
        text=True,
        timeout=4 * DEADLINE_S,
        check=False,
    )


CRASHING = """
    import faulthandler
    from pytron import App, report

    app = App("Crashing", ephemeral=%s)

    @app.on_start
    def start():
        if %s:
            def breaks_hard():
                faulthandler._sigsegv()
            breaks_hard()
        print(report("it.zip"))
        app.quit(0)

    raise SystemExit(app.run())
"""


def test_hard_crash_is_in_the_report_of_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    crashed = ran(tmp_path, CRASHING % (False, True))
    assert crashed.returncode != 0
    done = ran(tmp_path, CRASHING % (False, False))
    assert done.returncode == 0, done.stderr
    assert "this app crashed when it last ran" in done.stderr  # shown though nobody set up logging
    files = unpacked(tmp_path / "it.zip")
    assert "in breaks_hard" in files["last-crash.txt"]
    assert "this app crashed" in files["log.txt"]
    again = ran(tmp_path, CRASHING % (False, False))
    assert "crashed" not in again.stderr


def test_ephemeral_app_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert ran(tmp_path, CRASHING % (True, True)).returncode != 0
    assert [path.name for path in tmp_path.iterdir()] == ["program.py"]


def test_faulthandler_that_is_in_use_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    crashed = ran(tmp_path, CRASHING % (False, True), PYTHONFAULTHANDLER="1")
    assert "in breaks_hard" in crashed.stderr
    assert not list(tmp_path.rglob("faults.txt"))


def test_report_costs_nothing_before_it_is_asked_for() -> None:
    check = "import sys, pytron; print({'pytron.reporting', 'zipfile'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout.strip() == "set()"
