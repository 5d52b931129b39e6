"""A machine made of a folder: only the programs in it are there."""

from collections.abc import Callable
from pathlib import Path

import pytest

AddProgram = Callable[[str, str], Path]


@pytest.fixture
def bare_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with nothing on it, and a home folder with nothing in it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return folder


@pytest.fixture
def add_program(bare_path: Path) -> AddProgram:
    """Put a shell script on that PATH."""

    def add(name: str, script: str) -> Path:
        path = bare_path / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    return add
