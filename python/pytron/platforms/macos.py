"""Facts about macOS. Only type-checked so far, not run."""

from __future__ import annotations

import platform
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


def app_origin() -> str:
    """The origin that the app's pages have in WKWebView."""
    return "pytron://localhost"


def web_view_library() -> str | None:
    """None: the system has it linked already."""
    return None


def data_folder() -> Path:
    """The user's folder for what apps keep."""
    return Path.home() / "Library" / "Application Support"


def cache_folder(name: str) -> Path:
    """The user's folder for what a program can fetch again."""
    return Path.home() / "Library" / "Caches" / name


def memory_folder() -> Path | None:
    """A folder whose files are in memory; macOS has none."""
    return None


def electron_target() -> str:
    """The kind of machine, as Electron's releases name it."""
    return "darwin-arm64" if platform.machine() == "arm64" else "darwin-x64"


def electron_program(folder: Path) -> Path:
    """The program in an unpacked release of Electron."""
    return folder / "Electron.app" / "Contents" / "MacOS" / "Electron"


def graphics_facts() -> dict[str, str]:
    """What draws on this machine: nothing that would have to be known."""
    return {}


def graphics_remedy() -> dict[str, str]:
    """What has the processor draw the system's web view: it needs no telling here."""
    return {}


def native_remedy(error: ImportError) -> str:
    """What to do when the native engine cannot be loaded."""
    if isinstance(error, ModuleNotFoundError) and error.name == "pytron_native":
        return (
            "the native engine is not installed; install the wheel pytron-native beside "
            "pytron-kit, or set PYTRON_ENGINE to another"
        )
    return f"the native engine cannot be loaded: {error}; it needs macOS 11 or newer"


# --- for `pytron package` -------------------------------------------------------------------------


def frozen_program(out: Path, name: str, *, one_file: bool) -> Path:
    """Where PyInstaller puts the program."""
    return out / name if one_file else out / name / name


def silent_python() -> str:
    """The interpreter that opens no console: here none does."""
    return sys.executable


def has_backdrops() -> bool:
    """Whether the system has a material to show behind a page: vibrancy."""
    return True


def icon_format() -> str | None:
    """The format of icons in programs."""
    return "icns"


def display_variables() -> dict[str, str] | None:
    """Nothing is needed: the window server is found by the session."""
    return {}


def plain_environment(home: Path, temp: Path, run: Path, path: Path) -> dict[str, str]:  # noqa: ARG001 - the same on all
    """The environment of a user who has just logged in, and has nothing installed."""
    return {"HOME": str(home), "TMPDIR": str(temp), "PATH": str(path), "LANG": "en_US.UTF-8"}


def give_to_stranger(folder: Path) -> list[str]:  # noqa: ARG001
    """Another user has no window server: it stays with this one."""
    return ["not proved as another user: only the one who is logged in can open windows"]


@contextmanager
def adopting() -> Generator[None]:
    """Nothing: here no process can adopt others."""
    yield


def confined(
    command: list[str],
    *,
    namespace: bool = True,  # noqa: ARG001 - Linux asks
    network: bool = False,
) -> tuple[list[str], list[str]]:
    """The command without network.

    Source: sandbox-exec(1), deprecated and without a successor for this.
    """
    if network:
        return command, []
    profile = "(version 1)(allow default)(deny network-outbound (remote ip))"
    return ["/usr/bin/sandbox-exec", "-p", profile, *command], []


def electron_problem(program: Path) -> str | None:  # noqa: ARG001 - Linux looks at it
    """Why an Electron cannot start here, and the remedy; None when nothing is known."""
    return None


def printer_problem() -> str | None:
    """Why Chromium finds no printer here: the system's own dialog says that itself."""
    return None


def error_dialogue(text: str) -> list[str] | None:
    """The command that shows an error in a window.

    Source: Mac Automation Scripting Guide, "Displaying Dialogs and Alerts".
    """
    script = "on run words\ndisplay alert (item 1 of words) as critical\nend run"
    return ["/usr/bin/osascript", "-e", script, text]
