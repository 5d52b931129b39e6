"""Mistakes in the user's own files: one clear message, and no frame of ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def pytron(folder: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytron", *words],
        cwd=folder,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"app.py": "def broken(:\n"}, ["SyntaxError", "line 1", "app.py"]),
        ({"app.py": "import nothere\n"}, ["ModuleNotFoundError", "nothere"]),
        ({"app.py": "x = 1 / 0\n"}, ["ZeroDivisionError", "line 1"]),
        (
            {
                "app.py": "from a import f\ndef g(): ...\n",
                "a.py": "from app import g\ndef f(): ...\n",
            },
            ["ImportError", "two files import each other", "pytron.Api"],
        ),
    ],
)
@pytest.mark.parametrize("command", ["run", "serve", "types", "build"])
def test_broken_app(command: str, files: dict[str, str], said: list[str], tmp_path: Path) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    done = pytron(tmp_path, command)
    assert done.returncode in (1, 2)
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("error: ")
    for word in said:
        assert word in last
    for ours in ("runpy", "importlib", str(Path("pytron") / "cli")):
        assert ours not in done.stderr


def test_scripts_get_the_error_as_json(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import pytron\n\ndef broken(:\n")
    done = pytron(tmp_path, "types", "--json")
    error = json.loads(done.stdout)["error"]
    assert (error["name"], error["line"], error["code"]) == ("SyntaxError", 3, "config")
    assert error["file"] == str(tmp_path / "app.py")
    assert "def broken(:" in error["trace"]
    assert done.returncode == 2


NODE = 'import pytron\napp = pytron.App("x", frontend="frontend/dist")\n'


def page(folder: Path) -> None:
    (folder / "app.py").write_text(NODE)
    (folder / "frontend").mkdir()
    (folder / "frontend" / "package.json").write_text('{"scripts": {"build": "true"}}')


def test_build_without_node(tmp_path: Path) -> None:
    page(tmp_path)
    done = pytron(tmp_path, "build", PATH=str(tmp_path))
    assert done.returncode == 6
    assert "Node.js, which is not installed; install Node.js" in done.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a shell script stands for Node")
def test_build_with_an_old_node(tmp_path: Path) -> None:
    page(tmp_path)
    for name, version in (("node", "v16.20.2"), ("npm", "8.0.0")):
        script = tmp_path / name
        script.write_text(f"#!/bin/sh\necho {version}\n")
        script.chmod(0o755)
    done = pytron(tmp_path, "build", PATH=f"{tmp_path}{os.pathsep}/bin")
    assert done.returncode == 6
    assert "Node.js 16.20.2" in done.stderr
    assert "is too old" in done.stderr
    assert "20.19 or newer" in done.stderr


def test_build_before_the_packages_are_there(tmp_path: Path) -> None:
    page(tmp_path)
    done = pytron(tmp_path, "build")
    assert done.returncode in (4, 6)  # 6 where this machine has no Node
    assert "pytron build --install" in done.stderr or done.returncode == 6
    assert "Traceback" not in done.stderr


def test_page_without_a_build_needs_none(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text('import pytron\napp = pytron.App("x", frontend="page")\n')
    done = pytron(tmp_path, "build", PATH=str(tmp_path))
    assert done.returncode == 0
    assert "nothing to build" in done.stdout


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys; from pytron.cli import main; code = main(['--help']);"
        "heavy = ('pytron.cli.', 'pytron.app', 'pytron.typegen', 'msgspec', 'asyncio', 'ssl',"
        " 'http', 'urllib.request', 'subprocess');"
        "print([m for m in sys.modules if m.startswith(heavy)], code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines()[-1] == "[] 0"
