"""Which of the files that the system tells of were really saved anew."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


class Saves:
    """Remembers how files were when they were last told of.

    A loaded system tells of one save in two pieces, and the second must not start the app again. A
    file that is saved once more without a change has another time, and counts.
    """

    def __init__(self) -> None:
        self._known: dict[Path, tuple[int, int, int] | None] = {}

    def of(self, paths: Iterable[Path]) -> list[Path]:
        """Those that are not as they were when they were last asked about."""
        found: list[Path] = []
        for path in paths:
            now = _stamp(path)
            if path not in self._known or self._known[path] != now:
                found.append(path)
            self._known[path] = now
        return found


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        stat = path.stat()
    except OSError:  # removed
        return None
    return stat.st_mtime_ns, stat.st_ino, stat.st_size
