"""What happens to a window whose page has died or cannot be loaded.

A page that died is loaded again in the same window, so its place and size stay, and its state is
replayed. One that keeps dying gives way to a page that says so: a window is never blank.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Final

from pytron import blackbox

if TYPE_CHECKING:
    from pytron.engine import Engine
    from pytron.window import Window

_log = logging.getLogger(__name__)

#: So often a page is loaded again …
TRIES: Final = 3
#: … within this time. After it, a crash is a new story.
WINDOW_S: Final = 60.0

ERROR_PATH: Final = "/_pytron/error"


class Recovery:
    """Remembers how often each window's page has died of late."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = monotonic) -> None:
        self._engine = engine
        self._clock = clock
        self._crashes: dict[int, deque[float]] = {}

    def died(self, window: Window, reason: str) -> None:
        """Load a page that died again, unless it keeps dying."""
        blackbox.page_died(window.label, reason)
        if self.may_reload(window.id):
            _log.error("the page of window %r died (%s); it is loaded again", window.label, reason)
            self._engine.command({"kind": "reload", "window": window.id})
        else:
            _log.error("the page of window %r keeps dying (%s); given up", window.label, reason)
            self._show_error(window, "crashed")

    def failed(self, window: Window, cause: str, reason: str) -> None:
        """Show why in place of a page that could not be loaded."""
        if ERROR_PATH not in reason:  # the page that says so may fail itself
            self._show_error(window, cause)

    def _show_error(self, window: Window, cause: str) -> None:
        url = f"{self._engine.origin}{ERROR_PATH}?{cause}"
        self._engine.command({"kind": "navigate", "window": window.id, "url": url})

    def may_reload(self, window: int) -> bool:
        """Count a crash; whether the page deserves another try."""
        now = self._clock()
        crashes = self._crashes.setdefault(window, deque())
        while crashes and now - crashes[0] > WINDOW_S:
            crashes.popleft()
        crashes.append(now)
        return len(crashes) <= TRIES

    def forget(self, window: int) -> None:
        """The window has closed."""
        self._crashes.pop(window, None)
