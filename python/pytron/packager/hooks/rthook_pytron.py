"""Runs in a packaged app before its own code.

PyInstaller's bootloader leads the loader to the package's libraries by LD_LIBRARY_PATH. This
process has done with it; WebKit's processes, a browser or a shell that the app starts must use the
system's. Children that are this program again (`multiprocessing`) need it, and are told to set it
for themselves. A program that unpacks itself keeps it: its children would unpack themselves again.

Source: PyInstaller's manual, "LD_LIBRARY_PATH / LIBPATH considerations", "Independent subprocess".
"""

import os
import sys


def _restore() -> None:
    folder = os.path.dirname(os.path.abspath(sys.executable))  # noqa: PTH100, PTH120
    bundle = os.path.abspath(getattr(sys, "_MEIPASS", ""))  # noqa: PTH100 - no pathlib yet
    if not bundle.startswith(folder):
        return
    original = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    os.environ.pop("LD_LIBRARY_PATH", None)
    if original is not None:
        os.environ["LD_LIBRARY_PATH"] = original
    os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"


_restore()
