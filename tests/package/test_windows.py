"""The Windows program of sealed packages, cross-built, with a Windows CPython, under Wine.

`python -m tools.dev.wine` makes what this needs, as `dev.py test --all` does; without it these
tests are skipped.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from package.attacked import NEEDLE, files_with, flip
from package.foreign.packages import Package, sealed
from package.foreign.windows import WindowsPython, Wine

#: The folder that `tools.dev.wine` has filled.
WINDOWS = os.environ.get("PYTRON_TEST_WINDOWS", "")
pytestmark = pytest.mark.skipif(
    not Path(WINDOWS, "shield-boot.exe").is_file(),
    reason="PYTRON_TEST_WINDOWS names no such folder",
)
APP = f"""
import importlib.resources
import json
import multiprocessing
import os
import sys

SECRET = "{NEEDLE}"


def square(number):
    return number * number


def main():
    import hashlib, sqlite3, ssl

    print("ready", *sys.version_info[:2], *map(ascii, sys.argv[1:]), flush=True)
    print(os.environ.get("PYTHONPATH"), json.__file__.startswith("\\\\\\\\"), flush=True)
    print(ascii(importlib.resources.files("json").joinpath("note.txt").read_text("utf-8")))
    with multiprocessing.Pool(2) as pool:
        print(pool.map(square, [1, 2, 3]), flush=True)


if __name__ == "__main__":
    multiprocessing.freeze_support()
    main()
"""


@pytest.fixture(scope="session")
def wine(tmp_path_factory: pytest.TempPathFactory) -> Wine:
    made = Wine(tmp_path_factory.mktemp("wine") / "prefix")
    assert made.run("wineboot", "-i").returncode == 0
    library = Path(WINDOWS, "bcryptprimitives.dll")
    there = made.prefix / "drive_c" / "windows" / "system32" / library.name
    if not there.exists():  # Wine 8 has none
        shutil.copy(library, there)
    return made


@pytest.fixture(scope="session", params=["3.12", "3.14"])
def package(
    wine: Wine, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Package:
    python = Path(WINDOWS, request.param, "python.exe")
    folder = tmp_path_factory.mktemp("package") / "Größe App"
    return sealed(WindowsPython(wine, python), Path(WINDOWS, "shield-boot.exe"), APP, folder)


@pytest.fixture
def copy(package: Package, tmp_path: Path) -> Iterator[Package]:
    yield package.copy(tmp_path / "copy")
    shutil.rmtree(tmp_path / "copy")


def test_it_opens_and_its_child_processes_work(wine: Wine, package: Package) -> None:
    elsewhere = {"PYTHONPATH": "Z:\\tmp", "PYTHONINSPECT": "1", "SSLKEYLOGFILE": "Z:\\tmp\\keys"}
    done = wine.run(package.program, "one", "zwei", variables=elsewhere)
    assert done.returncode == 0, done.stderr
    first, second, note, third = done.stdout.splitlines()
    assert first.startswith("ready 3 1")
    assert first.endswith("'one' 'zwei'")
    assert second == "None False"
    assert note == r"'gr\xf6\xdfe'"
    assert third == "[1, 4, 9]"


def test_nothing_stands_in_its_files(package: Package) -> None:
    assert files_with(package.folder, NEEDLE) == []


def refused(wine: Wine, package: Package, text: str, *words: str) -> None:
    done = wine.run(package.program, *words)
    assert done.returncode == 3, (done.returncode, done.stdout, done.stderr)
    assert done.stdout == ""
    assert text in done.stderr
    assert done.stderr.startswith("attacked: ")
    assert done.stderr.count("\n") == 1


def test_what_was_changed_is_refused(wine: Wine, copy: Package) -> None:
    payload = copy.inside / "app.sealed"
    good = payload.read_bytes()
    flip(payload, 20)
    refused(wine, copy, "changed, or was not made by")
    payload.write_bytes(good[:-1])
    refused(wine, copy, "cut short")
    payload.unlink()
    refused(wine, copy, "cannot be read")
    payload.write_bytes(good)
    (library,) = copy.inside.glob("python3[0-9]*.dll")
    flip(library, library.stat().st_size // 2)
    refused(wine, copy, "was changed since the package was made")


def test_a_library_laid_beside_is_refused(wine: Wine, copy: Package) -> None:
    shutil.copy(Path(WINDOWS, "bcryptprimitives.dll"), copy.inside / "version.dll")
    refused(wine, copy, "is not part of this package")


def test_nobody_else_starts_its_child_processes(wine: Wine, package: Package) -> None:
    for word in ("0", "x", "ab" * 16):
        refused(wine, package, "child processes of this app", "--pytron-worker", word)
