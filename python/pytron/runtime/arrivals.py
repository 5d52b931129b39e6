"""Pages that come by themselves, as tabs of browsers do, and become windows of the app.

Source: spec/view.md, section 9.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

from pytron.dispatcher.grants import Grants, RemoteGrants, grants_of
from pytron.options import WindowOptions

if TYPE_CHECKING:
    from pytron.dispatcher.event import TypedEvent
    from pytron.dispatcher.functions import Function

#: The window that a visitor counts as: it shows the same page as the first one.
ROLE = "main"


class Visit(NamedTuple):
    """What a visitor's window is like.

    Attributes:
        number: the engine's name for the visit.
        label: the window's; `visitor-` and a number.
        grants: what it may do; None for everything.
        limits: that its session has to itself.
        guest: the app doesn't live on for it alone.
    """

    number: int
    label: str
    grants: Grants | None
    limits: Mapping[str, int]
    guest: bool


class Visits:
    """Decides what visitors may do: local ones what the first window may, others what is marked."""

    def __init__(
        self,
        functions: Mapping[str, Function],
        events: Mapping[str, TypedEvent[Any]],
        *,
        first: WindowOptions,
        shared: bool,
    ) -> None:
        self._functions = functions
        self._events = events
        self._first = first
        self._shared = shared
        self._serial = count(1)

    def admit(self, fields: Mapping[str, Any]) -> Visit:
        """Take up the event of a visit."""
        label = f"visitor-{next(self._serial)}"
        return Visit(
            fields["visit"],
            label,
            self._grants(label, remote=bool(fields["remote"])),
            fields["limits"],
            bool(fields["guest"]),
        )

    def _grants(self, label: str, *, remote: bool) -> Grants | None:
        if not remote:
            return grants_of(label, self._first.get("allow"), foreign=False)
        functions = [name for name, f in self._functions.items() if f.options.remote]
        events = [name for name, event in self._events.items() if event.remote]
        return RemoteGrants(label, functions, events, shared=self._shared)
