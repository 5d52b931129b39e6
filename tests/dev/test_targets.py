"""Code for other systems is checked with what Rust has here, and left out loudly otherwise."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.dev import targets

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")

AddProgram = Callable[[str, str], Path]
WINDOWS, MACOS = targets.TARGETS


@pytest.fixture
def sysroot(tmp_path: Path, add_program: AddProgram, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Rust that has no standard library but this machine's."""
    root = tmp_path / "sysroot"
    root.mkdir()
    add_program(
        "rustc", f'if [ "$2" = sysroot ]; then echo "{root}"; else echo "{root}/lib/$4"; fi'
    )
    monkeypatch.setattr(targets, "BUILD", tmp_path / "build")
    return root


def test_target_without_a_standard_library_is_left_out(
    sysroot: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert list(sysroot.iterdir()) == []
    assert targets.plan_check(WINDOWS) is None
    assert targets.main() == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.startswith("Skipped: Rust has no standard library for") for line in lines] == [
        True,
        True,
    ]


def test_installed_target_is_checked_with_stable_rust(sysroot: Path) -> None:
    (sysroot / "lib" / WINDOWS).mkdir(parents=True)
    check = targets.plan_check(WINDOWS)
    assert check is not None
    assert check.command[-2:] == ["--target", WINDOWS]
    assert "RUSTC_BOOTSTRAP" not in check.env


def test_source_of_the_standard_library_serves_as_well(sysroot: Path) -> None:
    (sysroot / "lib/rustlib/src/rust/library").mkdir(parents=True)
    check = targets.plan_check(WINDOWS)
    assert check is not None
    assert check.command[-1] == "-Zbuild-std=std,panic_abort"
    assert check.env["RUSTC_BOOTSTRAP"] == "1"


@pytest.mark.skipif(sys.platform == "darwin", reason="there the system's own compiler is used")
def test_code_for_macos_gets_a_c_compiler_for_macos(
    sysroot: Path, add_program: AddProgram, tmp_path: Path
) -> None:
    (sysroot / "lib" / MACOS).mkdir(parents=True)
    zig = add_program("a python", 'for word do echo "$word"; done').rename(tmp_path / "a python")
    check = targets.plan_check(MACOS, python=str(zig))
    assert check is not None
    flags = ["--target=arm64-apple-macosx", "-mmacosx-version-min=11.0", "-c", "a file.m"]
    command = [check.env["CC_aarch64_apple_darwin"], *flags]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert said.splitlines() == [
        *("-m", "ziglang", "cc", "-target", "aarch64-macos", "-c", "a file.m"),
    ]


def test_failing_check_fails_the_run(
    sysroot: Path, add_program: AddProgram, capfd: pytest.CaptureFixture[str]
) -> None:
    (sysroot / "lib" / WINDOWS).mkdir(parents=True)
    add_program("cargo", "echo error: it does not compile; exit 101")
    assert targets.main() == 1
    assert "error: it does not compile" in capfd.readouterr().out
