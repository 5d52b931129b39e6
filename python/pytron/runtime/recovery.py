"""What happens to a window whose page has died or cannot be loaded.

A page that died is loaded again in the same window, so its place and size stay, and its state is
replayed. One that keeps dying gives way to a page that says so: a window is never blank.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Final

#: So often a page is loaded again …
TRIES: Final = 3
#: … within this time. After it, a crash is a new story.
WINDOW_S: Final = 60.0

ERROR_PATH: Final = "/_pytron/error"


class Recovery:
    """Remembers how often each window's page has died of late."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._crashes: dict[int, deque[float]] = {}

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
