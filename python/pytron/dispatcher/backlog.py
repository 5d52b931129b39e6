"""Events that wait in the kit, and not in the queue of their page, because the page is slow.

Source: spec/ipc.md, section 7, "slow pages".
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from pytron.codec import Encoded
    from pytron.dispatcher.event import TypedEvent
    from pytron.dispatcher.session import Session
    from pytron.dispatcher.workers import Task

#: What becomes of an event when its page does not read: the sender waits, only the latest stays,
#: or the oldest makes room.
Slow = Literal["wait", "latest", "drop_oldest"]
SLOW: Final[tuple[Slow, ...]] = ("wait", "latest", "drop_oldest")


class Backlog:
    """What one slow page has not been sent yet, of the events that may be left out.

    Once its queue is short again a task of the workers sends the rest, in the order it was made.
    """

    def __init__(self, session: Session, submit: Callable[[Task], None]) -> None:
        self._session = session
        self._submit = submit
        self._lock = Lock()
        self._serial = count()
        self._waiting: dict[int, tuple[TypedEvent, Encoded]] = {}  # in the order made
        self._places: dict[str, deque[int]] = {}  # those of one event in `_waiting`
        self._missed: dict[str, int] = {}
        self._draining = False

    def send(self, event: TypedEvent, data: Encoded) -> None:
        """Send an event, or keep it until the page has read; never waits."""
        with self._lock:
            if not self._session.alive:
                return
            if not self._waiting and not self._session.is_behind():
                self._pass(event.name, data)
                return
            self._keep(event, data)
            if self._draining:
                return
            self._draining = True
        self._submit(Draining(self))

    def drain(self) -> bool:
        """Send what waits as long as the page reads; False when there is more to come."""
        session = self._session
        if not session.wait_to_catch_up() and session.alive:
            return False
        with self._lock:
            while self._waiting and session.alive:
                if session.is_behind():
                    return False
                event, data = self._waiting.pop(next(iter(self._waiting)))
                self._places[event.name].popleft()
                self._pass(event.name, data)
            self._waiting.clear()
            self._places.clear()
            self._draining = False
        return True

    def _pass(self, name: str, data: Encoded) -> None:
        self._session.emit(name, data, missed=self._missed.pop(name, 0))

    def _keep(self, event: TypedEvent, data: Encoded) -> None:
        places = self._places.setdefault(event.name, deque())
        if len(places) >= event.keep:
            del self._waiting[places.popleft()]
            self._missed[event.name] = self._missed.get(event.name, 0) + 1
            event.miss()
        serial = next(self._serial)
        places.append(serial)
        self._waiting[serial] = (event, data)


class Draining:
    """Sends a backlog once its page reads again, as a task for a worker."""

    in_order = False
    takes_place = False

    def __init__(self, backlog: Backlog) -> None:
        self._backlog = backlog

    def run(self) -> None:
        """Wait for the page as long as it lives."""
        while not self._backlog.drain():
            pass
