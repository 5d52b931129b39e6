"""What the dispatcher leaves to the app."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from pytron import protocol
from pytron.dispatcher.session import Session
from pytron.dispatcher.workers import Task


class Listener(Protocol):
    """Takes up whatever is not a call."""

    def opened(self, session: Session) -> Task:
        """A page has said hello, and its `hello` has been sent."""
        ...

    def happened(self, session: Session, event: protocol.Event) -> Iterable[Task]:
        """A page has emitted an event.

        Raises:
            CallError: it cannot be passed on.
        """
        ...

    def changed(
        self, session: Session, change: protocol.Change, ops: Sequence[Mapping[str, Any]]
    ) -> Task:
        """A page wants to change the state."""
        ...

    def resync(self, session: Session, scope: str) -> Task:
        """A page wants a snapshot."""
        ...

    def watched(self, session: Session, watch: protocol.Watch) -> None:
        """A page waits for something at a place of the state.

        Raises:
            StateError: nothing can ever be there.
        """
        ...

    def subscribed(self, name: str) -> None:
        """A page listens to events of a name.

        Raises:
            CallError: it looks misspelt.
        """
        ...

    def logged(self, session: Session, log: protocol.Log) -> None:
        """A page has written to the log."""
        ...
