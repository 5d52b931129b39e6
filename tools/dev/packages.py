"""System packages: what this machine lacks, what it is called here, and installing it.

Needs are checked by what they give (a program, a pkg-config module), never by package name, so a
machine that got them in another way is left alone.
"""

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from ctypes.util import find_library
from dataclasses import dataclass
from pathlib import Path

from tools.dev.machine import LINUX, MACOS, SetupError, find_program, is_root
from tools.dev.progress import say
from tools.dev.steps import Job, Step

Version = tuple[int, ...]


@dataclass(frozen=True)
class Manager:
    """A package manager: how it installs, and how it names a package's version."""

    name: str
    install: tuple[str, ...]
    refresh: tuple[str, ...] | None  # when its lists may be empty, as in a new container
    candidate: tuple[str, ...]  # the package's name follows; prints its version somewhere
    pattern: str


MANAGERS = (
    Manager(
        "apt",
        ("apt-get", "install", "-y", "--no-install-recommends"),
        ("apt-get", "update"),
        ("apt-cache", "policy"),
        r"Candidate: (?:\d+:)?(\d+(?:\.\d+)*)",
    ),
    Manager(
        "dnf", ("dnf", "install", "-y"), None, ("dnf", "-q", "info"), r"Version\s*: (\d+(?:\.\d+)*)"
    ),
    Manager(
        "pacman",
        ("pacman", "-S", "--needed", "--noconfirm"),
        ("pacman", "-Sy"),
        ("pacman", "-Si"),
        r"Version\s*: (?:\d+:)?(\d+(?:\.\d+)*)",
    ),
)


@dataclass(frozen=True)
class Need:
    """Something the machine must have, and the packages that give it."""

    what: str
    present: Callable[[], bool]
    packages: Mapping[str, tuple[str, ...]]  # by manager


def program(name: str, **packages: str) -> Need:
    """A need for a program on the PATH."""
    return Need(name, lambda: find_program(name) is not None, _split(packages))


def library(module: str, **packages: str) -> Need:
    """A need for a C library with its headers, known to pkg-config."""
    return Need(module, lambda: _pkg_config_knows(module), _split(packages))


def shared(name: str, **packages: str) -> Need:
    """A need for a C library that only has to be there at run time."""
    return Need(f"lib{name}", lambda: find_library(name) is not None, _split(packages))


def _split(packages: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    return {manager: tuple(names.split()) for manager, names in packages.items()}


def _pkg_config_knows(module: str) -> bool:
    tool = find_program("pkg-config")
    if tool is None:
        return False
    return subprocess.run([tool, "--exists", module], check=False).returncode == 0


def _has_venv() -> bool:
    return all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))


REDISES = ("redis-server", "valkey-server", "redis-check-rdb")
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BUILD_NEEDS = (
    program("cc", apt="build-essential", dnf="gcc", pacman="gcc"),
    program("pkg-config", apt="pkg-config", dnf="pkgconf-pkg-config", pacman="pkgconf"),
    library(
        "webkit2gtk-4.1",
        apt="libwebkit2gtk-4.1-dev",
        dnf="webkit2gtk4.1-devel",
        pacman="webkit2gtk-4.1",
    ),
    library("gtk+-3.0", apt="libgtk-3-dev", dnf="gtk3-devel", pacman="gtk3"),
    Need(
        "Python's venv",
        _has_venv,
        _split(
            {"apt": f"python{sys.version_info[0]}.{sys.version_info[1]}-venv", "dnf": "python3"}
        ),
    ),
)
DISPLAY_NEEDS = (
    program("Xvfb", apt="xvfb", dnf="xorg-x11-server-Xvfb", pacman="xorg-server-xvfb"),
    program("openbox", apt="openbox", dnf="openbox", pacman="openbox"),
)
TEST_NEEDS = (
    program("xdotool", apt="xdotool", dnf="xdotool", pacman="xdotool"),
    # The browser in which the server engine is tested; whichever of the family is there.
    Need(
        "Chromium",
        lambda: any(find_program(name) for name in CHROMIUMS),
        _split({"apt": "chromium", "dnf": "chromium", "pacman": "chromium"}),
    ),
    # windows under Wayland, without a screen
    program("weston", apt="weston", dnf="weston", pacman="weston"),
    # what the desktop's services are tried with
    program("dbus-daemon", apt="dbus", dnf="dbus-daemon", pacman="dbus"),
    program("pdftotext", apt="poppler-utils", dnf="poppler-utils", pacman="poppler"),
    shared("Xss", apt="libxss1", dnf="libXScrnSaver", pacman="libxss"),  # how long nobody typed
    program("xprop", apt="x11-utils", dnf="xprop", pacman="xorg-xprop"),
    program("picom", apt="picom", dnf="picom", pacman="picom"),  # shows what lies behind a window
    program("xclip", apt="xclip", dnf="xclip", pacman="xclip"),
    # What several servers share. Debian's tools hold the server too, and start no service.
    Need(
        "Redis",
        lambda: any(find_program(name) for name in REDISES),
        _split({"apt": "redis-tools", "dnf": "valkey", "pacman": "valkey"}),
    ),
    # A printer to print on. The tests start their own; where systemd is, the system's starts too.
    Need(
        "CUPS",
        lambda: find_program("cupsd") is not None or Path("/usr/sbin/cupsd").is_file(),
        _split({"apt": "cups-daemon", "dnf": "cups", "pacman": "cups"}),
    ),
    program("xdg-mime", apt="xdg-utils", dnf="xdg-utils", pacman="xdg-utils"),
    program("gio", apt="libglib2.0-bin", dnf="glib2", pacman="glib2"),  # opens a file as GNOME does
    # installers and signatures for Windows, made here
    program("makensis", apt="nsis", dnf="mingw32-nsis", pacman=""),
    program("osslsigncode", apt="osslsigncode", dnf="osslsigncode", pacman=""),
)

