"""An engine that is slow to be there begins before its app runs, and never without an app."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import pytest
from programs import run_program

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="starts a script as a program")

HOST = Path(__file__).parent / "linked" / "host.py"

#: Stands for Electron: it writes down its process, and then is a host.
HOSTING = f"""
import os, runpy
with open(os.environ["BEGUN"], "a") as file:
    print(os.getpid(), file=file, flush=True)
runpy.run_path({str(HOST)!r}, run_name="__main__")
"""
#: By a shell, as the path of an interpreter after `#!` may hold no space.
ELECTRON = f"#!/bin/sh\nexec {shlex.join([sys.executable, '-c', HOSTING])}\n"

MADE = """
import os, time
from pathlib import Path
from pytron import App

app = App("Early", ephemeral=True, engine="chrome")

def begun():
    found = Path(os.environ["BEGUN"])
    return found.read_text().split() if found.exists() else []
"""

WAIT = """
deadline = time.monotonic() + 60
while not begun() and time.monotonic() < deadline:
    os.sched_yield()
"""


def run(tmp_path: Path, source: str, *command: str) -> tuple[list[str], list[str]]:
    """Run an app file, or a command beside it; its words, and the processes that were begun."""
    program = tmp_path / "electron"
    program.write_text(ELECTRON, "utf-8")
    program.chmod(0o755)
    marks = tmp_path / "begun"
    environment = {**os.environ, "PYTRON_ELECTRON_PATH": str(program), "BEGUN": str(marks)}
    for name in ("PYTRON_ENGINE", "PYTRON_LINK"):
        environment.pop(name, None)
    done = run_program(tmp_path, source, *command, environment=environment)
    return done.stdout.split(), marks.read_text("utf-8").split() if marks.exists() else []


def is_there(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    return True


def test_it_begins_when_the_program_makes_its_app_and_serves_the_run(tmp_path: Path) -> None:
    source = f"""{MADE}{WAIT}
print(*begun())
app.on_start(lambda: app.quit(0))
raise SystemExit(app.run())
"""
    said, begun = run(tmp_path, source)
    assert len(said) == 1
    assert begun == said
    assert not is_there(begun[0])


def test_a_program_that_does_not_run_its_app_leaves_nothing(tmp_path: Path) -> None:
    _, begun = run(tmp_path, MADE + WAIT)
    assert len(begun) == 1
    assert not is_there(begun[0])


def test_an_app_that_is_imported_begins_nothing(tmp_path: Path) -> None:
    assert run(tmp_path, MADE, "-c", "import app") == ([], [])


def test_a_tool_that_looks_at_an_app_begins_nothing(tmp_path: Path) -> None:
    look = "from pytron.inspection import looking\nimport runpy\nwith looking():\n"
    look += "    runpy.run_path('app.py', run_name='__main__')"
    assert run(tmp_path, MADE, "-c", look) == ([], [])


def test_an_app_of_which_only_one_may_run_waits_until_it_knows(tmp_path: Path) -> None:
    source = MADE.replace("ephemeral=True", "ephemeral=True, single_instance=True")
    assert run(tmp_path, source) == ([], [])
