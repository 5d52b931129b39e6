"""Facts about Linux."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

assert sys.platform != "win32"

#: Source: prctl(2).
_SET_CHILD_SUBREAPER = 36
#: Memory for large binary; a container's 64 MB are soon full.
_ROOMY_BYTES = 512 << 20
#: kind of machine → Electron's name of it
_MACHINES = {"x86_64": "x64", "aarch64": "arm64"}
#: package manager → how it installs the web view
_WEBKIT = {
    "apt-get": "sudo apt install libwebkit2gtk-4.1-0",
    "dnf": "sudo dnf install webkit2gtk4.1",
    "pacman": "sudo pacman -S webkit2gtk-4.1",
    "zypper": "sudo zypper install libwebkit2gtk-4_1-0",
    "apk": "sudo apk add webkit2gtk-4.1",
}


def app_origin() -> str:
    """The origin that the app's pages have in the system's web view."""
    return "pytron://localhost"


def web_view_library() -> str | None:
    """The library of the web view that takes long to load, as the native module names it."""
    return "libwebkit2gtk-4.1.so.0"


def data_folder() -> Path:
    """The user's folder for what apps keep."""
    chosen = os.environ.get("XDG_DATA_HOME", "")
    return Path(chosen) if chosen.startswith("/") else Path.home() / ".local" / "share"


def cache_folder(name: str) -> Path:
    """The user's folder for what a program can fetch again."""
    chosen = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(chosen) if chosen.startswith("/") else Path.home() / ".cache") / name


def memory_folder() -> Path | None:
    """A folder whose files are in memory; None where there is none, or a small one (containers)."""
    place = Path("/dev/shm")
    if not os.access(place, os.W_OK | os.X_OK):
        return None
    space = os.statvfs(place)
    return place if space.f_frsize * space.f_blocks >= _ROOMY_BYTES else None


def electron_target() -> str:
    """The kind of machine, as Electron's releases name it."""
    machine = platform.machine()
    return f"linux-{_MACHINES.get(machine, machine)}"


def electron_program(folder: Path) -> Path:
    """The program in an unpacked release of Electron."""
    return folder / "electron"


def electron_problem(program: Path) -> str | None:
    """Why an Electron cannot start here, and the remedy; None when nothing is known."""
    if display_variables() is None:
        return (
            "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set); run it in a "
            "desktop session, or on a virtual one: xvfb-run python app.py"
        )
    if os.geteuid() == 0 and os.environ.get("PYTRON_ELECTRON_SANDBOX") != "0":
        return (
            "Chromium's sandbox does not run as root; run the app as an ordinary user. "
            "PYTRON_ELECTRON_SANDBOX=0 does without the sandbox: only for pages you wrote"
        )
    missing = _missing_libraries(program)
    if missing:
        return (
            f"Electron needs libraries that are not here: {', '.join(missing)}; install them, in "
            "Debian and Ubuntu: sudo apt install libnss3 libgbm1 libasound2 libgtk-3-0"
        )
    return None


#: Where CUPS' own programs look for its service, and where another one is named to them.
_CUPS = ("/run/cups/cups.sock", "/etc/cups/client.conf", "~/.cups/client.conf")


def printer_problem() -> str | None:
    """Why Chromium finds no printer here, and the remedy; None when nothing is known."""
    if os.environ.get("CUPS_SERVER") or any(Path(place).expanduser().exists() for place in _CUPS):
        return None
    return (
        "Chromium prints by CUPS, which does not run here; install it and add a printer, in "
        "Debian and Ubuntu: sudo apt install cups. Or write a file with window.pdf"
    )


#: Programs that show an error, and what stands before its text: which of them is there depends on
#: the desktop.
_ERRORS = (
    ("/usr/bin/zenity", "--error", "--no-markup", "--text"),
    ("/usr/bin/kdialog", "--error"),
    ("/usr/bin/xmessage", "-center"),
    ("/usr/bin/notify-send", "--urgency=critical"),
)


def error_dialogue(text: str) -> list[str] | None:
    """The command that shows an error in a window; None where the desktop has none."""
    if display_variables() is None:
        return None
    there = (words for words in _ERRORS if os.access(words[0], os.X_OK))
    found = next(there, None)
    return found and [*found, text]


def _missing_libraries(program: Path) -> list[str]:
    import shutil
    import subprocess

    tool = shutil.which("ldd")
    if tool is None:
        return []
    shown = subprocess.run([tool, program], capture_output=True, text=True, check=False).stdout
    return [line.split()[0] for line in shown.splitlines() if line.endswith("not found")]


def graphics_remedy() -> dict[str, str]:
    """What has the processor draw the system's web view, where the graphics card shows nothing."""
    wanted = {
        "WEBKIT_DISABLE_DMABUF_RENDERER": "1",
        "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
        "LIBGL_ALWAYS_SOFTWARE": "1",
    }
    # What the user has chosen stays; with all of it chosen there is nothing to try.
    return {name: value for name, value in wanted.items() if name not in os.environ}


