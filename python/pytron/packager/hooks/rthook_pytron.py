"""Runs in a packaged app before its own code.

PyInstaller's bootloader leads the loader to the package's libraries by LD_LIBRARY_PATH. This
process has done with it; WebKit's processes, a browser or a shell that the app starts must use the
system's.
"""

import os


def _restore(name: str) -> None:
    original = os.environ.pop(f"{name}_ORIG", None)
    if original is not None:
        os.environ[name] = original
    else:
        os.environ.pop(name, None)


_restore("LD_LIBRARY_PATH")
