"""When Electron is started before the app."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytron import early, inspection

_ASKS = "import sys; from pytron import early; early.begin(sys._getframe())"


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """What was started, instead of starting it; the environment names the engine."""
    program = tmp_path / "electron"
    program.write_text("#!/bin/sh\n", "utf-8")
    program.chmod(0o700)
    found: list[str] = []
    monkeypatch.setattr(early, "_start", found.append)
    monkeypatch.setenv("PYTRON_ELECTRON_PATH", str(tmp_path))
    monkeypatch.setenv("PYTRON_ENGINE", "chrome, native")
    for name in ("PYTRON_LINK", "PYTRON_HOSTED"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(early.os, "posix_spawnp", object(), raising=False)
    return found


def ask(tmp_path: Path, name: str = "__main__", **more: object) -> None:
    """Use `App` first in a module of this name."""
    file = tmp_path / "app.py"
    file.write_text(_ASKS, "utf-8")
    exec(compile(_ASKS, str(file), "exec"), {"__name__": name, "__file__": str(file), **more})


def test_the_program_starts_it(begun: list[str], tmp_path: Path) -> None:
    ask(tmp_path)
    assert begun == [str(tmp_path / "electron")]


def test_a_module_of_it_does_not(begun: list[str], tmp_path: Path) -> None:
    ask(tmp_path, "app")
    assert begun == []


def test_a_prompt_does_not(begun: list[str]) -> None:
    exec(_ASKS, {"__name__": "__main__"})
    assert begun == []


@pytest.mark.parametrize("engine", ["native", "native,chrome", "chromes", "headless"])
def test_another_engine_does_not(
    begun: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    monkeypatch.setenv("PYTRON_ENGINE", engine)
    ask(tmp_path)
    assert begun == []


def test_who_only_looks_at_an_app_does_not(begun: list[str], tmp_path: Path) -> None:
    with inspection.looking():
        ask(tmp_path)
    assert begun == []


def test_an_app_whose_windows_are_there_already_does_not(
    begun: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTRON_LINK", "fd:7")
    ask(tmp_path)
    assert begun == []


@pytest.mark.parametrize(
    ("settings", "starts"),
    [
        ('engine = "chrome"', True),
        ('engine = ["chrome", "native"]', True),
        ('engine = ["native", "chrome"]', False),
        ('name = "chrome"', False),
        ("engine = 7 # chrome", False),
        ("engine = chrome, which is no TOML", False),
    ],
)
def test_settings_name_it(
    begun: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    settings: str,
    starts: bool,
) -> None:
    monkeypatch.delenv("PYTRON_ENGINE")
    (tmp_path / "pyproject.toml").write_text(f"[tool.pytron]\n{settings}\n", "utf-8")
    ask(tmp_path)
    assert bool(begun) == starts


def test_where_there_is_none_nothing_happens(
    begun: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTRON_ELECTRON_PATH", str(tmp_path / "missing"))
    ask(tmp_path)
    assert begun == []


def test_without_its_shell_it_is_not_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(early, "__file__", str(tmp_path / "early.py"))
    early._start("/electron")
    assert early.take("/electron") is None


def test_without_one_there_is_nothing_to_take() -> None:
    assert early.take("/electron") is None
    early.abandon()
