"""macOS. Only type-checked so far, not run."""

from __future__ import annotations

import platform
import shutil
import subprocess
from collections.abc import Iterator

from pytron.doctor.finding import Finding, good

_OLDEST = (11, 0)


def findings() -> Iterator[Finding]:
    """What was found."""
    yield system(platform.mac_ver()[0])
    yield _translated()
    yield _tools()


def system(version: str) -> Finding:
    """Whether this macOS is new enough for the native engine."""
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if numbers < _OLDEST:
        remedy = "update macOS, or use: PYTRON_ENGINE=chrome"
        return Finding("macOS", "bad", f"{version} is older than 11", remedy)
    return good("macOS", f"{version}, with its own WKWebView")


def _translated() -> Finding:
    """A Python for Intel on Apple's processors is slow, and takes the wrong wheels."""
    if platform.machine() == "x86_64" and _asked("sysctl", "-in", "sysctl.proc_translated") == "1":
        return Finding(
            "processor",
            "hint",
            "this Python is for Intel and runs translated",
            "install a Python for Apple silicon from python.org",
        )
    return good("processor", platform.machine())


def _tools() -> Finding:
    if _asked("xcode-select", "-p"):
        return good("command line tools", "there")
    return Finding(
        "command line tools",
        "hint",
        "not installed; packaging and signing need them",
        "xcode-select --install",
    )


def _asked(*words: str) -> str:
    if shutil.which(words[0]) is None:
        return ""
    done = subprocess.run(words, capture_output=True, text=True, timeout=20, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def owner_of(port: int) -> tuple[int, str] | None:
    """The process that listens at a port; None when it is another user's."""
    words = ["lsof", "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-Fpc"]
    try:
        told = subprocess.run(words, capture_output=True, text=True, timeout=10, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    return owner_in(told)


def owner_in(told: str) -> tuple[int, str] | None:
    """The first process that lsof names: lines with `p` and its number, `c` and its command."""
    fields = {line[0]: line[1:] for line in reversed(told.splitlines()) if line}
    return (int(fields["p"]), fields.get("c", "")) if fields.get("p", "").isdigit() else None
