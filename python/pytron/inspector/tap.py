"""Notes what passes an app that runs, and leaves nothing behind when it stops.

The tap stands where it stands only while somebody inspects: it takes the place of methods of this
run's own objects. Without it there is no hook to pass, so calls cost what they cost without an
inspector.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from time import time
from typing import TYPE_CHECKING, Any, Final

from pytron import codec
from pytron.dispatcher.call import running
from pytron.engine import Happening
from pytron.errors import CallError
from pytron.inspector.seen import (
    Began,
    Emitted,
    FrameDown,
    FrameUp,
    Happened,
    Inbox,
    Logged,
    Patched,
)

if TYPE_CHECKING:
    from pytron.dispatcher.functions import Function
    from pytron.dispatcher.session import Session
    from pytron.dispatcher.workers import Task
    from pytron.events import Event
    from pytron.inspector.history import History
    from pytron.runtime.runtime import Parts, Runtime
    from pytron.state import Patch

#: Functions of other places are sent to other processes, which know nothing of this one.
_HERE: Final = ("thread", "loop", "main")


class Tap:
    """Notes frames both ways, windows, events and state of one run, and when functions begin."""

    def __init__(
        self, parts: Parts, runtime: Runtime, inbox: Inbox, *, skips: Callable[[int], bool]
    ) -> None:
        """Describe it; `open` begins. `skips` tells the windows that are not noted."""
        self._parts = parts
        self._runtime = runtime
        self._inbox = inbox
        self._skips = skips
        self._stops: list[Callable[[], object]] = []

    def open(self, history: History) -> None:
        """Begin to note; `history` is that of the app's state."""
        self._frames()
        self._windows()
        for function in self._parts.functions.values():
            if function.executor in _HERE:
                self._beginnings(function)
        self._stops.append(self._parts.handlers.add("*", self._heard))
        self._state(history)
        self._log()

    def close(self) -> None:
        """Leave everything as it was."""
        for stop in reversed(self._stops):
            stop()
        self._stops.clear()

    def _frames(self) -> None:
        dispatcher, engine, inbox = self._runtime.dispatcher, self._runtime.engine, self._inbox
        accept, send = dispatcher.accept, engine.send

        def accepted(window: int, text: bytes, parts: Sequence[bytes | memoryview]) -> list[Task]:
            if not self._skips(window):
                note = FrameUp(time(), window, bytes(text), _sizes(parts))
                inbox.put(note, len(text))
            return accept(window, text, parts)

        def sent(window: int, body: bytes, parts: Sequence[memoryview] = ()) -> int:
            if not self._skips(window):
                note = FrameDown(time(), window, bytes(body), _sizes(parts))
                inbox.put(note, len(body))
            return send(window, body, parts)

        self._stops.append(self._rejoin)  # last of all, for what is stopped comes in reverse
        self._replace(dispatcher, "accept", accepted)
        self._replace(engine, "send", sent)
        self._rejoin()

    def _rejoin(self) -> None:
        sessions: list[Session] = list(self._runtime.dispatcher.sessions.values())
        for session in sessions:
            session.rejoin()

    def _windows(self) -> None:
        runtime, engine, inbox = self._runtime, self._runtime.engine, self._inbox
        happened_to, command = runtime.happened_to, engine.command

        def happened(event: Happening) -> Iterable[Task]:
            of_window = event.window and event.kind not in ("answer", "log")
            if of_window and not self._skips(event.window):
                fields = {k: v for k, v in event.fields.items() if k not in ("kind", "window")}
                inbox.put(Happened(time(), event.window, event.kind, fields, False))
            return happened_to(event)

        def commanded(message: Mapping[str, object]) -> None:
            window = message.get("window")
            if isinstance(window, int) and not self._skips(window):
                kind = str(message["kind"])
                fields = {k: v for k, v in message.items() if k not in ("kind", "window")}
                inbox.put(Happened(time(), window, kind, fields, True))
            command(message)

        self._replace(runtime, "happened_to", happened)
        self._replace(engine, "command", commanded)

    def _replace(self, owner: object, name: str, method: Callable[..., Any]) -> None:
        """Put a method in front of the one of a class, or of another tap."""
        before = vars(owner).get(name)

        def stop() -> None:
            if before is None:
                delattr(owner, name)  # that of the class is there again
            else:
                setattr(owner, name, before)

        setattr(owner, name, method)
        self._stops.append(stop)

    def _beginnings(self, function: Function) -> None:
        target, inbox = function.target, self._inbox

        @wraps(target)  # the names of its parameters are asked for
        def begin(*arguments: Any, **keywords: Any) -> Any:
            call = running.get(None)
            if call is not None:
                inbox.put(Began(time(), call.session.window, call.id))
            return target(*arguments, **keywords)

        def stop() -> None:
            function.target = target

        function.target = begin
        self._stops.append(stop)

    def _heard(self, event: Event[Any]) -> None:
        """Events of pages and of windows are noted where they come in; these are Python's own."""
        if event.window is not None:
            return
        try:
            data = codec.encode(event.data).json
        except CallError as error:
            data = codec.encode_plain(f"… {error}")
        self._inbox.put(Emitted(time(), event.name, data), len(data))

    def _state(self, history: History) -> None:
        state, inbox = self._parts.state, self._inbox

        def patched(patch: Patch) -> None:
            ops = codec.encode(patch.ops, at=("ops",)).json
            session: Session | None = getattr(patch.origin, "session", None)
            by = "Python" if session is None else f"the page of {session.label}"
            inbox.put(Patched(time(), patch.revision, ops, by), len(ops))

        with state.hold():
            revision, value = state.snapshot()
            whole = codec.encode(value).json
            history.begin(revision, codec.decode(whole), len(whole))
            self._stops.append(state.listen(patched))

    def _log(self) -> None:
        handler = _Handler(self._inbox)
        root = logging.getLogger()
        root.addHandler(handler)
        self._stops.append(lambda: root.removeHandler(handler))


class _Handler(logging.Handler):
    """Notes lines of Python's log."""

    def __init__(self, inbox: Inbox) -> None:
        super().__init__()
        self._inbox = inbox

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = record.getMessage()
            if record.exc_info:
                text += "\n" + logging.Formatter().formatException(record.exc_info)
        except Exception:  # noqa: BLE001 - a line that cannot be written must not break the app
            self.handleError(record)
            return
        self._inbox.put(Logged(record.created, record.levelname.lower(), record.name, text))


def _sizes(parts: Sequence[bytes | memoryview]) -> Sequence[int]:
    return [memoryview(part).nbytes for part in parts] if parts else ()
