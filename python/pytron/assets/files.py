"""Files as content: small ones from memory, large ones as a slice that the engine reads."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Final

from pytron.assets.answers import Content, FileSlice, etag_of
from pytron.assets.mime import OCTETS, type_of

#: Files below this are read at once and kept.
SMALL_BYTES: Final = 64 * 1024

#: What all kept files may hold together.
CACHE_BYTES: Final = 16 * 1024 * 1024

_Version = tuple[int, int, int]


class FileCache:
    """Small files that were served lately; one that has changed on disk is read again."""

    def __init__(self, limit_bytes: int = CACHE_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._lock = threading.Lock()
        self._held_bytes = 0
        self._files: OrderedDict[Path, tuple[_Version, bytes, str | None]] = OrderedDict()

    def read(self, path: Path, status: os.stat_result) -> tuple[bytes, str | None]:
        """Give the bytes of a small file and their ETag.

        Raises:
            OSError: it can't be read.
        """
        version = (status.st_mtime_ns, status.st_size, status.st_ino)
        with self._lock:
            held = self._files.get(path)
            if held is not None and held[0] == version:
                self._files.move_to_end(path)
                return held[1:]
        data = path.read_bytes()
        etag = etag_of(data)
        # One that was written in the meantime is right for this answer, but not to be kept.
        if len(data) == status.st_size < SMALL_BYTES:
            self._keep(path, version, data, etag)
        return data, etag

    def _keep(self, path: Path, version: _Version, data: bytes, etag: str | None) -> None:
        with self._lock:
            old = self._files.pop(path, None)
            self._held_bytes += len(data) - (0 if old is None else len(old[1]))
            self._files[path] = (version, data, etag)
            while self._held_bytes > self._limit_bytes:
                _, (_, dropped, _) = self._files.popitem(last=False)
                self._held_bytes -= len(dropped)


def file_content(
    path: Path, status: os.stat_result, kind: str | None = None, cache: FileCache | None = None
) -> Content:
    """Give a regular file as content.

    Args:
        path: where it is.
        status: what `stat` says of it.
        kind: its media type; without it the name decides.
        cache: where small files are kept.

    Raises:
        OSError: it can't be read.
    """
    kind = kind or type_of(path.name) or OCTETS
    if status.st_size < SMALL_BYTES:
        data, etag = (cache or FileCache()).read(path, status)
        return Content(data, len(data), kind, etag, status.st_mtime)
    if not os.access(path, os.R_OK):
        raise PermissionError(f"{path.name} can't be read")
    etag = f'"{status.st_mtime_ns:x}-{status.st_size:x}-{status.st_ino:x}"'
    body = FileSlice(path, 0, status.st_size)
    return Content(body, status.st_size, kind, etag, status.st_mtime)
