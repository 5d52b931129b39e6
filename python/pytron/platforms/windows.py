"""Facts about Windows. Only type-checked so far, not run."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


def app_origin() -> str:
    """The origin that the app's pages have in WebView2, which wry maps schemes to."""
    return "https://pytron.localhost"


def web_view_library() -> str | None:
    """None: the native module brings its own loader, which is small."""
    return None


def data_folder() -> Path:
    """The user's folder for what apps keep on this machine."""
    chosen = os.environ.get("LOCALAPPDATA")
    return Path(chosen) if chosen else Path.home() / "AppData" / "Local"


def cache_folder(name: str) -> Path:
    """The user's folder for what a program can fetch again."""
    return data_folder() / name / "Cache"


def memory_folder() -> Path | None:
    """A folder whose files are in memory; Windows has none."""
    return None


def electron_target() -> str:
    """The kind of machine, as Electron's releases name it."""
    kinds = {"ARM64": "arm64", "x86": "ia32"}
    return f"win32-{kinds.get(platform.machine(), 'x64')}"


def electron_program(folder: Path) -> Path:
    """The program in an unpacked release of Electron."""
    return folder / "electron.exe"


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
    return (
        f"the native engine cannot be loaded: {error}; it needs the WebView2 Runtime, which "
        "Microsoft's Evergreen Bootstrapper installs"
    )


# --- for `pytron package` -------------------------------------------------------------------------


def frozen_program(out: Path, name: str, *, one_file: bool) -> Path:
    """Where PyInstaller puts the program."""
    program = f"{name}.exe"
    return out / program if one_file else out / name / program


def silent_python() -> str:
    """The interpreter that opens no console: pythonw, where it is."""
    silent = Path(sys.executable).with_name("pythonw.exe")
    return str(silent) if silent.is_file() else sys.executable


def has_backdrops() -> bool:
    """Whether the system has a material to show behind a page: mica and acrylic."""
    return True


def icon_format() -> str | None:
    """The format of icons in programs."""
    return "ico"


def display_variables() -> dict[str, str] | None:
    """Nothing is needed: a program's windows open on the desktop it was started from."""
    return {}


def plain_environment(home: Path, temp: Path, run: Path, path: Path) -> dict[str, str]:  # noqa: ARG001 - the same on all
    """The environment of a user who has just logged in, and has nothing installed."""
    names = ("SystemRoot", "SystemDrive", "windir", "ComSpec", "PROCESSOR_ARCHITECTURE")
    kept = {name: os.environ[name] for name in names if name in os.environ}
    folders = {
        "USERPROFILE": home,
        "APPDATA": home / "AppData" / "Roaming",
        "LOCALAPPDATA": home / "AppData" / "Local",
        "TEMP": temp,
        "TMP": temp,
    }
    system = f"{kept.get('SystemRoot', '')}\\System32"
    return {**kept, **{name: str(value) for name, value in folders.items()}, "PATH": system}


def give_to_stranger(folder: Path) -> list[str]:  # noqa: ARG001 - the same on all
    """Another user would need a password."""
    return ["not proved as another user: that needs a second account"]


@contextmanager
def adopting() -> Generator[None]:
    """Nothing: here no process can adopt others."""
    yield


def confined(
    command: list[str],
    *,
    namespace: bool = True,  # noqa: ARG001 - Linux asks
    network: bool = False,  # noqa: ARG001 - it has one
) -> tuple[list[str], list[str]]:
    """The command as it is: Windows has no network to leave for one program without a driver."""
    return command, ["not proved offline: Windows has no switch for one program"]


def electron_problem(program: Path) -> str | None:  # noqa: ARG001 - Linux looks at it
    """Why an Electron cannot start here, and the remedy; None when nothing is known."""
    return None


def printer_problem() -> str | None:
    """Why Chromium finds no printer here: the system's own dialog says that itself."""
    return None


def error_dialogue(text: str) -> list[str] | None:  # noqa: ARG001 - the same on all
    """None: the bootloader of a program without a console shows a traceback in a window."""
    return None
