"""What a user is told when the Electron that is there cannot show the app."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pytron import App, EngineError
from pytron.platforms import electron_problem, electron_program

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="its programs are shell scripts")


def program(path: Path, script: str) -> Path:
    """A program of the test's own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(0o755)
    return path


def electron(folder: Path, version: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An Electron of that version, which ends at once; it is the one that is used."""
    made = program(electron_program(folder), "exit 7")
    (folder / "version").write_text(version, "utf-8")
    monkeypatch.setenv("PYTRON_ELECTRON_PATH", str(folder))
    return made


@pytest.mark.parametrize("version", ["21.4.4", "v9.4.1"])
def test_one_that_is_too_old_is_named_with_what_to_do(
    version: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    electron(tmp_path, version, monkeypatch)
    told = rf"Electron {version.lstrip('v')} is too old: 22 .*`pytron engine install chrome`"
    with pytest.raises(EngineError, match=told):
        App("Test", engine="chrome", ephemeral=True).run()


def test_instead_of_one_that_is_too_old_the_next_engine_shows_the_app(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    electron(tmp_path, "21.4.4", monkeypatch)
    app = App("Test", engine=["chrome", "headless"], ephemeral=True)
    app.on_start(lambda: app.quit(5))
    assert app.run() == 5
    assert "Electron 21.4.4 is too old" in caplog.text
    assert "headless is tried instead" in caplog.text


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="asks Linux's loader")
def test_libraries_that_are_missing_are_named_with_what_installs_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = electron(tmp_path / "electron", "45.0.0", monkeypatch)
    found = ("libnss3.so => not found", "libc.so.6 => /lib/libc.so.6")
    program(tmp_path / "bin" / "ldd", "\n".join(f"echo '{line}'" for line in found))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("PYTRON_ELECTRON_SANDBOX", "0")
    told = electron_problem(made)
    assert told is not None
    assert "libnss3.so;" in told
    assert "sudo apt install libnss3" in told
    with pytest.raises(EngineError, match="cannot start: Electron needs libraries"):
        App("Test", engine="chrome", ephemeral=True).run()
