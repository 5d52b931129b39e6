"""Programs that Nuitka has compiled, plain and with sealed pages: by command (`dev.py test --all`).

Each build takes minutes; the session that runs these has installed Nuitka.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from package.attacked import files_with
from package.conftest import write_app
from pytron import proof

#: Two minutes on a quiet machine.
DEADLINE_S = 3600
NEEDLE = "SECRET-PAGE-71c2"

LIBRARIES = os.environ.get("PYTRON_TEST_LIBRARIES", "")

pytestmark = pytest.mark.skipif(
    not Path(LIBRARIES, "nuitka").is_dir(), reason="slow: `dev.py test --all` runs it"
)


def compiled(folder: Path, *options: str) -> dict[str, Any]:
    """The sample app by Nuitka: what the command said."""

    write_app(folder)
    page = folder / "page" / "index.html"
    page.write_text(page.read_text("utf-8").replace("<h1>Sample", f"<h1>{NEEDLE}"), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytron", "package", "--nuitka", "--json", *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": LIBRARIES},
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def test_a_compiled_app_is_proved_like_any_other(tmp_path: Path) -> None:
    said = compiled(tmp_path / "My Äpp", "--report")
    assert list(said["facts"]["proof"]["seen"]) == list(proof.STEPS)
    sizes = said["facts"]["sizes"]
    assert {"Python itself", "pytron_native"} <= set(sizes)
    assert not {"numpy", "click", "uvicorn", "PyInstaller"} & set(sizes)
    assert files_with(Path(said["results"]["folder"]), NEEDLE) == ["index.html"]


@pytest.fixture(scope="module")
def sealed() -> Iterator[Path]:
    """A compiled app with sealed pages, proved."""
    root = Path(tempfile.mkdtemp(prefix="pytron-nuitka-"))
    try:
        said = compiled(root / "app", "--shield")
        assert list(said["facts"]["proof"]["seen"]) == list(proof.STEPS)
        yield Path(said["results"]["folder"])
    finally:
        shutil.rmtree(root)


def start(folder: Path, report: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [folder / "grosse-co"],
        env={**os.environ, "PYTRON_PROOF": str(report)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_the_pages_of_a_compiled_app_are_in_no_file(sealed: Path) -> None:
    assert files_with(sealed, NEEDLE) == []
    assert not (sealed / "page").exists()
    assert files_with(sealed, "first") != []  # `include` stays readable, as the command says


@pytest.mark.parametrize(
    ("at", "words"),
    [(40, "was changed, or was not made by this program's publisher"), (-1, "damaged")],
)
def test_changed_pages_are_refused_in_one_line(
    sealed: Path, tmp_path: Path, at: int, words: str
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(sealed, folder, symlinks=True)
    payload = bytearray((folder / "app.sealed").read_bytes())
    payload[at] ^= 1
    (folder / "app.sealed").write_bytes(payload)
    done = start(folder, tmp_path / "report.json")
    assert done.returncode == 3
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("grosse-co: ")
    assert words in lines[0]


def test_a_payload_that_is_not_there_is_named(sealed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(sealed, folder, symlinks=True)
    (folder / "app.sealed").unlink()
    done = start(folder, tmp_path / "report.json")
    assert done.returncode == 3
    assert "app.sealed cannot be read" in done.stderr
