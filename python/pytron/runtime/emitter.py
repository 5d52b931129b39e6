"""Events on their way to pages and to Python's own handlers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from pytron import codec, protocol
from pytron.answer import Answer, may_wait
from pytron.dispatcher.backlog import Backlog
from pytron.dispatcher.event import WINDOW_PREFIX, check_name
from pytron.errors import CallError, ConfigError
from pytron.events import Event, Handlers, deliveries
from pytron.runtime.neighbours import Neighbours

if TYPE_CHECKING:
    from pytron.codec import Encoded
    from pytron.dispatcher.event import TypedEvent
    from pytron.dispatcher.loop import Loop
    from pytron.dispatcher.session import Session
    from pytron.dispatcher.workers import Task
    from pytron.hub import Hub

_log = logging.getLogger(__name__)

#: Names that are known to be good; more than this are made up as the app goes.
_MOST_NAMES: Final = 1_000

#: Names of fewer letters than this may well be meant, however near they are to another.
_LONG: Final = 4


class Emitter:
    """Sends events. A page that does not read makes the sender wait, so that nothing is lost.

    Unless the event was declared as one that may be left out.
    """

    def __init__(
        self,
        sessions: Mapping[int, Session],
        handlers: Handlers,
        *,
        declared: Mapping[str, TypedEvent[Any]],
        loop: Loop,
        submit: Callable[[Task], None],
        labels: Callable[[], Collection[str]],
    ) -> None:
        self._labels = labels
        self._admitted = set[str]()
        self._sessions = sessions
        self._handlers = handlers
        self._declared = declared
        self._loop = loop
        self._submit = submit
        self._lock = Lock()
        self._neighbours: Neighbours | None = None

    def share(self, hub: Hub) -> None:
        """Send what is for all to the pages of other processes too, and their events to ours."""
        self._neighbours = Neighbours(hub, self._heard)

    def close(self) -> None:
        """Hear no more of other processes."""
        if self._neighbours is not None:
            self._neighbours.close()

    def _heard(self, name: str, data: Encoded) -> None:
        """Another process has emitted. Its own handlers have heard of it, ours do not."""
        try:
            self._send(name, data, self._audience(name), may_wait=lambda: True)
        except CallError as error:
            _log.warning("the event %r of another process is lost here: %s", name, error)

    def emit(self, name: str, data: object) -> None:
        """Send an event to every page that wants it, and to Python's handlers.

        Raises:
            ConfigError: it is no name of an event, or the windows' own.
            CallError: `encode_failed`, `backpressure`, or `invalid_arguments`: the data is not of
                the declared type.
        """
        self._admit(name)
        is_simple = self._neighbours is None and name not in self._declared
        plain = protocol.plain_event(name, data) if is_simple else None
        if plain is not None:
            self._pass(plain, (), self._audience(name), may_wait)
        else:
            encoded = self._encoded(name, data)
            self._send(name, encoded, self._audience(name), may_wait=may_wait)
            if self._neighbours is not None:
                self._neighbours.tell(name, encoded)
        if self._handlers:
            self._tell_handlers(name, data)

    def _admit(self, name: str) -> None:
        """Raise ConfigError unless Python may emit under this name."""
        if type(name) is str and name in self._admitted:
            return
        check_name(name)
        if name.startswith(WINDOW_PREFIX):
            raise ConfigError(
                f"{name!r} can't be emitted: names that begin with {WINDOW_PREFIX!r} are what "
                "happens to windows; choose another"
            )
        if len(self._admitted) < _MOST_NAMES:
            if (near := self._near(name)) is not None:
                _log.warning("no event %r is declared: did you mean %r?", name, near)
            self._admitted.add(name)

    def _encoded(self, name: str, data: object) -> Encoded:
        """The data as it travels; a declared event's as its type has it."""
        encoded = codec.encode(data, at=("data",))
        if name in self._declared:
            message = {"data": codec.decode(encoded.json)}
            codec.place(message, encoded.bin, encoded.parts)
            self._checked(name, message["data"])
        return encoded

    def _audience(self, name: str) -> list[Session]:
        """The sessions that an event goes to when it is for all: remote ones must be meant."""
        sessions = list(self._sessions.values())
        return [session for session in sessions if session.hears(name) and session.wants(name)]

    def emit_to(self, window: int, name: str, data: object) -> None:
        """Send an event to one page."""
        self._admit(name)
        session = self._sessions.get(window)
        encoded = self._encoded(name, data)
        if session is not None and session.wants(name):
            self._send(name, encoded, [session], may_wait=may_wait)

    def emit_async(self, name: str, data: object) -> Answer[None]:
        """The same as `emit`; a worker waits for the pages that do not read."""
        self._admit(name)
        encoded = self._encoded(name, data)
        answer: Answer[None] = Answer("app.emit_async()")
        sessions = self._audience(name)

        def send(may_wait: Callable[[], bool]) -> None:
            try:
                self._send(name, encoded, sessions, may_wait=may_wait)
            except CallError as error:
                answer.fail(error)
            else:
                answer.settle(None)

        if self._droppable(name) is None and any(session.is_full() for session in sessions):
            self._submit(_Waiting(lambda: send(lambda: True)))
        else:
            send(_never)
        if self._neighbours is not None:
            self._neighbours.tell(name, encoded)
        self._tell_handlers(name, data)
        return answer

    def pass_on(self, origin: Session, event: protocol.Event) -> Iterable[Task]:
        """What is to be done about an event of a page: for Python, or for other windows.

        Raises:
            CallError: `backpressure`: a page that it is for does not read; `invalid_arguments`:
                the data is not of the declared type, or no window has the label that it is for;
                `not_allowed`: the name is the windows' own.
        """
        if event.to is None:
            if event.name.startswith(WINDOW_PREFIX):
                raise CallError(
                    f"a page cannot emit {event.name!r}: names that begin with {WINDOW_PREFIX!r} "
                    "are what happens to windows; choose another",
                    code="not_allowed",
                )
            data = self._checked(event.name, event.data)
            tasks = self.deliveries(Event(event.name, data, origin.label))
            if not tasks:
                self.check_spelling(event.name)
            return tasks
        if event.to != "*" and event.to not in self._labels():
            raise CallError(
                f"the event {event.name!r} is for the window {event.to!r}, and none of that label "
                "is open",
                code="invalid_arguments",
            )
        self._checked(event.name, codec.plain(event.data))
        encoded = codec.encode(event.data, at=("data",))
        others = [
            other
            for other in self._audience(event.name)
            if other is not origin and event.to in ("*", other.label)
        ]
        self._send(event.name, encoded, others, may_wait=_never)
        if self._neighbours is not None and event.to == "*":
            self._neighbours.tell(event.name, encoded)
        return []

    def check_spelling(self, name: str) -> None:
        """Raise CallError for a name that is one slip away from that of a declared event.

        Unless Python has handlers for it, or has emitted it.
        """
        if (near := self._near(name)) is not None:
            raise CallError(
                f"no event {name!r} is declared: did you mean {near!r}?", code="invalid_arguments"
            )

    def _near(self, name: str) -> str | None:
        """The declared event that is probably meant by a name that nobody in Python knows."""
        declared = self._declared
        if name in declared or name in self._admitted or self._handlers.for_event(name):
            return None
        long = [known for known in declared if len(known) >= _LONG and not name.endswith("*")]
        return next((known for known in long if _one_slip(name, known)), None)

    def deliveries(self, event: Event) -> Sequence[Task]:
        """A task for each of the app's handlers."""
        return deliveries(self._handlers.for_event(event.name), event, self._loop)

    def _checked(self, name: str, data: object) -> object:
        """The data of a page's event as the declared type."""
        declared = self._declared.get(name)
        if declared is None:
            return data
        try:
            return codec.convert(data, declared.kind)
        except ValueError as error:
            raise CallError(f"the event {name!r}: {error}", code="invalid_arguments") from error

    def _tell_handlers(self, name: str, data: object) -> None:
        handlers = self._handlers.for_event(name)
        if handlers:
            for task in deliveries(handlers, Event(name, data), self._loop):
                self._submit(task)

    def _send(
        self,
        name: str,
        data: Encoded,
        sessions: Sequence[Session],
        *,
        may_wait: Callable[[], bool],
    ) -> None:
        """Send it; `may_wait` is asked only where a page has no room."""
        droppable = self._droppable(name)
        if droppable is not None:
            for session in sessions:
                self._backlog(session).send(droppable, data)
        elif sessions:
            self._pass(protocol.event(name, data), data.parts, sessions, may_wait)

    def _pass(
        self,
        body: bytes,
        parts: Sequence[memoryview],
        sessions: Sequence[Session],
        may_wait: Callable[[], bool],
    ) -> None:
        """Send an event of which none may be lost; first wait until all of them have room."""
        for session in sessions:
            if session.is_full():
                session.make_room(may_wait=may_wait())
        for session in sessions:
            session.send(body, parts)

    def _droppable(self, name: str) -> TypedEvent[Any] | None:
        """The declared event of this name, if a slow page may miss some."""
        declared = self._declared.get(name)
        return None if declared is None or declared.slow == "wait" else declared

    def _backlog(self, session: Session) -> Backlog:
        with self._lock:
            if session.backlog is None:
                session.backlog = Backlog(session, self._submit)
            return session.backlog


def _one_slip(name: str, other: str) -> bool:
    """Whether two names differ by one letter, or by two in each other's place."""
    pairs = enumerate(zip(name, other, strict=False))
    same = next((at for at, (one, two) in pairs if one != two), min(len(name), len(other)))
    one, two = name[same:], other[same:]
    swapped = one[:2] == two[1::-1] and one[2:] == two[2:]
    return swapped or one[1:] == two[1:] or one[1:] == two or one == two[1:]


def _never() -> bool:
    return False


class _Waiting:
    """An event that waits on a worker until the pages have room for it."""

    in_order = False
    takes_place = False

    def __init__(self, send: Callable[[], None]) -> None:
        self._send = send

    def run(self) -> None:
        self._send()
