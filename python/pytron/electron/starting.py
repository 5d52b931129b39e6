"""How Electron is started with our shell, whichever app it is for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from pytron import bundled, config
from pytron.electron import finding
from pytron.electron.finding import Install
from pytron.errors import EngineError

#: The oldest Electron that the shell is written for.
_OLDEST: Final = 22
#: What must not reach Electron: these turn it into something else, or load code into it.
_SCRUBBED: Final = ("ELECTRON_RUN_AS_NODE", "NODE_OPTIONS", "ELECTRON_NO_ASAR", "NODE_PATH")


def find() -> Install:
    """The Electron to use.

    Raises:
        EngineError: there is none, or it is too old; says what to do.
    """
    found = finding.find()
    major = found.version.partition(".")[0]
    if major.isdigit() and int(major) < _OLDEST:
        raise EngineError(
            f"Electron {found.version} is too old: {_OLDEST} is the oldest that works; run "
            "`pytron engine install chrome`, or name a newer one in PYTRON_ELECTRON_PATH"
        )
    return found


def command(program: Path) -> list[str]:
    """Its command line."""
    switches = [] if os.environ.get("ELECTRON_ENABLE_LOGGING") else ["--log-level=3"]
    if os.environ.get("PYTRON_ELECTRON_SANDBOX") == "0":
        switches.append("--no-sandbox")
    if port := config.debug_port():
        switches.append(f"--remote-debugging-port={port}")
    if wayland_only():
        switches.append("--ozone-platform=wayland")
    return [str(program), *switches, str(bundled.electron_shell())]


def environment() -> dict[str, str]:
    """Its variables."""
    return {name: text for name, text in os.environ.items() if name not in _SCRUBBED}


def wayland_only() -> bool:
    """Whether Wayland is the one way to a screen."""
    return bool(os.environ.get("WAYLAND_DISPLAY") and not os.environ.get("DISPLAY"))
