"""Fetching a file of known hash: resumed after a cut, whole or not there at all."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Callable
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import Any, Final, NoReturn
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from pytron.errors import EngineError

#: Told how many bytes are here, and of how many; 0 when that is not known.
Progress = Callable[[int, int], object]

_ATTEMPTS: Final = 4
_TIMEOUT_S: Final = 30.0
_PIECE_BYTES: Final = 1 << 18
_PARTIAL, _OUTSIDE = 206, 416


class _Cut(Exception):
    """The connection broke; what is here is kept."""


def fetch(url: str, target: Path, sha256: str, progress: Progress) -> None:
    """Fetch a file, going on where an earlier try was cut off.

    Raises:
        EngineError: it cannot be had, or is not what it should be; says what to do. Nothing stands
            at the target then.
    """
    part = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _fetch_all(url, part, progress)
        if _hash_of(part) != sha256:
            # It may have been put together from two different files: once more from the start.
            part.unlink()
            _fetch_all(url, part, progress)
            _check(part, sha256, url)
        part.replace(target)
    except OSError as error:
        _explain(error, part, target)


def _fetch_all(url: str, part: Path, progress: Progress) -> None:
    cut: _Cut | None = None
    for _ in range(_ATTEMPTS):
        before = _size(part)
        try:
            _fetch_rest(url, part, progress)
            return
        except _Cut as error:
            cut = error
            if _size(part) == before:
                break  # it gets no further
    raise EngineError(
        f"{url} was cut off after {_megabytes(_size(part))} ({cut}); run the same command again: "
        "it goes on from there"
    ) from cut


def _fetch_rest(url: str, part: Path, progress: Progress) -> None:
    have = _size(part)
    headers = {"User-Agent": "pytron", "Accept": "*/*"}
    mark = part.with_name(f"{part.name}.etag")
    if have:
        headers["Range"] = f"bytes={have}-"
        if etag := _read(mark):
            headers["If-Range"] = etag  # another file by now is sent from its start
    try:
        with urlopen(Request(url, headers=headers), timeout=_TIMEOUT_S) as answer:
            start = _start_of(answer.status, answer.headers, have)
            length = answer.headers.get("Content-Length")
            total = start + int(length) if length else 0
            mark.write_text(_strong(answer.headers), "utf-8")
            _write(answer, part, start, total, progress)
    except HTTPError as error:
        if error.code == _OUTSIDE and have:
            return  # all of it is here already; its hash says whether that is true
        raise EngineError(_refused(url, error)) from error
    except URLError as error:
        if isinstance(error.reason, OSError) and error.reason.errno == errno.ENOSPC:
            raise error.reason from error
        raise EngineError(_unreachable(url, error.reason)) from error
    mark.unlink(missing_ok=True)


def _write(answer: Any, part: Path, start: int, total: int, progress: Progress) -> None:
    at = start
    with part.open("r+b" if start else "wb") as file:
        file.seek(start)
        file.truncate()
        progress(at, total)
        while True:
            try:
                piece = answer.read(_PIECE_BYTES)
            except (HTTPException, OSError) as error:
                raise _Cut(str(error) or type(error).__name__) from error
            if not piece:
                break
            file.write(piece)
            at += len(piece)
            progress(at, total)
    if total and at < total:
        raise _Cut(f"{at} of {total} bytes came")


def _start_of(status: int, headers: HTTPMessage, have: int) -> int:
    """Where the body belongs: a server need not take a range."""
    if status != _PARTIAL:
        return 0
    words = headers.get("Content-Range", "").removeprefix("bytes ").partition("-")
    return have if words[0] == str(have) else 0


def _strong(headers: HTTPMessage) -> str:
    etag: str = headers.get("ETag", "")
    return "" if etag.startswith("W/") else etag


def _check(part: Path, sha256: str, url: str) -> None:
    found = _hash_of(part)
    if found == sha256:
        return
    part.unlink()
    raise EngineError(
        f"{url} is not the file that was released: its SHA-256 is {found}, wanted is {sha256}. It "
        "was thrown away; look at the mirror (ELECTRON_MIRROR) and the proxy, then try again"
    )


def _hash_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def _explain(error: OSError, part: Path, target: Path) -> NoReturn:
    if error.errno not in (errno.ENOSPC, errno.EDQUOT):
        raise EngineError(f"{target} cannot be written: {error.strerror or error}") from error
    for path in (part, part.with_name(f"{part.name}.etag")):
        path.unlink(missing_ok=True)
    raise EngineError(
        f"the disk of {target.parent} is full; free some space (about 400 MB are needed in all), "
        "or name another folder in electron_config_cache"
    ) from error


def _refused(url: str, error: HTTPError) -> str:
    if error.code == 404:
        return (
            f"{url} does not exist; does the mirror have this version? Look at ELECTRON_MIRROR, "
            "ELECTRON_CUSTOM_DIR and ELECTRON_CUSTOM_FILENAME"
        )
    return f"{url} was refused: {error.code} {error.reason}; try again later, or name a --mirror"


def _unreachable(url: str, reason: object) -> str:
    return (
        f"{url} cannot be reached ({reason}); check the network connection and the proxy "
        "(HTTPS_PROXY), name a --mirror, or put an Electron where PYTRON_ELECTRON_PATH says"
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError:
        return ""


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.0f} MB"


def matches(path: Path, sha256: str) -> bool:
    """Whether a file is there and is the one."""
    return path.is_file() and _hash_of(path) == sha256
