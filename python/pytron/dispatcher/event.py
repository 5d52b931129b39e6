"""What a handler of an event gets, and events whose data has a type."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, Protocol, overload

from pytron.dispatcher.backlog import SLOW, Slow
from pytron.errors import ConfigError
from pytron.near import meant

if TYPE_CHECKING:
    from typing_extensions import TypeVar  # for type checkers only: it knows defaults

    T = TypeVar("T", default=Any)
else:
    from typing import TypeVar

    T = TypeVar("T")

#: How many of an event wait for a slow page before the oldest is dropped.
KEEP = 1_000

#: As in `pytron.protocol`, which takes half as long to import as all that an app begins with.
MAX_NAME = 256

#: Python's handlers hear of windows under such names; nobody else may emit them.
WINDOW_PREFIX = "window."

#: What can happen to a window, as `window.on` names it.
WINDOW_EVENTS = (
    "opened", "loaded", "closing", "closed", "resized", "moved", "focused", "state", "theme",
    "crashed", "failed", "blank", "refused", "external",
)  # fmt: skip

H = TypeVar("H", bound=Callable[..., Any])


class Event(Generic[T]):
    """What a handler gets.

    Attributes:
        name: the event's name.
        data: what came with it.
        window: label of the window whose page emitted it, or that it is about; None from Python.
        prevented: whether a handler has called `prevent`.
    """

    __slots__ = ("data", "name", "prevented", "window")

    def __init__(self, name: str, data: Any = None, window: str | None = None) -> None:
        self.name = name
        self.data: T = data
        self.window = window
        self.prevented = False

    def prevent(self) -> None:
        """Keep what is about to happen from happening (`closing`)."""
        self.prevented = True

    def __repr__(self) -> str:
        """Show what it is."""
        return f"Event({self.name!r}, {self.data!r}, window={self.window!r})"


def check_name(name: object) -> None:
    """Raise ConfigError unless this can be an event's name or a pattern of names."""
    if not isinstance(name, str):
        raise ConfigError(f'{name!r} is no name of an event: give a text, such as "saved"')
    if not 0 < len(name) <= MAX_NAME:
        raise ConfigError(f"the name of an event has 1 to {MAX_NAME} characters, not {len(name)}")


def check_window_event(name: object) -> None:
    """Raise ConfigError unless this happens to windows, or is a pattern of such names."""
    check_name(name)
    known = str(name)
    if known in WINDOW_EVENTS or known.endswith("*"):
        return
    raise ConfigError(f"windows have no event {known!r}; {meant(known, WINDOW_EVENTS)}")


def check_listening(name: object, handler: object) -> None:
    """Raise ConfigError unless this handler can be called for events of this name."""
    check_name(name)
    if isinstance(name, str) and name.startswith(WINDOW_PREFIX):
        check_window_event(name.removeprefix(WINDOW_PREFIX))
    if not callable(handler):
        raise ConfigError(
            f"{handler!r} can't handle {name!r}: give a function that takes the event"
        )


def matches(pattern: str, name: str) -> bool:
    """Whether an event name is one that a subscription or a handler asks for."""
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


class Group(Protocol):
    """What an event is declared in: an app, or a group that an app includes."""

    def send_event(self, name: str, data: object, to: str | None) -> None:
        """Emit an event in the running app."""
        ...

    def on(self, name: str) -> Callable[[H], H]:
        """Handle events of a name."""
        ...


class TypedEvent(Generic[T]):
    """An event whose data has a type, as `app.event("saved", Saved)` declares it.

    ```python
    saved = app.event("saved", Saved)

    @saved.on
    def show(event: Event[Saved]) -> None: ...

    saved.emit(Saved(3))
    ```

    Attributes:
        name: the event's name, the same in Python and in pages.
        kind: the type of its data, None for events that carry none.
        slow: what becomes of it when a page does not read.
        keep: how many of it wait for such a page, when not all of them do.
        remote: remote sessions may send it, and hear it when it is sent to all.
        missed: how many have been left out so far, all pages together.
    """

    def __init__(
        self,
        group: Group,
        name: str,
        kind: Any,
        *,
        slow: Slow = "wait",
        keep: int = KEEP,
        remote: bool = False,
    ) -> None:
        if slow not in SLOW:
            raise ConfigError(f"slow={slow!r} of {name!r} must be one of {', '.join(SLOW)}")
        if keep < 1:
            raise ConfigError(f"keep={keep} of {name!r} must be at least 1")
        self._group = group
        self._lock = Lock()
        self.name = name
        self.kind = kind
        self.slow: Slow = slow
        self.remote = remote
        self.keep = 1 if slow == "latest" else keep
        self.missed = 0

    def miss(self) -> None:
        """Count one that a page will not get."""
        with self._lock:
            self.missed += 1

    @overload
    def emit(self: TypedEvent[None], data: None = None, *, to: str | None = None) -> None: ...
    @overload
    def emit(self, data: T, *, to: str | None = None) -> None: ...
    def emit(self, data: Any = None, *, to: str | None = None) -> None:
        """Send it to all windows and to Python's own handlers, or `to` the window of a label.

        Raises:
            CallError: `backpressure` or `encode_failed`, as from `app.emit`.
            ConfigError: the app does not run, or there is no such window.
        """
        self._group.send_event(self.name, data, to)

    def on(self, handler: H) -> H:
        """Handle it; what a page sends arrives as the declared type, or not at all."""
        return self._group.on(self.name)(handler)

    def __repr__(self) -> str:
        """Show what it is."""
        return f"TypedEvent({self.name!r}, {self.kind!r})"
