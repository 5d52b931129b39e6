"""Opening things through xdg-utils, which every desktop answers to."""

from __future__ import annotations

import shutil
from pathlib import Path

from pytron.services.programs import run

_REMEDY = "install xdg-utils, and a program for it"


def open_url(url: str) -> None:
    """Open an address that has been checked."""
    run(["xdg-open", url], remedy=_REMEDY)


def open_path(path: Path) -> None:
    """Open a file or folder that is there."""
    run(["xdg-open", str(path)], remedy=_REMEDY)


def reveal_path(path: Path) -> None:
    """Show its folder; selecting it takes a file manager on the bus."""
    run(["xdg-open", str(path if path.is_dir() else path.parent)], remedy=_REMEDY)


def can_open() -> tuple[bool, str]:
    """Whether it works, and why."""
    if shutil.which("xdg-open"):
        return True, "xdg-open does it"
    return False, f"xdg-open is not there; {_REMEDY}"
