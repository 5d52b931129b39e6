"""Which saves count: of which files, and whether they were really saved anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path
from typing import Final

#: Files of Python: the app starts anew.
CODE: Final = frozenset({".py", ".pyx", ".pyd"})
#: Files that people write for a page. Not data and pictures: an app may make those as it runs.
PAGE: Final = frozenset({".html", ".htm", ".css", ".js", ".mjs", ".svg"})


def wanted(page: Path | None) -> Callable[[object, str], bool]:
    """A filter for watchfiles: Python anywhere, and what people write in the page's folder."""
    from watchfiles import Change, DefaultFilter  # there only in development

    usual = DefaultFilter()  # leaves out .venv, node_modules and the like

    def counts(_change: object, path: str) -> bool:
        place = Path(path)
        is_page = page is not None and place.suffix in PAGE and place.is_relative_to(page)
        return (is_page or place.suffix in CODE) and usual(Change.modified, path)

    return counts


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


def forget_compiled(paths: Iterable[Path]) -> None:
    """Remove what Python keeps compiled of these files.

    It knows a version by its size and its second only, so that a second save within one second,
    `1` to `2`, would start the version before. Source: PEP 552.
    """
    for path in paths:
        # Not there, or not to be removed, or this Python keeps nothing.
        with suppress(OSError, NotImplementedError):
            Path(cache_from_source(str(path))).unlink()


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        stat = path.stat()
    except OSError:  # removed
        return None
    return stat.st_mtime_ns, stat.st_ino, stat.st_size
