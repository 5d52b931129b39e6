"""Which system packages are missed, what they are called, and what the user is told."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.dev import packages
from tools.dev.machine import SetupError
from tools.dev.packages import Need

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="system packages are installed on Linux only"
)

AddProgram = Callable[[str, str], Path]

NEED = packages.program("Xvfb", apt="xvfb", dnf="xorg-x11-server-Xvfb", pacman="xorg-server-xvfb")

APT_POLICY = """
case "$2" in
  rustc) echo "rustc:"; echo "  Candidate: 1.63.0+dfsg1-2" ;;
  rustc-web) echo "  Candidate: 1.96.0+dfsg1-1~deb12u2" ;;
  epoch) echo "  Candidate: 2:3.4-1" ;;
  none) echo "  Candidate: (none)" ;;
esac
"""


@pytest.fixture
def as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "is_root", lambda: True)


@pytest.fixture
def as_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "is_root", lambda: False)


@pytest.mark.parametrize(
    ("tool", "name"), [("apt-get", "apt"), ("dnf", "dnf"), ("pacman", "pacman")]
)
def test_manager_is_the_one_that_is_there(add_program: AddProgram, tool: str, name: str) -> None:
    add_program(tool, "exit 0")
    manager = packages.find_manager()
    assert manager is not None
    assert manager.name == name


def test_no_manager_is_none(bare_path: Path) -> None:
    assert list(bare_path.iterdir()) == []
    assert packages.find_manager() is None


def test_nothing_is_installed_when_nothing_is_missing(add_program: AddProgram) -> None:
    add_program("Xvfb", "exit 0")
    assert packages.missing_step([NEED]) is None


@pytest.mark.usefixtures("as_root")
@pytest.mark.parametrize(
    ("tool", "command"),
    [
        ("apt-get", "apt-get install -y --no-install-recommends xvfb"),
        ("dnf", "dnf install -y xorg-x11-server-Xvfb"),
        ("pacman", "pacman -S --needed --noconfirm xorg-server-xvfb"),
    ],
)
def test_missing_program_is_installed_by_its_name_there(
    add_program: AddProgram, capsys: pytest.CaptureFixture[str], tool: str, command: str
) -> None:
    add_program(tool, "exit 0")
    step = packages.missing_step([NEED])
    assert step is not None
    assert command in step.remedy
    said = capsys.readouterr().out
    assert "missing here: Xvfb" in said
    assert f"system packages to install: {command.split()[-1]}" in said


@pytest.mark.usefixtures("as_root")
def test_only_what_is_missing_is_installed(add_program: AddProgram) -> None:
    add_program("apt-get", "exit 0")
    add_program("openbox", "exit 0")
    step = packages.missing_step(packages.DISPLAY_NEEDS)
    assert step is not None
    assert "xvfb" in step.remedy
    assert "openbox" not in step.remedy


def test_unknown_distribution_is_told_what_is_missing(bare_path: Path) -> None:
    assert list(bare_path.iterdir()) == []
    with pytest.raises(SetupError, match="lacks Xvfb, and has none of apt, dnf and pacman") as told:
        packages.missing_step([NEED])
    assert "xvfb" in told.value.remedy


@pytest.mark.usefixtures("as_user")
def test_without_root_and_sudo_the_exact_command_is_told(add_program: AddProgram) -> None:
    add_program("apt-get", "exit 0")
    with pytest.raises(SetupError, match="there is no sudo") as told:
        packages.missing_step([NEED])
    assert told.value.remedy.endswith(": apt-get install -y --no-install-recommends xvfb")


@pytest.mark.usefixtures("as_user")
def test_refused_sudo_tells_the_exact_command(add_program: AddProgram) -> None:
    add_program("apt-get", "exit 0")
    add_program("sudo", "exit 1")
    with pytest.raises(SetupError, match="sudo did not let us") as told:
        packages.missing_step([NEED])
    assert "apt-get install -y --no-install-recommends xvfb" in told.value.remedy


@pytest.mark.usefixtures("as_user")
def test_granted_sudo_leads_the_command(add_program: AddProgram) -> None:
    add_program("apt-get", "exit 0")
    add_program("sudo", "exit 0")
    step = packages.missing_step([NEED])
    assert step is not None
    assert "sudo apt-get install" in step.remedy


@pytest.mark.parametrize(
    ("package", "version"),
    [
        ("rustc", (1, 63, 0)),
        ("rustc-web", (1, 96, 0)),
        ("epoch", (3, 4)),
        ("none", None),
        ("unknown", None),
    ],
)
def test_candidate_version_is_read_from_apt(
    add_program: AddProgram, package: str, version: packages.Version | None
) -> None:
    add_program("apt-cache", APT_POLICY)
    assert packages.candidate_version(packages.MANAGERS[0], package) == version


def test_every_need_has_a_name_for_every_manager() -> None:
    needs: tuple[Need, ...] = (
        *packages.BUILD_NEEDS,
        *packages.DISPLAY_NEEDS,
        *packages.TEST_NEEDS,
        *packages.SLOW_NEEDS,
    )
    comes_with_python = "Python's venv"  # but for Debian, which cuts it off
    for need in needs:
        if need.what != comes_with_python:
            assert set(need.packages) == {manager.name for manager in packages.MANAGERS}
