"""`pytron init` at the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pytron.cli import main


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_says_what_to_do_next(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "my first app"]) == 0
    said = capsys.readouterr().out
    assert 'cd "my first app"' in said
    assert "pytron run" in said
    assert "edit app.py and frontend/index.html" in said
    assert (here / "my first app" / "app.py").is_file()


@pytest.mark.parametrize(("name", "typed"), [("größe", "größe"), ("a $b!", "'a $b!'")])
def test_shells_take_the_folder_as_it_is_shown(
    name: str, typed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", name]) == 0
    assert f"cd {typed}\n" in capsys.readouterr().out


def test_asks_nothing_where_no_terminal_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init"]) == 2
    assert "pytron init my-app" in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="there are no terminals of this kind")
def test_a_terminal_is_asked_for_what_was_not_given(here: Path) -> None:
    ours, its = os.openpty()
    variables = {name: value for name, value in os.environ.items() if name != "CI"}
    command = [sys.executable, "-m", "pytron", "init", "my first app"]
    with subprocess.Popen(command, stdin=its, stdout=its, stderr=its, env=variables) as asking:
        os.write(ours, b"preact\n\nuv\n")  # typed ahead: template, package manager, Python
        assert asking.wait(60) == 0
    said = os.read(ours, 1 << 16).decode()
    os.close(ours)
    os.close(its)
    assert "package manager (npm, pnpm, yarn, bun) [npm]" in said
    assert '"preact"' in (here / "my first app" / "frontend" / "package.json").read_text("utf-8")
    assert "[tool.uv" in (here / "my first app" / "pyproject.toml").read_text("utf-8")


def test_unknown_template_names_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "x", "--template", "angular"]) == 2
    assert "vanilla" in capsys.readouterr().err
    assert not Path("x").exists()


def test_json_for_scripts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "x", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["name"] == "x"
    assert "app.py" in found["files"]


def test_templates_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--list"]) == 0
    assert "vanilla" in capsys.readouterr().out


def test_second_time_is_refused_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "x"]) == 0
    assert main(["init", "x"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert "Traceback" not in said