def graphics_facts(root: Path = Path("/")) -> dict[str, str]:
    """What draws on this machine: kernel, cards and drivers, window system."""
    cards: list[str] = []
    for device in sorted((root / "sys/class/drm").glob("card[0-9]*/device")):
        driver = device / "driver"
        name = driver.readlink().name if driver.is_symlink() else ""
        words = [_line(device / "vendor"), _line(device / "device"), name]
        words.append(_line(root / "sys/module" / name / "version") if name else "")
        cards.append(" ".join(word for word in words if word))
    return {
        "kernel": platform.release(),
        "cards": ", ".join(sorted(set(cards))),
        "nvidia": _line(root / "proc/driver/nvidia/version"),
        "display": "wayland" if os.environ.get("WAYLAND_DISPLAY") else "x11",
    }


def _line(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace").partition("\n")[0].strip()
    except OSError:
        return ""


def native_remedy(error: ImportError) -> str:
    """What to do when the native engine cannot be loaded."""
    text = str(error)
    if "libwebkit2gtk" in text or "libjavascriptcoregtk" in text or "libgtk-3" in text:
        return f"the system's web view is missing ({text}); install it: {_command()}"
    if "undefined symbol: webkit" in text or "undefined symbol: jsc_" in text:
        return (
            f"the system's web view is too old ({text}): WebKitGTK 2.40 is the oldest that works; "
            f"update it: {_command()}. Or run `pytron engine install chrome` and set "
            "PYTRON_ENGINE=chrome"
        )
    if isinstance(error, ModuleNotFoundError) and error.name == "pytron_native":
        return (
            "the native engine is not installed; install the wheel pytron-native beside "
            "pytron-kit (in a checkout: python3 dev.py setup), or set PYTRON_ENGINE to another"
        )
    return f"the native engine cannot be loaded: {text}"


def _command() -> str:
    import shutil  # only for this message

    for program, command in _WEBKIT.items():
        if shutil.which(program):
            return command
    return "WebKitGTK for GTK 3 (API 4.1) from your distribution's packages"


# --- for `pytron package` -------------------------------------------------------------------------

_NOBODY = 65534


def frozen_program(out: Path, name: str, *, one_file: bool) -> Path:
    """Where PyInstaller puts the program."""
    return out / name if one_file else out / name / name


def silent_python() -> str:
    """The interpreter that opens no console: here none does."""
    return sys.executable


def has_backdrops() -> bool:
    """Whether the system has a material to show behind a page: no compositor does."""
    return False


def icon_format() -> str | None:
    """The format of icons in programs: on Linux they stand beside."""
    return None


def display_variables() -> dict[str, str] | None:
    """What leads a program to this display; None where there is none."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "GDK_BACKEND")
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return None
    return {name: os.environ[name] for name in names if os.environ.get(name)}


def plain_environment(home: Path, temp: Path, run: Path, path: Path) -> dict[str, str]:
    """The environment of a user who has just logged in, and has nothing installed."""
    return {
        "HOME": str(home),
        "TMPDIR": str(temp),
        "XDG_RUNTIME_DIR": str(run),
        "PATH": str(path),
        "LANG": "C.UTF-8",
        "NO_AT_BRIDGE": "1",  # no accessibility bus of that user: looking for it costs seconds
    }


def give_to_stranger(folder: Path) -> list[str]:
    """Let another user own a folder; what could not be done, and why."""
    if os.geteuid() != 0:
        return ["not proved as another user: that needs root"]
    folder.chmod(0o755)
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.chown(Path(place, name), _NOBODY, _NOBODY, follow_symlinks=False)
    return []


@contextmanager
def adopting() -> Generator[None]:
    """Let processes whose parent ends become children of this one, so that they are found.

    Source: PR_SET_CHILD_SUBREAPER(2const).
    """
    import ctypes

    control = ctypes.CDLL(None).prctl
    control(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        control(_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def confined(
    command: list[str], *, namespace: bool = True, network: bool = False
) -> tuple[list[str], list[str]]:
    """The command without network and, by root, as another user; what could not be done.

    `namespace`: whether a namespace of users may be used for that, where this is not root.
    `network`: whether it needs one, on this machine.
    """
    import shutil
    import subprocess

    unshare, setpriv = shutil.which("unshare"), shutil.which("setpriv")
    root = os.geteuid() == 0
    if root and setpriv:
        user = str(_NOBODY)
        command = [setpriv, "--reuid", user, "--regid", user, "--clear-groups", "--", *command]
    if network:
        return command, []
    if unshare and (root or namespace):
        offline = [unshare, "--net", *(() if root else ("--map-root-user",)), "--"]
        tried = subprocess.run([*offline, "/bin/true"], capture_output=True, check=False)
        if tried.returncode == 0:
            return [*offline, *command], []
    return command, ["not proved offline: this machine lets nobody leave the network"]
