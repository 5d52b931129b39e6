"""Putting Electron on this machine, checking and removing it."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pytron.electron import fetching, unpacking
from pytron.electron.finding import MANIFEST, PREFIX, Install, installs, root
from pytron.electron.releases import Release
from pytron.errors import ConfigError, EngineError
from pytron.platforms import electron_program

#: Told what is being done, how much of it, and of how much.
Progress = Callable[[str, int, int], object]


def install(release: Release, progress: Progress) -> Install:
    """Install a release; nothing is done when it is there.

    Raises:
        EngineError: it cannot be fetched or unpacked; says what to do. Nothing half is left.
    """
    folder = root() / f"{PREFIX}{release.version}-{release.target}"
    there = next((each for each in installs() if each.folder == folder), None)
    if there is not None:
        return there
    archive = release.cached
    if not fetching.matches(archive, release.sha256):
        archive.unlink(missing_ok=True)
        fetching.fetch(
            release.url,
            archive,
            release.sha256,
            lambda have, total: progress("fetching", have, total),
        )
    making = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
    try:
        unpacking.unpack(archive, making, lambda have, total: progress("unpacking", have, total))
        if not electron_program(making).is_file():
            raise EngineError(f"{archive.name} holds no {electron_program(Path()).name}")
        _write_manifest(making, release)
        _put(making, folder)
    except OSError as error:
        raise _unwritable(folder, error) from error
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return Install(release.version, electron_program(folder), folder)


def _put(making: Path, folder: Path) -> None:
    try:
        making.rename(folder)
    except OSError:
        # Another process was quicker, or a broken one stands there.
        if (folder / MANIFEST).is_file() and electron_program(folder).is_file():
            return
        shutil.rmtree(folder, ignore_errors=True)
        making.rename(folder)


def _unwritable(folder: Path, error: OSError) -> EngineError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return EngineError(
            f"the disk of {folder.parent} is full; free about 300 MB, or name another folder in "
            "PYTRON_ENGINES_FOLDER"
        )
    return EngineError(
        f"{folder} cannot be written ({error.strerror or error}); name another folder in "
        "PYTRON_ENGINES_FOLDER"
    )


def remove(version: str) -> Install:
    """Remove what is installed of a version.

    Raises:
        ConfigError: it is not installed.
    """
    found = _installed(version)
    assert found.folder is not None
    # By another name first: half of it must never be found.
    leaving = found.folder.with_name(f".{found.folder.name}.{secrets.token_hex(4)}")
    try:
        found.folder.rename(leaving)
        shutil.rmtree(leaving)
    except OSError as error:
        raise EngineError(
            f"{found.folder} cannot be removed ({error.strerror or error}); is an app still "
            "running with it?"
        ) from error
    return found


def verify(version: str) -> list[str]:
    """What is wrong with the files of an installed version; empty when nothing is.

    Raises:
        ConfigError: it is not installed.
    """
    found = _installed(version)
    folder = found.folder
    assert folder is not None
    wanted: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))["files"]
    there = dict(_files(folder))
    wrong = [f"{name} is missing" for name in wanted if name not in there]
    wrong += [f"{name} was added" for name in there if name not in wanted]
    wrong += [
        f"{name} was changed" for name in wanted if name in there and wanted[name] != there[name]
    ]
    return sorted(wrong)


def _installed(version: str) -> Install:
    version = version.removeprefix("v")
    for each in installs():
        if each.version == version:
            return each
    have = ", ".join(each.version for each in installs()) or "none"
    raise ConfigError(f"Electron {version} is not installed; installed: {have}")


def _write_manifest(folder: Path, release: Release) -> None:
    manifest = {
        "version": release.version,
        "target": release.target,
        "sha256": release.sha256,
        "files": dict(_files(folder)),
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), "utf-8")


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file's name and hash; a link's is where it leads."""
    for place, folders, names in os.walk(folder):
        for name in (*folders, *names):
            path = Path(place, name)
            key = path.relative_to(folder).as_posix()
            if path.is_symlink():
                yield key, f"-> {path.readlink()}"
            elif name in names and key != MANIFEST:
                digest = hashlib.sha256()
                with path.open("rb") as file:
                    while piece := file.read(1 << 20):
                        digest.update(piece)
                yield key, f"{digest.hexdigest()} {path.stat().st_mode & 0o111:o}"
