"""Folders of a running chrome engine: what pages keep, and large binary on its way."""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pytron.errors import ProtocolError
from pytron.platforms import memory_folder
from pytron.platforms.locks import try_lock

_log = logging.getLogger(__name__)

_PREFIX: Final = "pytron-pages-"
_LOCK: Final = "lock"


class PrivateFolder:
    """A new folder that only this user can enter, gone with `close`, or at the next start."""

    def __init__(self, base: Path) -> None:
        _sweep(base)
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=base))
        self._lock = try_lock(self.path / _LOCK)

    def close(self) -> None:
        """Remove it."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
        shutil.rmtree(self.path, ignore_errors=True)


def _sweep(base: Path) -> None:
    """Remove what processes have left that were killed."""
    for folder in base.glob(f"{_PREFIX}*"):
        try:
            lock = try_lock(folder / _LOCK)
        except OSError:  # another user's
            continue
        if lock is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)


class Files:
    """Large parts of frames, as files in memory where the system has that."""

    def __init__(self, theirs: Path | None = None) -> None:
        """Use a new folder, or one that somebody else has made and removes."""
        self._own: PrivateFolder | None = None
        if theirs is not None:
            self.path = theirs
            return
        self._own = PrivateFolder(memory_folder() or Path(tempfile.gettempdir()))
        self.path = self._own.path

    def close(self) -> None:
        """Remove the folder, if it is ours."""
        if self._own is not None:
            self._own.close()

    def write(self, part: bytes | bytearray | memoryview) -> str:
        """Write a part; the name under which the page can fetch it, which nobody can guess."""
        name = secrets.token_hex(16)
        descriptor = os.open(self.path / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            view = memoryview(part).cast("B")
            while view.nbytes:
                view = view[os.write(descriptor, view) :]
        except OSError:
            (self.path / name).unlink(missing_ok=True)
            raise
        finally:
            os.close(descriptor)
        return name

    def take(self, path: str, sizes: Sequence[int]) -> list[memoryview]:
        """The parts that lie one after the other in a file, which is removed.

        Raises:
            ProtocolError: it is none of these files, or of another size.
        """
        file = Path(path)
        if file.parent != self.path:
            raise ProtocolError(f"{path} is no file of a page")
        whole = memoryview(file.read_bytes())
        file.unlink()
        if sum(sizes) != whole.nbytes:
            raise ProtocolError(f"a file of {whole.nbytes} bytes for parts of {sum(sizes)}")
        parts: list[memoryview] = []
        at = 0
        for size in sizes:
            parts.append(whole[at : at + size])
            at += size
        return parts


class Profile:
    """Where pages keep their cookies and storage: of the app, or for this run alone."""

    def __init__(self, folder: str | None) -> None:
        self._passing: PrivateFolder | None = None
        self._lock: int | None = None
        if folder is not None:
            self.path = Path(folder) / "chrome"
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = try_lock(self.path / "pytron.lock")
            if self._lock is not None:
                return
            # Chromium's storage takes one process; a second one would lose what it writes.
            _log.warning(
                "the app runs already and has its pages' storage; this run keeps nothing of them"
            )
        self._passing = PrivateFolder(Path(tempfile.gettempdir()))
        self.path = self._passing.path

    def close(self) -> None:
        """Let another run have it, or remove it."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
        if self._passing is not None:
            self._passing.close()
