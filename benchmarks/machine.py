"""What the reader must know about the machine to judge the figures."""

import os
import platform
import subprocess
from pathlib import Path


def describe() -> dict[str, str]:
    """Processor, memory, system, web engine, display and load, in words."""
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    return {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "memory": _memory(),
        "system": f"{_system()}, kernel {platform.release()}",
        "web engine": f"WebKitGTK {_answer(['pkg-config', '--modversion', 'webkit2gtk-4.1'])}",
        "python": f"CPython {platform.python_version()}",
        "display": _display(),
        "load at the start (1, 5, 15 min)": load,
        "commit": _answer(["git", "rev-parse", "--short", "HEAD"]) + _changes(),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _memory() -> str:
    total_kb = int(Path("/proc/meminfo").read_text(encoding="utf-8").split()[1])
    return f"{total_kb / 1024 / 1024:.0f} GiB"


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return platform.platform()


def _display() -> str:
    if os.environ.get("WAYLAND_DISPLAY"):
        return "Wayland"
    name = os.environ.get("DISPLAY", "none")
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_text(encoding="utf-8", errors="replace").split("\0")
        except OSError:
            continue  # it ended meanwhile
        if words[0].endswith("Xvfb") and name.partition(".")[0] in words:
            return "Xvfb, no GPU"
    return f"X11 ({name})"


def _changes() -> str:
    changed = _answer(["git", "status", "--porcelain", "--untracked-files=no"])
    return "" if changed in ("", "unknown") else ", with uncommitted changes"


def _answer(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return done.stdout.strip()
