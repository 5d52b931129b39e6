"""Pages on their way into their windows: nobody must look at a blank window for ever."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from pytron.config import load_timeout_s
from pytron.dispatcher.deadlines import Deadlines
from pytron.engine import Happening


class Loading:
    """Knows which windows wait for their page, and tells of one that neither loads nor fails."""

    def __init__(self, deadlines: Deadlines, tell: Callable[[Happening], object]) -> None:
        self._deadlines = deadlines
        self._tell = tell
        self._windows: set[int] = set()

    def watch(self, window: int, address: str) -> None:
        """A window begins to load this page."""
        limit_s = load_timeout_s()
        self._windows.add(window)

        def look() -> None:
            if window in self._windows:
                message = f"{address} has not loaded in {limit_s:g} s; is its server answering?"
                fields = {"kind": "failed", "window": window, "message": message}
                self._tell(Happening("failed", window, fields))

        self._deadlines.at(monotonic() + limit_s, look)

    def done(self, window: int) -> None:
        """It has loaded or failed, or the window has gone."""
        self._windows.discard(window)
