"""Files of a sealed package (`pytron package --shield`): read from its payload, piece by piece.

The program of such a package is the only one with a module `_pytron_shield`; one that Nuitka has
compiled brings a module of that name along. Everywhere else there is nothing sealed.

Source: spec/shield.md, section 6.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from pytron import packaged

_MODULE: Final = "_pytron_shield"
_FILES: Final = "@/"
_ASSET: Final = 0
#: What is opened at a time: four chunks of the payload.
_PIECE_BYTES: Final = 1024 * 1024


class SealedFile:
    """One sealed file."""

    def __init__(self, entry: str, size: int, digest: str) -> None:
        self.entry = entry
        self.size_bytes = size
        #: Tells one content from another.
        self.digest = digest

    def read(self) -> bytes:
        """The whole content."""
        data: bytes = _shield().read(self.entry)
        return data

    def parts(self) -> SealedParts:
        """The content, piece by piece."""
        return SealedParts(self.entry, 0, self.size_bytes)


class SealedParts(Iterator[bytes]):
    """A range of a sealed file; each piece is opened when it is asked for."""

    def __init__(self, entry: str, start: int, end: int) -> None:
        self._entry = entry
        self._at = start
        self._end = end

    def cut(self, start: int, length: int) -> SealedParts:
        """A range of this range."""
        begin = self._at + start
        return SealedParts(self._entry, begin, min(begin + length, self._end))

    def __next__(self) -> bytes:
        """The next piece."""
        if self._at >= self._end:
            raise StopIteration
        # Up to a whole piece, so that no chunk is opened for two of them.
        end = min(self._end, (self._at // _PIECE_BYTES + 1) * _PIECE_BYTES)
        piece: bytes = _shield().part(self._entry, self._at, end)
        self._at = end
        return piece


def _shield() -> Any:
    return sys.modules.get(_MODULE) or (_of_compiled() if packaged.is_compiled() else None)


@cache
def _of_compiled() -> Any:
    try:
        return import_module(_MODULE)
    except ModuleNotFoundError as error:
        if error.name != _MODULE:
            raise
        return None  # it was not sealed


def _entry(path: Path) -> str | None:
    root = packaged.folder()
    if _shield() is None or root is None:
        return None
    try:
        inside = path.relative_to(root).as_posix()
    except ValueError:
        return None
    return _FILES + inside


def find(path: Path) -> SealedFile | None:
    """The sealed file whose place this is; None where no such file is sealed."""
    entry = _entry(path)
    found = None if entry is None else _shield().find(entry)
    if entry is None or found is None or found[0] != _ASSET:
        return None
    return SealedFile(entry, found[1], found[2])


def is_folder(path: Path) -> bool:
    """Whether files below this place are sealed."""
    entry = _entry(path)
    return entry is not None and bool(_shield().entries(f"{entry}/"))
