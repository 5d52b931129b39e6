"""Rust and Node: the first that is new enough is taken, otherwise the user is told exactly."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.dev import toolchains
from tools.dev.machine import SetupError
from tools.dev.packages import MANAGERS

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")

AddProgram = Callable[[str, str], Path]


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("rustc 1.95.0 (59807616e 2026-04-14)", (1, 95, 0)),
        ("v20.20.2", (20, 20, 2)),
        ("nothing", ()),
    ],
)
def test_version_is_read(text: str, version: tuple[int, ...]) -> None:
    assert toolchains.parse_version(text) == version


@pytest.mark.parametrize(
    ("version", "good"), [("1.89.9", False), ("1.90.0", True), ("1.100.0", True), ("2.0.0", True)]
)
def test_rust_is_taken_when_new_enough(add_program: AddProgram, version: str, good: bool) -> None:
    add_program("rustc", f"echo rustc {version}")
    add_program("cargo", f"echo cargo {version}")
    assert (toolchains.find_rust() is not None) == good


def test_rust_without_cargo_is_not_whole(add_program: AddProgram) -> None:
    add_program("rustc", "echo rustc 1.95.0")
    assert toolchains.find_rust() is None


def test_rust_that_does_not_run_is_not_taken(add_program: AddProgram) -> None:
    add_program("rustc", "echo rustc 1.95.0; exit 1")  # rustup without a toolchain does this
    add_program("cargo", "exit 1")
    assert toolchains.find_rust() is None


def test_rustup_in_the_home_folder_is_found_without_path(
    add_program: AddProgram, tmp_path: Path
) -> None:
    add_program("rustc", "echo rustc 1.63.0")
    add_program("cargo", "echo cargo 1.63.0")
    home = tmp_path / "home" / ".cargo" / "bin"
    home.mkdir(parents=True)
    for name in ("rustc", "cargo"):
        add_program(name, f"echo {name} 1.95.0").rename(home / name)
    found = toolchains.find_rust()
    assert found is not None
    assert (found.folder, found.version) == (home, "rustc 1.95.0")


@pytest.mark.usefixtures("bare_path")
def test_without_rust_and_distribution_the_installer_is_told() -> None:
    with pytest.raises(SetupError, match=r"Rust 1\.90 or newer; here is no rustc") as told:
        toolchains.rust_step()
    assert "https://sh.rustup.rs | sh -s -- -y" in told.value.remedy


def test_old_rust_is_named_in_the_message(add_program: AddProgram) -> None:
    place = add_program("rustc", "echo rustc 1.63.0")
    with pytest.raises(SetupError) as told:
        toolchains.rust_step()
    assert f"rustc 1.63.0 ({place})" in str(told.value)
    assert "rustup update stable" in told.value.remedy


def policy(**versions: str) -> str:
    cases = " ".join(
        f'{name.replace("_", "-")}) echo "Candidate: {v}" ;;' for name, v in versions.items()
    )
    return f'case "$2" in {cases} *) echo "Candidate: (none)" ;; esac'


def test_distribution_rust_is_taken_when_new_enough(add_program: AddProgram) -> None:
    names = {"rustc": "1.92.0", "cargo": "1.92.0", "rustfmt": "1.92.0", "rust_clippy": "1.92.0"}
    add_program("apt-cache", policy(**names))
    assert toolchains.distribution_rust(MANAGERS[0]) == ("rustc", "cargo", "rustfmt", "rust-clippy")


def test_debian_12_has_its_browsers_rust(add_program: AddProgram) -> None:
    web = {"rustc_web": "1.96.0", "cargo_web": "1.96.0", "rustfmt_web": "1.96.0"}
    add_program("apt-cache", policy(rustc="1.63.0", rust_clippy="1.63.0", **web))
    assert toolchains.distribution_rust(MANAGERS[0]) == ("rustc-web", "cargo-web", "rustfmt-web")


def test_old_distribution_has_no_rust_for_us(add_program: AddProgram) -> None:
    add_program("apt-get", "exit 0")
    add_program("apt-cache", policy(rustc="1.63.0"))
    assert toolchains.distribution_rust(MANAGERS[0]) is None
    with pytest.raises(SetupError, match="and the distribution has no newer"):
        toolchains.rust_step()


@pytest.mark.parametrize(
    ("version", "good"),
    [("v18.20.4", False), ("v20.18.9", False), ("v20.19.0", True), ("v24.0.0", True)],
)
def test_node_is_taken_when_new_enough(
    add_program: AddProgram,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    version: str,
    good: bool,
) -> None:
    monkeypatch.setattr(toolchains, "PROGRAMS", tmp_path / "venv" / "bin")
    add_program("node", f"echo {version}")
    add_program("npm", "echo 10.8.2")
    assert (toolchains.find_node() is not None) == good


def test_node_without_npm_is_not_whole(
    add_program: AddProgram, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(toolchains, "PROGRAMS", tmp_path / "venv" / "bin")
    add_program("node", "echo v22.0.0")
    assert toolchains.find_node() is None


def test_missing_node_comes_as_a_wheel_or_is_told() -> None:
    step = toolchains.node_step(Path(sys.executable))
    assert step.facts == {"wheel": toolchains.NODE_WHEEL}
    assert "https://nodejs.org" in step.remedy
    assert "Node.js 20.19 or newer" in step.remedy
