"""`pytron run`: an app as Python would run it."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

APP = """
import os
import sys

from pytron import App
from pytron.config import is_dev

app = App("Ends", ephemeral=True)


@app.on_start
def end() -> None:
    print(__name__, sys.argv[1:], is_dev())
    app.quit(5)


if __name__ == "__main__":
    raise SystemExit(app.run())
"""


def pytron(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTRON_")}
    return subprocess.run(
        [sys.executable, "-m", "pytron", *arguments],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(textwrap.dedent(APP), "utf-8")
    return tmp_path


def test_file_runs_as_a_script_with_its_own_arguments(folder: Path) -> None:
    done = pytron(folder, "run", "--engine", "headless", "app.py", "a", "--flag")
    assert done.stdout == "__main__ ['a', '--flag'] False\n", done.stderr
    assert done.returncode == 5


def test_module_runs_as_a_script(folder: Path) -> None:
    done = pytron(folder, "run", "--engine", "headless", "--dev", "app")
    assert done.stdout == "__main__ [] True\n", done.stderr
    assert done.returncode == 5


def test_inspector_is_loaded_only_when_it_is_asked_for(folder: Path) -> None:
    app = (folder / "app.py").read_text("utf-8")
    loaded = 'print("pytron.inspector" in sys.modules, is_dev())'
    (folder / "app.py").write_text(app.replace("print(__name__", f"{loaded}; print(__name__"))
    for flags, expected in (["--inspect"], "True True"), (["--dev"], "False True"), ([], "False"):
        done = pytron(folder, "run", "--engine", "headless", *flags)
        assert done.stdout.startswith(expected), done.stderr


def test_attribute_runs_without_being_a_script(folder: Path) -> None:
    done = pytron(folder, "run", "--engine", "headless", "app:app")
    assert done.stdout == "app [] False\n", done.stderr
    assert done.returncode == 5


def test_engine_that_is_not_there_is_a_sentence(folder: Path) -> None:
    done = pytron(folder, "run", "--engine", "steam")
    assert done.returncode == 3
    assert done.stderr.startswith("error: no engine is called 'steam'")
    assert "Traceback" not in done.stderr


def test_mistake_in_the_app_shows_where(folder: Path) -> None:
    (folder / "app.py").write_text("1 / 0\n", "utf-8")
    done = pytron(folder, "run")
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr
    assert "app.py" in done.stderr
