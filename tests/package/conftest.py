"""One package, built once for all tests that look at it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from package.attacked import copy as copy
from package.attacked import place as place
from package.attacked import running as running
from package.attacked import target as target
from package.sealing import build as build
from package.sealing import product as product
from PIL import Image

#: Freezing takes about ten seconds on a quiet machine.
DEADLINE_S = 300
APP = """
import multiprocessing
import os
import sys
from pathlib import Path

from pytron import App

app = App("Größe & Co", frontend="page", app_id="org.example.sample", single_instance=True)


@app.expose
def note() -> str:
    return (Path(__file__).parent / "notes" / "first.txt").read_text("utf-8")


@app.expose(executor="process")
def square(number: int) -> int:
    assert multiprocessing.parent_process() is not None
    return number * number


if __name__ == "__main__":
    raise SystemExit(app.run())
"""
PAGE = """<!doctype html>
<meta charset="utf-8"><title>Sample</title>
<h1>Sample</h1><output id="out"></output>
<script type="module">
  import pytron from "/_pytron/client.js";
  document.getElementById("out").textContent = `${await pytron.note()} ${await pytron.square(7)}`;
</script>
"""
SETTINGS = """
[project]
name = "sample"
version = "{version}"

[tool.pytron.package]
description = "A sample of Größe"
publisher = "Example <mail@example.org>"
icon = "icon.svg"
splash = "splash.png"
engines = ["native", "chrome"]
include = ["notes/*.txt"]
schemes = ["sample-app"]
file_types = [{{extension = "smpl", name = "Sample & more"}}]
"""
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
    '<rect width="64" height="64" rx="14" fill="#2563eb"/></svg>'
)


#: An installer of an app's own, as the docs show it.
ARCHIVE = Path(__file__).parents[2] / "docs" / "snippets" / "packaging" / "archive.py"


@dataclass
class Packaged:
    """A finished package, and what `pytron package --json` said."""

    folder: Path
    results: dict[str, Path]
    facts: dict[str, Any]


def write_app(folder: Path, *, version: str = "1.2.0") -> None:
    """The sample app's files."""
    (folder / "page").mkdir(parents=True)
    (folder / "notes").mkdir()
    (folder / "app.py").write_text(APP, "utf-8")
    (folder / "page" / "index.html").write_text(PAGE, "utf-8")
    (folder / "notes" / "first.txt").write_text("first", "utf-8")
    (folder / "icon.svg").write_text(ICON, "utf-8")
    Image.new("RGB", (64, 48), "teal").save(folder / "splash.png")
    (folder / "pyproject.toml").write_text(SETTINGS.format(version=version), "utf-8")


def package(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """`pytron package` in the app's folder."""
    command = [sys.executable, "-m", "pytron", "package", *options]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=DEADLINE_S, check=False
    )


def packaged(folder: Path, *options: str) -> Packaged:
    """The same, which must succeed."""
    done = package(folder, "--json", *options)
    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout)
    results = {kind: Path(path) for kind, path in said["results"].items()}
    return Packaged(folder, results, said["facts"])


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Packaged:
    """The sample app, proved, as a folder and a Debian package."""
    folder = tmp_path_factory.mktemp("package") / "My Äpp"
    write_app(folder)
    installers = ["deb"] if shutil.which("dpkg-deb") else []
    shutil.copy(ARCHIVE, folder)
    wanted = [word for name in (*installers, "archive:Archive") for word in ("--installer", name)]
    return packaged(folder, "--report", *wanted)


@pytest.fixture
def app_folder(tmp_path: Path) -> Callable[..., Path]:
    """A fresh copy of the sample app with some of its text replaced."""

    def make(name: str = "app.py", *replacements: tuple[str, str]) -> Path:
        folder = tmp_path / "sample"
        write_app(folder)
        path = folder / name
        text = path.read_text("utf-8")
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new)
        path.write_text(text, "utf-8")
        return folder

    return make
