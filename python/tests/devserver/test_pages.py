"""What keeps Vite from being started is said with its remedy."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from pytron.devserver.pages import PageServer, Sources
from pytron.devserver.terminal import Terminal
from pytron.errors import AssetError, ToolMissing

pytestmark = pytest.mark.skipif(not Path("/bin/sh").exists(), reason="Node is played by a script")


def start(folder: Path) -> None:
    terminal = Terminal(["vite"], out=io.StringIO())
    with PageServer(Sources(folder, "vite"), terminal, folder / "dev.json"):
        pytest.fail("it started")


def node(folder: Path, version: str) -> None:
    program = folder / "node"
    program.write_text(f"#!/bin/sh\necho {version}\n")
    program.chmod(0o755)


def test_no_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolMissing, match=r"not installed; install Node\.js"):
        start(tmp_path)


def test_old_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    node(tmp_path, "v16.3.0")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(ToolMissing, match=r"16\.3\.0 .* is too old"):
        start(tmp_path)


def test_packages_that_are_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    node(tmp_path, "v22.12.0")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(AssetError, match="pytron build --install"):
        start(tmp_path)
