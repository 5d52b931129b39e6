"""Opening things through `open`."""

from __future__ import annotations

from pathlib import Path

from pytron.services.programs import run

_REMEDY = "choose a program for it in Finder's Get Info"


def open_url(url: str) -> None:
    """Open an address that has been checked."""
    run(["/usr/bin/open", url], remedy=_REMEDY)


def open_path(path: Path) -> None:
    """Open a file or folder that is there."""
    run(["/usr/bin/open", "--", str(path)], remedy=_REMEDY)


def reveal_path(path: Path) -> None:
    """Show it selected in Finder."""
    run(["/usr/bin/open", "-R", "--", str(path)], remedy=_REMEDY)


def can_open() -> tuple[bool, str]:
    """Whether it works, and why."""
    return True, "open does it"
