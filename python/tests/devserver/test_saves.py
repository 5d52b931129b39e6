"""One save starts the app anew once, however often the system tells of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from pytron.devserver.saves import Saves, forget_compiled, wanted


def test_a_save_that_is_told_twice_counts_once(tmp_path: Path) -> None:
    file, other = tmp_path / "app.py", tmp_path / "other.py"
    file.write_text("1")
    other.write_text("1")
    saves = Saves()
    assert saves.of([file]) == [file]
    assert saves.of([file]) == []
    assert saves.of([file, other]) == [other]


def test_a_save_without_a_change_counts(tmp_path: Path) -> None:
    file = tmp_path / "app.py"
    file.write_text("1")
    saves = Saves()
    saves.of([file])
    later = file.stat().st_mtime_ns + 1_000_000
    os.utime(file, ns=(later, later))
    assert saves.of([file]) == [file]
    beside = tmp_path / "app.new"
    beside.write_text("1")
    os.utime(beside, ns=(later, later))
    beside.replace(file)  # as editors save
    assert saves.of([file]) == [file]


def test_a_file_that_goes_and_comes_back_counts_each_time(tmp_path: Path) -> None:
    file = tmp_path / "app.py"
    file.write_text("1")
    saves = Saves()
    saves.of([file])
    file.unlink()
    assert saves.of([file]) == [file]
    assert saves.of([file]) == []
    file.write_text("1")
    assert saves.of([file]) == [file]


def test_python_counts_everywhere_and_what_people_write_for_a_page_in_its_folder(
    tmp_path: Path,
) -> None:
    counts = wanted(tmp_path / "page")

    def counted(name: str) -> bool:
        return counts(None, str(tmp_path / name))

    assert all(map(counted, ("app.py", "page/made.py", "page/index.html", "page/deep/style.css")))
    # Elsewhere they are of something else, and an app may itself make data and pictures.
    assert not any(map(counted, ("docs/index.html", "page/data.json", "page/shot.png", "a.txt")))
    assert not counted("page/node_modules/a/index.js")
    assert not wanted(None)(None, str(tmp_path / "page/index.html"))


def test_a_second_save_within_one_second_starts_the_second_version(tmp_path: Path) -> None:
    file = tmp_path / "answer.py"
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}

    def version(number: int) -> str:
        file.write_text(f"print({number})\n")
        os.utime(file, (1_800_000_000, 1_800_000_000))
        run = [sys.executable, "-c", "import answer"]
        done = subprocess.run(run, cwd=tmp_path, env=environment, capture_output=True, check=True)
        return done.stdout.decode().strip()

    assert version(1) == "1"
    assert version(2) == "1"  # what Python makes of it
    forget_compiled([file, tmp_path / "gone.py"])
    assert version(3) == "3"
