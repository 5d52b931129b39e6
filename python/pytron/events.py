"""Events: who listens to which, in Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Lock
from typing import TYPE_CHECKING, Any

from pytron.dispatcher.event import Event, check_listening, matches
from pytron.dispatcher.functions import is_async
from pytron.errors import ConfigError

if TYPE_CHECKING:
    from pytron.dispatcher.loop import Loop

Handler = Callable[..., Any]


class Handlers:
    """Handlers by event name; a trailing `*` in a name matches any ending."""

    def __init__(self) -> None:
        self._handlers: list[tuple[str, Handler]] = []
        self._lock = Lock()

    def add(self, name: str, handler: Handler) -> Callable[[], None]:
        """Listen; the function that stops it.

        Raises:
            ConfigError: no such event of windows, or the handler is no function.
        """
        check_listening(name, handler)
        entry = (name, handler)
        with self._lock:
            self._handlers.append(entry)

        def stop() -> None:
            with self._lock:
                if entry in self._handlers:
                    self._handlers.remove(entry)

        return stop

    def __bool__(self) -> bool:
        """Whether there is any: most events are for pages alone."""
        return bool(self._handlers)

    def all(self) -> list[tuple[str, Handler]]:
        """Every handler with what it listens to."""
        with self._lock:
            return list(self._handlers)

    def for_event(self, name: str) -> list[Handler]:
        """Those that want this event, in the order they were added."""
        with self._lock:
            return [handler for pattern, handler in self._handlers if matches(pattern, name)]


class Delivery:
    """One event on its way to one handler, as a task for a worker."""

    in_order = False
    takes_place = False

    def __init__(
        self,
        handler: Handler,
        event: Event,
        loop: Loop,
        done: Callable[[], object] = lambda: None,
    ) -> None:
        self._handler = handler
        self._event = event
        self._loop = loop
        self._done = done

    def run(self) -> None:
        """Call the handler; `done` is called when it has finished, however it did."""
        if is_async(self._handler):
            self._loop.spawn(self._run_async)
            return
        try:
            self._handler(self._event)
        except Exception:  # noqa: BLE001 - a handler's mistake is its own
            self._report()
        finally:
            self._done()

    async def _run_async(self) -> None:
        try:
            await self._handler(self._event)
        except Exception:  # noqa: BLE001 - a handler's mistake is its own
            self._report()
        finally:
            self._done()

    def _report(self) -> None:
        import logging  # heavy, and only for this

        name = getattr(self._handler, "__qualname__", repr(self._handler))
        log = logging.getLogger(__name__)
        log.exception("the handler %s of %r failed", name, self._event.name)


def deliveries(
    handlers: Iterable[Handler], event: Event, loop: Loop, done: Callable[[], object] | None = None
) -> list[Delivery]:
    """A task for each handler; `done` is called once, after the last, or at once without any."""
    wanted = list(handlers)
    remaining = len(wanted)
    if not wanted:
        if done is not None:
            done()
        return []
    lock = Lock()

    def one_less() -> None:
        nonlocal remaining
        with lock:
            remaining -= 1
            last = remaining == 0
        if last and done is not None:
            done()

    return [Delivery(handler, event, loop, one_less) for handler in wanted]


def plain(function: Callable[..., Any], name: str, event: str) -> Callable[..., Any]:
    """A function that is done when it returns: no loop runs where it is called.

    Raises:
        ConfigError: it is a coroutine function.
    """
    if is_async(function):
        raise ConfigError(
            f"{name} takes a plain function, and {function.__qualname__} is async: no loop runs "
            f"then; make it a def, or do its work in a handler: @app.on({event!r}) may be async"
        )
    return function
