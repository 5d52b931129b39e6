"""Unpacking a zip whose entries are not trusted; with the modes and links that Electron needs."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple

from pytron.errors import EngineError

_MOST_ENTRIES: Final = 20_000
_MOST_BYTES: Final = 4 << 30
_MOST_TARGET: Final = 4096
_PIECE_BYTES: Final = 1 << 20


class _Entry(NamedTuple):
    """One entry, looked at."""

    info: zipfile.ZipInfo
    path: PurePosixPath
    is_link: bool


def unpack(archive: Path, folder: Path, progress: Callable[[int, int], object]) -> None:
    """Unpack into a new folder.

    Raises:
        EngineError: it is no zip, or an entry would leave the folder.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = list(_entries(opened))
            total = sum(entry.info.file_size for entry in entries if not entry.is_link)
            if total > _MOST_BYTES:
                raise EngineError(f"{archive.name} unpacks to {total} bytes, which no Electron has")
            folder.mkdir(parents=True)
            done = 0
            for entry in entries:
                if not entry.is_link:
                    _write(opened, entry, folder)
                    done += entry.info.file_size
                    progress(done, total)
            # Last: nothing is written through a link.
            for entry in entries:
                if entry.is_link:
                    _link(opened, entry, folder)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise EngineError(f"{archive.name} is no whole zip ({error}); fetch it again") from error


def _entries(opened: zipfile.ZipFile) -> Iterator[_Entry]:
    infos = opened.infolist()
    if len(infos) > _MOST_ENTRIES:
        raise EngineError(f"the zip has {len(infos)} entries, which no Electron has")
    seen: dict[PurePosixPath, bool] = {}
    for info in infos:
        path = _safe(info.filename)
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK):
            raise _refused(info.filename, "is no file, folder or link")
        is_link = kind == stat.S_IFLNK
        if path in seen and not info.is_dir():
            raise _refused(info.filename, "is there twice")
        seen[path] = is_link
        yield _Entry(info, path, is_link)
    for path in seen:
        if any(seen.get(parent) for parent in path.parents):
            raise _refused(str(path), "lies below a link")


def _safe(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    wrong = (
        not path.parts
        or path.is_absolute()
        or ".." in path.parts
        or any(sign in name for sign in ("\\", ":", "\0"))
        or any(part.endswith((" ", ".")) for part in path.parts)  # Windows drops these
    )
    if wrong:
        raise _refused(name, "leaves the folder, or means another file on some system")
    return path


def _refused(name: str, why: str) -> EngineError:
    return EngineError(f"the zip's entry {name!r} {why}: it is no release of Electron")


def _write(opened: zipfile.ZipFile, entry: _Entry, folder: Path) -> None:
    target = folder / entry.path
    if entry.info.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    left = entry.info.file_size
    with opened.open(entry.info) as source, target.open("xb") as file:
        while piece := source.read(_PIECE_BYTES):
            left -= len(piece)
            if left < 0:
                raise _refused(entry.info.filename, "is larger than it says")
            file.write(piece)
    mode = entry.info.external_attr >> 16
    target.chmod(0o755 if mode & 0o111 else 0o644)


def _link(opened: zipfile.ZipFile, entry: _Entry, folder: Path) -> None:
    if entry.info.file_size > _MOST_TARGET:
        raise _refused(entry.info.filename, "is no link")
    to = opened.read(entry.info).decode("utf-8", errors="strict")
    place = entry.path.parent
    if not to or to.startswith("/") or "\\" in to or "\0" in to:
        raise _refused(entry.info.filename, "links out of the folder")
    for part in PurePosixPath(to).parts:
        if part == ".." and not place.parts:
            raise _refused(entry.info.filename, "links out of the folder")
        place = place.parent if part == ".." else place / part
    target = folder / entry.path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.symlink_to(to)
