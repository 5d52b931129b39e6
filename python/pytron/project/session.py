"""The file by which Vite finds an app in development.

Source: spec/dev.md, section 1.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pytron.failures import Failure, fields_of

VERSION: Final = 1
NAME: Final = Path(".pytron") / "dev.json"


@dataclass(frozen=True)
class Session:
    """What the file says; the names are those of the spec."""

    url: str
    token: str
    python: str
    app: str
    epoch: str
    routes: Sequence[str] = ()
    error: Failure | None = None

    def fields(self) -> dict[str, Any]:
        """As JSON has it."""
        error = None if self.error is None else fields_of(self.error)
        return {"version": VERSION, "pid": os.getpid(), **vars(self), "error": error}


def place_of(folder: Path) -> Path:
    """Where the file of an app in this folder is."""
    for parent in (folder, *folder.parents):
        if (parent / "pyproject.toml").is_file():
            return parent / NAME
    return folder / NAME


def write(place: Path, session: Session) -> None:
    """Write the file, whole or not at all."""
    place.parent.mkdir(mode=0o700, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix="dev-", suffix=".part", dir=place.parent)  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(session.fields(), file, indent=2)
        Path(name).replace(place)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(name).unlink()
        raise


def remove(place: Path) -> None:
    """Remove the file, when the app has ended."""
    with suppress(FileNotFoundError):
        place.unlink()
    with suppress(OSError):  # somebody else's files are in it
        place.parent.rmdir()
