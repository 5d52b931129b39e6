"""What the taskbar or dock shows on the app's icon: a number, and how far something is."""

from __future__ import annotations

from typing import ClassVar

from pytron.answer import Answer
from pytron.services.service import Service

_COUNT_MAX = 1_000_000


class Badge(Service):
    """`app.badge`. Where no taskbar or dock shows it, the answer is `unsupported` with the reason.

    It is of the whole app. Ended, the app takes it along.
    """

    name: ClassVar[str] = "badge"
    pages: ClassVar[tuple[str, ...]] = ("count", "progress")

    def count(self, number: int | None) -> Answer[None]:
        """Show a number on the icon, such as that of unread messages; None or 0 takes it away."""
        if number is not None and not 0 <= number <= _COUNT_MAX:
            return self._refused("count", f"number={number!r} must be from 0 to {_COUNT_MAX}")
        return self._desk.ask("badge.count", None, {"count": number or 0})

    def progress(self, share: float | None) -> Answer[None]:
        """Show how far something is, from 0 to 1; None takes it away."""
        if share is not None and not 0 <= share <= 1:
            return self._refused("progress", f"share={share!r} must be from 0 to 1")
        return self._desk.ask("badge.progress", None, {"value": share})
