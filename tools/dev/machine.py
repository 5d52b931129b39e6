"""Facts about this machine and where things stand in the checkout."""

import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
LOGS = BUILD / "logs"
STAMPS = BUILD / "steps"
VENV = ROOT / ".venv"

WINDOWS = sys.platform == "win32"
MACOS = sys.platform == "darwin"
LINUX = sys.platform.startswith("linux")

PROGRAMS = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = PROGRAMS / ("python.exe" if WINDOWS else "python")
SITE = ".venv/Lib/site-packages" if WINDOWS else ".venv/lib/python3*/site-packages"


class SetupError(Exception):
    """The machine or the checkout lacks something; `remedy` says what to do about it."""

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(cause)
        self.remedy = remedy


def find_program(name: str, path: str | None = None) -> str | None:
    """The full path of a program, or None (finds `npm.cmd` on Windows too)."""
    return shutil.which(name, path=path)


def is_root() -> bool:
    """Whether system packages may be installed without sudo."""
    return not WINDOWS and os.geteuid() == 0


def has_display() -> bool:
    """Whether a window can be opened without starting a display first."""
    if not LINUX:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def environment(*first: Path | str) -> dict[str, str]:
    """The environment of everything dev.py starts; the folders `first` lead its PATH."""
    result = dict(os.environ)
    folders = [str(PROGRAMS), *map(str, first)]
    result["PATH"] = os.pathsep.join([*folders, result.get("PATH", os.defpath)])
    result["VIRTUAL_ENV"] = str(VENV)
    result["PYO3_PYTHON"] = str(PYTHON)  # one value everywhere, or cargo builds everything again
    result["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    result["PIP_NO_INPUT"] = "1"
    result["PIP_USER"] = "0"  # a person's own setting; it cannot be together with an environment
    result["NPM_CONFIG_UPDATE_NOTIFIER"] = "false"
    result["PYTHONIOENCODING"] = "utf-8"
    result["PYTHONUNBUFFERED"] = "1"  # progress should be visible while it happens
    result.pop("PYTHONHOME", None)
    return result
