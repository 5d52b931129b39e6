"""The Electron that an app runs in. Light, as every start of the chrome engine waits for it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final, NamedTuple

from pytron.errors import EngineError
from pytron.platforms import data_folder, electron_program, electron_target

#: Beside the files of an install: what they were when it was made.
MANIFEST: Final = "pytron.json"
PREFIX: Final = "electron-v"


class Install(NamedTuple):
    """An Electron that can be run."""

    version: str
    program: Path
    #: Its folder, when it is one of ours; None for one that was only named.
    folder: Path | None


def root() -> Path:
    """The folder of installed engines."""
    chosen = os.environ.get("PYTRON_ENGINES_FOLDER")
    return Path(chosen) if chosen else data_folder() / "pytron" / "engines"


def find() -> Install:
    """The Electron to use: PYTRON_ELECTRON_PATH, else the newest that is installed.

    Raises:
        EngineError: there is none; says how to install it.
    """
    named = os.environ.get("PYTRON_ELECTRON_PATH")
    if named:
        return _named(Path(named))
    for found in installs():
        return found
    raise EngineError(
        "the chrome engine is not installed; run `pytron engine install chrome`, or name an "
        "Electron in PYTRON_ELECTRON_PATH"
    )


def _named(path: Path) -> Install:
    program = electron_program(path) if path.is_dir() else path
    if not program.is_file() or not os.access(program, os.X_OK):
        raise EngineError(
            f"PYTRON_ELECTRON_PATH={path} is no Electron: {program} is no program that can be run"
        )
    beside = program.with_name("version")
    version = beside.read_text("utf-8").strip() if beside.is_file() else "unknown"
    return Install(version.removeprefix("v"), program, None)


def installs() -> list[Install]:
    """What is installed for this kind of machine, the newest first."""
    found: list[Install] = []
    for folder in root().glob(f"{PREFIX}*-{electron_target()}"):
        program = electron_program(folder)
        if (folder / MANIFEST).is_file() and program.is_file():
            version = folder.name.removeprefix(PREFIX).removesuffix(f"-{electron_target()}")
            found.append(Install(version, program, folder))
    return sorted(found, key=lambda each: order(each.version), reverse=True)


def order(version: str) -> tuple[int, ...]:
    """Sorts versions by age."""
    return tuple(int(part) for part in re.findall(r"\d+", version))
