"""Opening things through the shell."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

from pytron.errors import CallError


def _start(what: str) -> None:
    start: Any = getattr(os, "startfile")  # noqa: B009 - only Windows has it
    try:
        start(what)
    except OSError as error:
        raise CallError(
            f"{what} was not opened: {error}; choose a program for it in the settings",
            code="unsupported",
        ) from error


def open_url(url: str) -> None:
    """Open an address that has been checked."""
    _start(url)


def open_path(path: Path) -> None:
    """Open a file or folder that is there."""
    _start(str(path))


def reveal_path(path: Path) -> None:
    """Show it selected in Explorer, which answers 1 also when it did."""
    subprocess.Popen(f'explorer.exe /select,"{path}"')


def can_open() -> tuple[bool, str]:
    """Whether it works, and why."""
    return True, "the shell does it"
