"""Facts about the operating system: the only place that asks which one it is."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final, Literal

if sys.platform == "win32":
    from pytron.platforms.windows import (
        adopting,
        app_origin,
        cache_folder,
        confined,
        data_folder,
        display_variables,
        electron_problem,
        electron_program,
        electron_target,
        error_dialogue,
        frozen_program,
        give_to_stranger,
        graphics_facts,
        graphics_remedy,
        has_backdrops,
        icon_format,
        memory_folder,
        native_remedy,
        plain_environment,
        printer_problem,
        silent_python,
        web_view_library,
    )
elif sys.platform == "darwin":
    from pytron.platforms.macos import (
        adopting,
        app_origin,
        cache_folder,
        confined,
        data_folder,
        display_variables,
        electron_problem,
        electron_program,
        electron_target,
        error_dialogue,
        frozen_program,
        give_to_stranger,
        graphics_facts,
        graphics_remedy,
        has_backdrops,
        icon_format,
        memory_folder,
        native_remedy,
        plain_environment,
        printer_problem,
        silent_python,
        web_view_library,
    )
else:
    from pytron.platforms.linux import (
        adopting,
        app_origin,
        cache_folder,
        confined,
        data_folder,
        display_variables,
        electron_problem,
        electron_program,
        electron_target,
        error_dialogue,
        frozen_program,
        give_to_stranger,
        graphics_facts,
        graphics_remedy,
        has_backdrops,
        icon_format,
        memory_folder,
        native_remedy,
        plain_environment,
        printer_problem,
        silent_python,
        web_view_library,
    )

#: Which system this is.
SYSTEM: Final[Literal["linux", "macos", "windows"]] = (
    "windows" if sys.platform == "win32" else "macos" if sys.platform == "darwin" else "linux"
)

__all__ = [
    "SYSTEM",
    "adopting",
    "app_origin",
    "apps_folder",
    "cache_folder",
    "chosen_folder",
    "confined",
    "data_folder",
    "display_variables",
    "electron_problem",
    "electron_program",
    "electron_target",
    "error_dialogue",
    "frozen_program",
    "give_to_stranger",
    "graphics_facts",
    "graphics_remedy",
    "has_backdrops",
    "icon_format",
    "memory_folder",
    "native_remedy",
    "plain_environment",
    "printer_problem",
    "silent_python",
    "web_view_library",
]


def chosen_folder() -> Path | None:
    """Where PYTRON_DATA_FOLDER says that apps keep what is theirs; None where it says nothing."""
    chosen = os.environ.get("PYTRON_DATA_FOLDER")
    return Path(chosen) if chosen else None


def apps_folder() -> Path:
    """Where apps keep what is theirs: in the user's folder, or where PYTRON_DATA_FOLDER says."""
    return chosen_folder() or data_folder()
