"""Facts about Linux."""

from __future__ import annotations

import os
from pathlib import Path

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


def data_folder() -> Path:
    """The user's folder for what apps keep."""
    chosen = os.environ.get("XDG_DATA_HOME", "")
    return Path(chosen) if chosen.startswith("/") else Path.home() / ".local" / "share"


def native_remedy(error: ImportError) -> str:
    """What to do when the native engine cannot be loaded."""
    text = str(error)
    if "libwebkit2gtk" in text or "libjavascriptcoregtk" in text or "libgtk-3" in text:
        return f"the system's web view is missing ({text}); install it: {_command()}"
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
