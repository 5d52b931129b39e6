"""A trial of programs that behave badly; they stand in for a frozen app."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pytron import proof
from pytron.packager.trial import Trial, start
from pytron.platforms import app_origin

pytestmark = pytest.mark.skipif(app_origin() != "pytron://localhost", reason="needs a shell")

GOOD = json.dumps({"seen": dict.fromkeys(proof.STEPS, 0.1), "problems": []})
#: A long deadline: the machine may be busy; only the program that never ends waits for its own.
TIMEOUT_S = 60.0


@pytest.fixture(autouse=True)
def no_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")  # these programs open none


def tried(tmp_path: Path, script: str, timeout_s: float = TIMEOUT_S) -> Trial:
    folder = tmp_path / "sample"
    folder.mkdir()
    program = folder / "sample"
    program.write_text(f"#!/bin/sh\necho '{GOOD}' > \"$PYTRON_PROOF\"\n{script}\n", "utf-8")
    program.chmod(0o755)
    return start(folder, program, timeout_s)


def test_a_good_program_leaves_nothing(tmp_path: Path) -> None:
    seen = tried(tmp_path, "exit 0")
    assert (seen.code, seen.orphans, seen.left) == (0, [], [])
    assert list(seen.report["seen"]) == list(proof.STEPS)


def test_the_environment_is_that_of_a_stranger(tmp_path: Path) -> None:
    seen = tried(tmp_path, 'pwd; echo "$HOME|$PATH|$PYTHONPATH|$VIRTUAL_ENV"; echo "$0"')
    folder, variables, program = seen.output.splitlines()[:3]
    home, path, *others = variables.split("|")
    assert folder == home
    assert others == ["", ""]
    assert list(Path(path).parts)[-1] == "path"
    assert " " in program
    assert not program.isascii()


@pytest.mark.parametrize(
    "start_it",
    [
        "/bin/sleep 300 &",
        # Without the app's environment, in a session of its own, and a stranger's child.
        "(/usr/bin/env -i /usr/bin/setsid /bin/sleep 300 &)",
    ],
)
def test_a_process_that_stays_is_found_and_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start_it: str
) -> None:
    monkeypatch.setattr("pytron.packager.remains.GRACE_S", 1.0)
    seen = tried(tmp_path, f"{start_it}\nexit 0")
    assert [name.split(" ")[0] for name in seen.orphans] == ["sleep"]
    number = int(seen.orphans[0].partition("(")[2].rstrip(")"))
    assert not Path("/proc", str(number)).exists() or is_zombie(number)


def is_zombie(number: int) -> bool:
    return ") Z " in Path("/proc", str(number), "stat").read_text("utf-8")


def test_a_process_that_ends_after_its_app_is_none_that_stays(tmp_path: Path) -> None:
    seen = tried(tmp_path, "/bin/sleep 1 & exit 0")
    assert seen.orphans == []


def test_what_lies_in_the_open_in_a_home_is_found(tmp_path: Path) -> None:
    seen = tried(tmp_path, 'echo x > "$HOME/log.txt"; echo x > "$HOME/.profile"; exit 0')
    assert seen.left == ["log.txt in the user's home"]


def test_files_that_stay_are_found(tmp_path: Path) -> None:
    seen = tried(
        tmp_path, 'echo x > "$TMPDIR/a.tmp"; echo x > "$(dirname "$0")" 2>/dev/null; exit 0'
    )
    assert seen.left == ["a.tmp in the folder for temporary files"]


def test_a_program_that_changes_its_own_folder_is_found(tmp_path: Path) -> None:
    seen = tried(tmp_path, 'here=${0%/*}; echo x > "$here/settings.ini"; exit 0')
    assert seen.left == ["settings.ini in the app's own folder"]


def test_a_program_that_never_ends_is_ended(tmp_path: Path) -> None:
    seen = tried(tmp_path, "/bin/sleep 300", timeout_s=1.0)
    assert seen.code is None


def test_a_program_that_cannot_run_says_why(tmp_path: Path) -> None:
    seen = tried(tmp_path, "nothing-of-that-name")
    assert seen.code == 127
    assert "nothing-of-that-name" in seen.output
