"""Sealed apps of every CPython that Pytron is for, on Linux.

`python -m tools.dev.pythons` brings the interpreters, as `dev.py test --all` does; without them
these tests are skipped.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from package.attacked import NEEDLE, assert_refused, files_with, flip, run
from package.foreign.linux import LinuxPython
from package.foreign.packages import Package, sealed
from pytron_shield import program

#: The folder that `tools.dev.pythons` has filled.
PYTHONS = os.environ.get("PYTRON_TEST_PYTHONS", "")
pytestmark = pytest.mark.skipif(
    not Path(PYTHONS, "3.14").is_dir(), reason="PYTRON_TEST_PYTHONS names no such folder"
)
APP = f"""
import importlib.resources
import json
import multiprocessing
import pkgutil
import sys
import traceback
from concurrent.futures import ProcessPoolExecutor

SECRET = "{NEEDLE}"


def square(number):
    return number * number


def fail():
    raise LookupError("as it should")


def main():
    import ctypes, hashlib, math

    print("ready", "%d.%d" % sys.version_info[:2], *sys.argv[1:], flush=True)
    print(importlib.resources.files("json").joinpath("note.txt").read_text("utf-8"))
    print(*sorted(module.name for module in pkgutil.iter_modules(json.__path__)))
    try:
        fail()
    except LookupError:
        print(traceback.format_exc().splitlines()[-2].strip(), flush=True)
    for method in ("fork", "spawn", "forkserver"):
        context = multiprocessing.get_context(method)
        with context.Pool(2) as pool:
            print(method, pool.map(square, [1, 2, 3]), flush=True)
        with ProcessPoolExecutor(1, mp_context=context) as pool:
            print(method, list(pool.map(square, [4])), flush=True)


if __name__ == "__main__":
    multiprocessing.freeze_support()
    main()
"""


@pytest.fixture(scope="session", params=["3.10", "3.11", "3.12", "3.13", "3.14"])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def package(version: str) -> Iterator[Package]:
    root = Path(tempfile.mkdtemp(prefix="pytron-python-"))
    root.chmod(0o755)  # a stranger starts it
    yield sealed(LinuxPython(Path(PYTHONS, version), version), program(), APP, root / "Größe App")
    shutil.rmtree(root)


def test_an_app_of_every_version_works(version: str, package: Package) -> None:
    elsewhere = {"PYTHONPATH": "/tmp", "PYTHONHOME": "/tmp", "PYTHONINSPECT": "1"}
    done = run(package.program, "one", variables=elsewhere)
    assert done.returncode == 0, done.stderr
    ready, note, modules, where, *children = done.stdout.splitlines()
    assert ready == f"ready {version} one"
    assert note == "größe"
    assert {"decoder", "encoder", "scanner"} <= set(modules.split())
    assert where.startswith('File "app.py", line ')  # no line of its source follows
    assert children == [
        line
        for method in ("fork", "spawn", "forkserver")
        for line in (f"{method} [1, 4, 9]", f"{method} [16]")
    ]


def test_nothing_stands_in_its_files(package: Package) -> None:
    assert files_with(package.folder, NEEDLE) == []


def test_what_was_changed_is_refused(package: Package) -> None:
    copy = package.copy(package.folder.with_name("copy"))
    (library,) = copy.inside.glob("libpython3*")
    flip(library, library.stat().st_size // 2)
    assert_refused(run(copy.program), "was changed since the package was made")
    flip(copy.inside / "app.sealed", 20)
    assert_refused(run(copy.program), "changed, or was not made by")
