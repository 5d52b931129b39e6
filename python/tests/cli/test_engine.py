"""`pytron engine`, over a mirror on this machine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from electron.conftest import VERSION, Mirror, archive, mirror
from pytron.cli import main

__all__ = ["archive", "mirror"]


def test_install_list_verify_and_remove(
    mirror: Mirror, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["engine", "list"]) == 0
    assert "pytron engine install chrome" in capsys.readouterr().out

    assert main(["engine", "install", "chrome", "--mirror", mirror.url]) == 0
    shown = capsys.readouterr()
    assert f"chrome {VERSION} is installed: {tmp_path / 'engines'}" in shown.out
    assert "fetching 100%" in shown.err
    assert "unpacking 100%" in shown.err

    assert main(["engine", "list", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["engine"], row["version"], row["used"]) == ("chrome", VERSION, True)

    assert main(["engine", "verify", "chrome"]) == 0
    assert f"chrome {VERSION}: whole" in capsys.readouterr().out
    Path(row["path"]).write_text("changed")
    assert main(["engine", "verify", "chrome"]) == 1
    damaged = capsys.readouterr().out
    assert f"chrome {VERSION}: damaged" in damaged
    assert f"pytron engine remove chrome --version {VERSION}" in damaged

    assert main(["engine", "remove", "chrome", "--json"]) == 0
    (removed,) = json.loads(capsys.readouterr().out)
    assert (removed["engine"], removed["version"]) == ("chrome", VERSION)
    assert not Path(row["path"]).exists()
    assert main(["engine", "remove", "chrome"]) == 0
    assert "nothing is installed" in capsys.readouterr().out


def test_failures_say_what_to_do(mirror: Mirror, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["engine", "verify", "chrome"]) == 3
    assert (
        "error: the chrome engine is not installed; run `pytron engine" in capsys.readouterr().err
    )
    mirror.content = b"something else"
    assert main(["engine", "install", "chrome"]) == 3
    assert "is not the file that was released" in capsys.readouterr().err
    assert main(["engine", "install", "chrome", "--version", "1.2.3"]) == 2
    assert "give --sha256" in capsys.readouterr().err
    assert main(["engine", "install", "firefox"]) == 2
