"""Pages on their way into their windows: nobody must look at a blank window for ever."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import monotonic
from typing import Final

from pytron.config import load_timeout_s
from pytron.dispatcher.deadlines import Deadlines
from pytron.engine import Happening

_log = logging.getLogger("pytron.page")

#: So long after it has loaded a page may take to join; what it says then is for developers only.
_JOIN_S: Final = 5.0

#: Where Pytron's own pages are.
OWN_PATHS: Final = "/_pytron/"


class Loading:
    """Knows which windows wait for their page, and tells of one that neither loads nor fails."""

    def __init__(
        self,
        deadlines: Deadlines,
        tell: Callable[[Happening], object],
        joins: Callable[[int], bool],
    ) -> None:
        """Begin without windows.

        Args:
            deadlines: what looks after a while.
            tell: takes what happened to a window.
            joins: whether the page of a window should join, and has not.
        """
        self._deadlines = deadlines
        self._tell = tell
        self._joins = joins
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

    def loaded(self, window: int, label: str, address: str) -> None:
        """A page is there; if none of its scripts runs, only the log can tell."""
        if OWN_PATHS in address:  # the error page, the inspector: they need no client
            return

        def look() -> None:
            if self._joins(window):
                _log.warning(
                    "[%s] the page has loaded, but none of its scripts has joined Python: they "
                    "fail before they can say so, or import no client; the developer tools show "
                    "the page's own errors: App(devtools=True)",
                    label,
                )

        self._deadlines.at(monotonic() + _JOIN_S, look)
