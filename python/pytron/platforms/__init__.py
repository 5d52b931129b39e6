"""Facts about the operating system: the only place that asks which one it is."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    from pytron.platforms.windows import app_origin, data_folder, native_remedy
elif sys.platform == "darwin":
    from pytron.platforms.macos import app_origin, data_folder, native_remedy
else:
    from pytron.platforms.linux import app_origin, data_folder, native_remedy

__all__ = ["app_origin", "data_folder", "native_remedy"]
