"""What a user is told when the native engine cannot be loaded, or nothing can be printed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pytron import App, EngineError
from pytron.platforms import linux

LOADER = "libwebkit2gtk-4.1.so.0: cannot open shared object file: No such file or directory"


def without_native(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, source: str | None) -> None:
    """Put a native module in the way that fails like the real one, or none at all."""
    if source is None:
        monkeypatch.setitem(sys.modules, "pytron_native", None)
        return
    monkeypatch.delitem(sys.modules, "pytron_native", raising=False)
    (tmp_path / "pytron_native.py").write_text(source, "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))


def test_a_missing_web_view_is_named_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: "/bin/dnf" if name == "dnf" else None)
    told = linux.native_remedy(ImportError(LOADER))
    assert LOADER in told
    assert "sudo dnf install webkit2gtk4.1" in told


def test_a_web_view_that_is_too_old_is_named_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: "/bin/apt" if name == "apt-get" else None)
    loader = "pytron_native.abi3.so: undefined symbol: webkit_web_view_evaluate_javascript"
    told = linux.native_remedy(ImportError(loader))
    assert "too old" in told
    assert "2.40" in told
    assert "sudo apt install" in told


def test_an_app_whose_web_view_is_missing_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    without_native(monkeypatch, tmp_path, f"raise ImportError({LOADER!r})")
    with pytest.raises(EngineError, match="libwebkit2gtk"):
        App("test", engine="native", ephemeral=True).run()


def test_a_missing_native_wheel_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    without_native(monkeypatch, tmp_path, None)
    with pytest.raises(EngineError, match="pytron-native"):
        App("test", engine="native", ephemeral=True).run()


def test_without_a_known_package_manager_the_library_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    assert "WebKitGTK" in linux.native_remedy(ImportError(LOADER))


def test_chromium_without_cups_cannot_print_and_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("CUPS_SERVER", raising=False)
    monkeypatch.setattr(linux, "_CUPS", (str(tmp_path / "socket"),))
    told = linux.printer_problem()
    assert told is not None
    assert "install cups" in told
    (tmp_path / "socket").touch()
    assert linux.printer_problem() is None
