"""Facts about the operating system: the only place that asks which one it is."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    from pytron.platforms.windows import (
        app_origin,
        cache_folder,
        confined,
        data_folder,
        display_variables,
        electron_program,
        electron_target,
        frozen_program,
        give_to_stranger,
        icon_format,
        memory_folder,
        native_remedy,
        plain_environment,
    )
elif sys.platform == "darwin":
    from pytron.platforms.macos import (
        app_origin,
        cache_folder,
        confined,
        data_folder,
        display_variables,
        electron_program,
        electron_target,
        frozen_program,
        give_to_stranger,
        icon_format,
        memory_folder,
        native_remedy,
        plain_environment,
    )
else:
    from pytron.platforms.linux import (
        app_origin,
        cache_folder,
        confined,
        data_folder,
        display_variables,
        electron_program,
        electron_target,
        frozen_program,
        give_to_stranger,
        icon_format,
        memory_folder,
        native_remedy,
        plain_environment,
    )

__all__ = [
    "app_origin",
    "cache_folder",
    "confined",
    "data_folder",
    "display_variables",
    "electron_program",
    "electron_target",
    "frozen_program",
    "give_to_stranger",
    "icon_format",
    "memory_folder",
    "native_remedy",
    "plain_environment",
]
