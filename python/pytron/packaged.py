"""Whether this program is a packaged app, and where its files are.

Source: PyInstaller's manual, "Run-time Information"; Nuitka's manual, "Detecting Nuitka at run
time".
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, Final

#: Says that this packaged program is to be the process of its windows.
HOST: Final = "PYTRON_HOST"

#: Where a package has a frontend that is not in the app's folder.
_ELSEWHERE: Final = "_frontend"


def _compiled() -> Any:
    """What Nuitka says of the program that it made; None in every other."""
    found: Any = globals().get("__compiled__")
    return found if found is not None and found.standalone else None


def is_packaged() -> bool:
    """Whether it is one, however it was made."""
    return bool(getattr(sys, "frozen", False)) or is_compiled()


def is_the_app() -> bool:
    """Whether this packaged program was started as the app, and not to be something else."""
    for_children = ("multiprocessing", "--pytron-worker")
    children = any(name in word for word in sys.argv for name in for_children)
    return not (is_packaged() and (HOST in os.environ or children))


def is_compiled() -> bool:
    """Whether Nuitka has made it."""
    return _compiled() is not None


def folder() -> Path | None:
    """Where its files are; None in development."""
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen:
        return Path(frozen)
    # `__compiled__.containing_dir` is the folder around it.
    return Path(__file__).resolve().parents[1] if is_compiled() else None


def place_of(frontend: Path, origin: Path) -> Path:
    """Where a package has a frontend, relative to its files.

    In the app's folder it keeps its place. One from elsewhere (`../frontend/dist`) comes into a
    folder of its own: there is nothing above a package.
    """
    if frontend.is_relative_to(origin):
        return frontend.relative_to(origin)
    return Path(_ELSEWHERE, frontend.name)
