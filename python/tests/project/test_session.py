"""The file by which Vite finds an app."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path

import pytest
from pytron.failures import Failure
from pytron.project.session import Session, place_of, remove, write

SESSION = Session("http://127.0.0.1:1", "secret", sys.executable, "app.py", "e1", ["thumb/{id}"])


def test_place_is_the_project(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "src" / "deep").mkdir(parents=True)
    assert place_of(tmp_path / "src" / "deep") == tmp_path / ".pytron" / "dev.json"


def test_says_what_the_spec_lists(tmp_path: Path) -> None:
    place = tmp_path / ".pytron" / "dev.json"
    write(place, SESSION)
    found = json.loads(place.read_text())
    spec = (Path(__file__).parents[3] / "spec" / "dev.md").read_text("utf-8")
    for name in found:
        assert f"| `{name}` |" in spec
    assert (found["version"], found["pid"], found["error"]) == (1, os.getpid(), None)


@pytest.mark.skipif(not hasattr(os, "fchmod"), reason="no modes there")
def test_nobody_else_reads_the_token(tmp_path: Path) -> None:
    place = tmp_path / ".pytron" / "dev.json"
    write(place, SESSION)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700


def test_changes_and_goes(tmp_path: Path) -> None:
    place = tmp_path / ".pytron" / "dev.json"
    write(place, SESSION)
    failure = Failure("SyntaxError", "no", "trace", "app.py", 3)
    write(place, Session("", "s", "python", "app.py", "e2", error=failure))
    assert json.loads(place.read_text())["error"]["line"] == 3
    remove(place)
    remove(place)
    assert list(tmp_path.iterdir()) == []
