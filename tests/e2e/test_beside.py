"""Apps that run beside a program of the user's: their windows are in another process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

SNIPPETS = Path(__file__).parents[2] / "docs" / "snippets" / "running"
DEADLINE_S = 40


def start(path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(path)],
        env={**os.environ, "NO_AT_BRIDGE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("name", ["own_loop.py", "beside.py"])
def test_the_example_runs_and_ends(name: str) -> None:
    app = start(SNIPPETS / name)
    out, err = app.communicate(timeout=DEADLINE_S)
    assert (out, err, app.returncode) == ("the page has asked\n", "", 0)


SCRIPT = """
import asyncio, os, threading
from pytron import App
app = App("x", frontend={page!r}, ephemeral=True)

@app.expose
async def hour() -> int:
    host = app._runner.now("x").engine.facts["pid"]
    loop = asyncio.get_running_loop()
    print(host, loop is own, threading.current_thread() is threading.main_thread(), flush=True)
    return 1

async def main():
    global own
    own = asyncio.get_running_loop()
    return await app.run_async()

raise SystemExit(asyncio.run(main()))
"""


@pytest.fixture
def running(tmp_path: Path) -> tuple[subprocess.Popen[str], int]:
    """An app on its own loop whose page has called, and the number of its windows' process."""
    (tmp_path / "app.py").write_text(SCRIPT.format(page=str(SNIPPETS / "page")))
    app = start(tmp_path / "app.py")
    assert app.stdout is not None
    host, *where = app.stdout.readline().split()
    assert where == ["True", "True"]
    return app, os.pidfd_open(int(host))


def is_over(process: int) -> bool:
    import select

    ready, _, _ = select.select([process], [], [], DEADLINE_S)
    os.close(process)
    return bool(ready)


def test_ctrl_c_ends_an_app_on_a_loop(running: tuple[subprocess.Popen[str], int]) -> None:
    app, host = running
    app.send_signal(signal.SIGINT)
    _, err = app.communicate(timeout=DEADLINE_S)
    assert "KeyboardInterrupt" in err
    assert is_over(host)


def test_a_killed_program_takes_its_windows_with_it(
    running: tuple[subprocess.Popen[str], int],
) -> None:
    app, host = running
    app.kill()
    app.communicate(timeout=DEADLINE_S)
    assert is_over(host)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGABRT])
def test_the_death_of_the_windows_ends_the_app_with_the_reason(
    running: tuple[subprocess.Popen[str], int], number: signal.Signals
) -> None:
    app, host = running
    signal.pidfd_send_signal(host, number)
    _, err = app.communicate(timeout=DEADLINE_S)
    assert app.returncode == 1
    assert "the native engine has gone" in err
    assert number.name in err
    assert is_over(host)