#: What only `test --all` needs: a Windows for what was made for it, a tool of Nuitka's, and screens
#: that are plugged in and out, whose server brings much of the system with it.
SLOW_NEEDS = (
    program("wine", apt="wine wine64", dnf="wine", pacman="wine"),
    program("patchelf", apt="patchelf", dnf="patchelf", pacman="patchelf"),
    program(
        "Xorg",
        apt="xserver-xorg-core xserver-xorg-video-dummy",
        dnf="xorg-x11-server-Xorg xorg-x11-drv-dummy",
        pacman="xorg-server xf86-video-dummy",
    ),
    program("xrandr", apt="x11-xserver-utils", dnf="xrandr", pacman="xorg-xrandr"),
)


#: What the tests of the chrome engine need: to unpack an Electron, and to run it.
ELECTRON_NEEDS = (
    program("unsquashfs", apt="squashfs-tools", dnf="squashfs-tools", pacman="squashfs-tools"),
    shared("nss3", apt="libnss3", dnf="nss", pacman="nss"),
    shared("gbm", apt="libgbm1", dnf="mesa-libgbm", pacman="mesa"),
    shared("asound", apt="libasound2-dev", dnf="alsa-lib", pacman="alsa-lib"),
)


def find_manager() -> Manager | None:
    """The package manager of this machine, or None when it is one we do not know."""
    return next((manager for manager in MANAGERS if find_program(manager.install[0])), None)


def candidate_version(manager: Manager, package: str) -> Version | None:
    """The version of a package that an install would bring, or None when there is none."""
    answer = subprocess.run(
        [*manager.candidate, package],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "LC_ALL": "C"},
    )
    found = re.search(manager.pattern, answer.stdout)
    return tuple(int(part) for part in found[1].split(".")) if found else None


def install_command(manager: Manager, names: Sequence[str]) -> list[str]:
    """The command that installs packages, with sudo where it takes that."""
    return [*_as_root(), *manager.install, *names]


def _as_root() -> list[str]:
    return [] if is_root() else ["sudo"]


def require_developer_tools() -> None:
    """Be sure of a C compiler and linker where a package manager does not bring them.

    Raises:
        SetupError: they are missing; the remedy is the exact command.

    Platforms: macOS. On Windows Rust's installer asks for them.
    """
    if (
        MACOS
        and subprocess.run(["xcode-select", "-p"], check=False, capture_output=True).returncode
    ):
        raise SetupError(
            "Apple's command line developer tools are missing",
            "run `xcode-select --install`, then the same command again",
        )


def missing_step(needs: Sequence[Need]) -> Step | None:
    """The step that installs what is missing, or None when nothing is.

    Raises:
        SetupError: it cannot be installed from here; the remedy is the exact command.

    Platforms: Linux; macOS and Windows need none of this.
    """
    lacking = [need for need in needs if not need.present()] if LINUX else []
    if not lacking:
        return None
    manager = find_manager()
    what = ", ".join(need.what for need in lacking)
    if manager is None:
        raise SetupError(
            f"this machine lacks {what}, and has none of apt, dnf and pacman",
            "install them with your system's packages; in Debian they are called "
            + " ".join(name for need in lacking for name in need.packages.get("apt", ())),
        )
    names = tuple(name for need in lacking for name in need.packages.get(manager.name, ()))
    if not names:
        return None  # this manager has none of them: what needs them is skipped
    return install_step(manager, names, f"missing here: {what}")


def install_step(manager: Manager, names: Sequence[str], why: str) -> Step:
    """A step that installs packages; says which and why before it is run.

    Raises:
        SetupError: this user may not install packages; the remedy is the exact command.
    """
    command = install_command(manager, names)
    say(f"  {why}")
    say(f"  system packages to install: {' '.join(names)}")
    if not is_root():
        _ask_for_sudo(command)

    def install(job: Job) -> None:
        job.env["DEBIAN_FRONTEND"] = "noninteractive"
        refresh(manager, job)
        job.run(*command)

    by_hand = f"install them by hand: {' '.join(command)}"
    return Step("system packages", install, remedy=by_hand, facts={"packages": " ".join(names)})


def refresh(manager: Manager, job: Job) -> None:
    """Bring the manager's lists up to date."""
    if manager.refresh is not None:
        job.run(*_as_root(), *manager.refresh)


def _ask_for_sudo(command: Sequence[str]) -> None:
    by_hand = f"run this as root, then the same command again: {' '.join(command[1:])}"
    if find_program("sudo") is None:
        raise SetupError("this user may not install system packages, and there is no sudo", by_hand)
    quiet = [] if sys.stdin is not None and sys.stdin.isatty() else ["-n"]
    if subprocess.run(["sudo", *quiet, "-v"], check=False).returncode:
        raise SetupError("sudo did not let us install system packages", by_hand)
