"""`pytron add`: what it adds works, and stands where it belongs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pytron.cli import main
from pytron.errors import ConfigError
from pytron.project import adding
from pytron.project.adding import AppFile

APP = '''"""An app."""

from dataclasses import dataclass

from pytron import App


@dataclass
class State:
    """The state."""

    count: int = 0


app = App("A", state=State, frontend="page")


@app.expose
def one() -> int:
    return 1


if __name__ == "__main__":
    raise SystemExit(app.run())
'''

TRY = """
from app import app
from pytron.testing import TestClient
with TestClient(app) as page:
    page.call("open_my_notes")
    assert app.window("my-notes").label == "my-notes"
    page.call("open_my_notes")
    assert page.get("/my-notes.html").text.count("My Notes") == 2
    assert page.get("/thumb/3/big").text == "thumb: 3, big"
    assert page.get("/about").text == "about"
    assert page.state == {"count": 0, "user_settings": {"value": 0}}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "index.html").write_text("<title>a</title>")
    return tmp_path / "app.py"


def test_everything_added_works_and_is_formatted(file: Path) -> None:
    adding.add_window(AppFile(file), "my-notes", file.parent / "page")
    adding.add_route(AppFile(file), "/thumb/{id}/{size}")
    adding.add_route(AppFile(file), "about")
    adding.add_state(AppFile(file), "UserSettings")
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", TRY],
        cwd=file.parent,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, f"{done.stderr}\n{file.read_text()}"
    ruff = [sys.executable, "-m", "ruff", "format", "--line-length=100", "--diff", "app.py"]
    formatted = subprocess.run(ruff, cwd=file.parent, capture_output=True, text=True, check=False)
    assert formatted.returncode == 0, formatted.stdout
    assert file.read_text().endswith("raise SystemExit(app.run())\n")


@pytest.mark.parametrize(
    ("add", "said"),
    [
        (lambda file: adding.add_window(file, "Ä b", Path()), "no label"),
        (lambda file: adding.add_route(file, "_pytron/x"), "no path"),
        (lambda file: adding.add_route(file, "one"), "has 'one' already"),
        (lambda file: adding.add_route(file, "x/{1}"), "no name"),
        (lambda file: adding.add_state(file, "small"), "no name of a class"),
        (lambda file: adding.add_state(file, "State"), "already"),
    ],
)
def test_what_does_not_fit_is_refused(add: object, said: str, file: Path) -> None:
    with pytest.raises(ConfigError, match=said):
        add(AppFile(file))  # type: ignore[operator]
    assert file.read_text() == APP


def test_file_without_an_app_is_said(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text("def make(): ...\n")
    with pytest.raises(ConfigError, match="where the code belongs"):
        AppFile(path)
    path.write_text("def make(:\n")
    with pytest.raises(ConfigError, match="is no Python"):
        AppFile(path)


def test_state_needs_its_class(file: Path) -> None:
    file.write_text(APP.replace("state=State, ", ""))
    with pytest.raises(ConfigError, match="give the app one first"):
        adding.add_state(AppFile(file), "Settings")


def test_scripts_read_what_was_added(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["add", "route", "thumb/{id}", "--app", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "files": [file.as_posix()],
        "next": "pytron types",
    }
