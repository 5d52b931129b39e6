"""What a newcomer runs into: each ends in one clear message with its remedy."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import subprocess
import sys
from collections.abc import Generator, Sequence
from pathlib import Path

import pytest
from e2e.driver import RunApp
from e2e.stranger import as_ordinary_user

NAME = "Mein Äpfel 日本 & co"


def ran(command: Sequence[str], folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **more},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def pytron(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return ran([sys.executable, "-m", "pytron", *words], folder, **more)


def only_line(done: subprocess.CompletedProcess[str]) -> str:
    """The one line that a mistake is told in."""
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    (line,) = lines
    assert line.startswith("error: ")
    return line


def test_path_and_name_may_have_any_letters(tmp_path: Path) -> None:
    assert pytron(tmp_path, "init", NAME).returncode == 0
    project = tmp_path / NAME
    assert pytron(project, "types", "--check").returncode == 0
    done = ran([sys.executable, "-m", "pytest", "-q"], project)  # its windows are opened, too
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def closed(tmp_path: Path) -> Generator[Path]:
    """A folder that its owner may not write to."""
    folder = tmp_path / "closed"
    folder.mkdir()
    yield folder
    folder.chmod(stat.S_IRWXU)


def test_folder_that_cannot_be_written(closed: Path) -> None:
    shutil.copy(Path(__file__).parents[2] / "examples" / "hello" / "app.py", closed)
    shutil.copytree(Path(__file__).parents[2] / "examples" / "hello" / "page", closed / "page")
    for words, said in (
        (("init", "app"), "choose a folder that you may write to"),
        (("types",), "cannot be used or written: Permission denied"),
    ):
        command = [sys.executable, "-m", "pytron", *words]
        asked = as_ordinary_user(command, closed)
        closed.chmod(stat.S_IRUSR | stat.S_IXUSR)
        done = ran(asked, closed)
        assert said in only_line(done)
        assert done.returncode == 2
        assert {path.name for path in closed.iterdir()} == {"app.py", "page"}


def test_port_that_somebody_has(tmp_path: Path) -> None:
    assert pytron(tmp_path, "init", "app").returncode == 0
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = pytron(tmp_path / "app", "serve", "--port", port)
    assert done.returncode == 3
    line = only_line(done)
    assert port in line
    assert "choose another port" in line


def test_page_whose_packages_cannot_be_had(tmp_path: Path) -> None:
    """Offline, and nothing was fetched before."""
    assert pytron(tmp_path, "init", "app", "--template", "vanilla-ts").returncode == 0
    project = tmp_path / "app"
    offline = {
        "npm_config_registry": "http://127.0.0.1:9/",
        "npm_config_cache": str(tmp_path / "cache"),
        "npm_config_fetch_retries": "0",
    }
    done = pytron(project, "build", "--install", **offline)
    assert done.returncode == 5
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("error: `npm install")
    assert "Without a network" in last


def test_app_whose_page_is_not_built(tmp_path: Path) -> None:
    assert pytron(tmp_path, "init", "app", "--template", "vanilla-ts").returncode == 0
    done = pytron(tmp_path / "app", "run")
    line = done.stderr.strip().splitlines()[-1]
    assert "pytron build" in line
    assert "Traceback" not in done.stderr
    assert done.returncode == 4


JOINED = """
app = App("Test", frontend="page", ephemeral=True)

import logging

class Heard(logging.Handler):
    def emit(self, record):
        report(record.getMessage())
        app.quit()

logging.getLogger("pytron.page").addHandler(Heard())
"""


THROWS = 'import pytron from "/_pytron/client.js"; undefined.boom;'


def test_page_that_throws_at_load(run_app: RunApp) -> None:
    page = f'<!doctype html><script type="module">{THROWS}</script>'
    python = JOINED.replace('frontend="page"', 'frontend="bad"')
    ended = run_app("", python, files={"bad/index.html": page})
    assert "boom" in ended.reports[0]


@pytest.mark.parametrize(
    "script", ["const const x;", 'import missing from "./not-there.js"; missing();']
)
def test_page_whose_script_cannot_even_begin(run_app: RunApp, script: str) -> None:
    page = '<!doctype html><script type="module" src="other.js"></script>'
    files: dict[str, str | bytes] = {"bad/index.html": page, "bad/other.js": script}
    python = JOINED.replace('frontend="page"', 'frontend="bad"')
    ended = run_app("", python, files=files, deadline_s=120)
    assert "none of its scripts has joined Python" in ended.reports[0]
    assert "App(devtools=True)" in ended.reports[0]
