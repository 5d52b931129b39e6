"""dev.py as people start it: any folder, any Python, any mistake."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.dev import commands
from tools.dev.machine import ROOT

DOOR = ROOT / "dev.py"

# What a Python that is too old sees of sys. The guard must speak before anything newer is parsed,
# and no old Python is at hand everywhere, so its version is put in place of this one's.
OLD_PYTHON = """
import sys
sys.version_info = (3, 9, 2, "final", 0)
sys.argv = ["dev.py", "demo"]
exec(compile(open({door!r}, encoding="utf-8").read(), "dev.py", "exec"), {{"__name__": "__main__"}})
"""


def run(*command: str, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60, check=False)


def test_too_old_python_is_told_what_to_do() -> None:
    answer = run(sys.executable, "-c", OLD_PYTHON.format(door=str(DOOR)))
    assert answer.returncode == 2
    assert "this is Python 3.9, and Pytron needs 3.10 or newer" in answer.stderr
    assert "Remedy: run it with a newer one" in answer.stderr


def test_help_lists_the_commands_from_any_folder(tmp_path: Path) -> None:
    answer = run(sys.executable, str(DOOR), "--help", cwd=tmp_path)
    assert answer.returncode == 0
    for name in ("demo", "test", "bench", "lint", "setup", "clean"):
        assert f"\n    {name} " in answer.stdout


@pytest.mark.parametrize("arguments", [[], ["tset"], ["test", "--no-such-option"]])
def test_mistyped_command_is_refused_with_usage(arguments: list[str]) -> None:
    answer = run(sys.executable, str(DOOR), *arguments)
    assert answer.returncode == 2
    assert answer.stderr.startswith("usage: dev.py")


def test_door_needs_nothing_but_the_standard_library(tmp_path: Path) -> None:
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import tools.dev.commands"
    answer = run(sys.executable, "-I", "-S", "-c", program, cwd=tmp_path)
    assert answer.stderr == ""
    assert answer.returncode == 0


def test_ci_runs_exactly_what_people_run() -> None:
    lines = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    assert lines[-1] == "exec python3 dev.py test"
    if sys.platform != "win32":
        assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_clean_removes_what_was_built_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "ROOT", tmp_path)
    monkeypatch.setattr(commands, "BUILD", tmp_path / "build")
    monkeypatch.setattr(commands, "VENV", tmp_path / ".venv")
    kept = ["packages/pytron-client/src", "python/pytron", ".venv", "target"]
    built = ["build/steps", "packages/pytron-client/dist", "python/pytron/_bundled"]
    for folder in kept + built:
        (tmp_path / folder).mkdir(parents=True)
    assert commands.main(["clean"]) == 0
    assert all((tmp_path / folder).is_dir() for folder in kept)
    assert not any((tmp_path / folder).exists() for folder in built)
    assert commands.main(["clean", "--all"]) == 0
    assert not (tmp_path / ".venv").exists()
    assert (tmp_path / "python/pytron").is_dir()
