"""Facts about Windows. Only type-checked so far, not run."""

from __future__ import annotations

import os
from pathlib import Path


def app_origin() -> str:
    """The origin that the app's pages have in WebView2, which wry maps schemes to."""
    return "https://pytron.localhost"


def data_folder() -> Path:
    """The user's folder for what apps keep on this machine."""
    chosen = os.environ.get("LOCALAPPDATA")
    return Path(chosen) if chosen else Path.home() / "AppData" / "Local"


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
