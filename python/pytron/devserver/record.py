"""The session file of one `pytron dev`: true from its start to its end.

Source: spec/dev.md, section 1.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from pytron.errors import ConfigError
from pytron.failures import Failure
from pytron.platforms.locks import try_lock
from pytron.project import session
from pytron.project.session import Session

_LOCK: Final = "dev.lock"


class Record:
    """Tells Vite and other tools about the app. One thread's, once it has been entered."""

    def __init__(self, folder: Path, app: str, spare: Path) -> None:
        """Describe it; `with` writes the file.

        Args:
            folder: the app's.
            app: what `pytron types` is to be given.
            spare: a folder for the file when the project may not be written.
        """
        self.place = session.place_of(folder)
        self._spare = spare / session.NAME
        self._session = Session("", "", sys.executable, app, "")
        self._lock = -1

    def __enter__(self) -> Record:
        """Write it.

        Raises:
            ConfigError: another `pytron dev` serves this project.
        """
        try:
            self._claim()
        except OSError:  # of a project that may not be written
            self.place = self._spare
            self._claim()
        session.write(self.place, self._session)
        return self

    def _claim(self) -> None:
        self.place.parent.mkdir(mode=0o700, exist_ok=True, parents=True)
        lock = _lock_of(self.place.with_name(_LOCK))
        if lock is None:
            raise ConfigError(
                f"`pytron dev` runs already for {self.place.parent.parent}{self._other()}; go on "
                "with that one, or end it first (Ctrl-C in its terminal)"
            )
        self._lock = lock

    def _other(self) -> str:
        with suppress(OSError, ValueError, KeyError, TypeError):
            return f" (process {json.loads(self.place.read_text('utf-8'))['pid']})"
        return ""

    def serves(self, fields: Mapping[str, Any]) -> None:
        """The app runs; with `url`, `token`, `routes` and `epoch` when it serves tabs, too."""
        told = {name: fields[name] for name in ("url", "token", "routes", "epoch") if fields}
        self._write(replace(self._session, error=None, **told))

    def has_ended(self) -> None:
        """The app does not run just now."""
        self._write(replace(self._session, url="", token=""))

    def fails(self, failure: Failure) -> None:
        """The app cannot run as it is now; one that ran before may go on."""
        self._write(replace(self._session, error=failure))

    def _write(self, now: Session) -> None:
        if now != self._session:
            self._session = now
            session.write(self.place, now)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove it, while nobody else can have one there."""
        session.remove(self.place)
        with suppress(OSError):  # on Windows a file that is open stays
            self.place.with_name(_LOCK).unlink()
        os.close(self._lock)
        with suppress(OSError):  # somebody else's files are in it
            self.place.parent.rmdir()


def _lock_of(place: Path) -> int | None:
    """The lock of the file that has this name, not of one that was just removed; None: taken.

    Who ends removes the file. Whoever has opened it before gets its lock, and must not keep it: the
    next one makes another file, and both would hold a lock.
    """
    while True:
        lock = try_lock(place)
        if lock is None:
            return None
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(lock), place.stat()):
                return lock
        os.close(lock)
