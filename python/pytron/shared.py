"""State shared with pages: who sees which scope, and how changes travel."""

from __future__ import annotations

from threading import RLock
from typing import Any

from pytron import codec, protocol
from pytron.dispatcher.dispatch import Dispatcher
from pytron.dispatcher.faults import describe
from pytron.dispatcher.session import Session
from pytron.state import Patch, State


class SharedState:
    """The app's state and each window's own, as pages see them."""

    def __init__(self, app: State[Any], dispatcher: Dispatcher) -> None:
        self._app = app
        self._dispatcher = dispatcher
        self._windows: dict[int, State[Any]] = {}
        self._joined: set[Session] = set()
        self._lock = RLock()
        self._stop = app.listen(self._patched)

    def close(self) -> None:
        """Stop following the app's state, which outlives this run."""
        self._stop()

    def window_scope(self, window: int) -> State[Any]:
        """The state of one window, made at first use."""
        with self._lock:
            scope = self._windows.get(window)
            if scope is None:
                scope = self._windows[window] = State("window", None)
                scope.listen(lambda patch: self._window_patched(window, patch))
            return scope

    def drop_window(self, window: int) -> None:
        """The window has gone, and its state with it."""
        with self._lock:
            self._windows.pop(window, None)

    def join(self, session: Session) -> None:
        """Send the snapshots; from here on the session gets every patch, with no gap."""
        self.send_snapshot(session, "app", joins=True)
        self.send_snapshot(session, "window")

    def send_snapshot(self, session: Session, scope: str, *, joins: bool = False) -> None:
        """Send a scope whole."""
        state = self._app if scope == "app" else self.window_scope(session.window)
        with state.hold():  # no patch may slip in between snapshot and joining
            revision, value = state.snapshot()
            encoded = codec.encode(value)
            session.send(protocol.snapshot(scope, revision, encoded), encoded.parts)
            if joins:
                self._joined = {s for s in self._joined if s.alive} | {session}

    def change(self, session: Session, change: protocol.Change, *, dev: bool) -> ChangeTask:
        """A page's change, as a task that holds its place in the order."""
        state = self._app if change.scope == "app" else self.window_scope(session.window)
        return ChangeTask(session, change, state, dev=dev)

    def _patched(self, patch: Patch) -> None:
        joined = self._joined
        if not joined:
            return
        encoded = codec.encode(patch.ops, at=("ops",))
        body = protocol.patch("app", patch.revision, encoded)
        for session in joined:
            own = _own_change(patch, session)
            if own is not None:
                session.send(
                    protocol.patch("app", patch.revision, encoded, change=own), encoded.parts
                )
            else:
                session.send(body, encoded.parts)

    def _window_patched(self, window: int, patch: Patch) -> None:
        session = self._dispatcher.sessions.get(window)
        if session is not None:
            encoded = codec.encode(patch.ops, at=("ops",))
            own = _own_change(patch, session)
            session.send(
                protocol.patch("window", patch.revision, encoded, change=own), encoded.parts
            )


def _own_change(patch: Patch, session: Session) -> int | None:
    """The id of the session's change that made this patch: its page shows it already."""
    task = patch.origin
    return task.identity if isinstance(task, ChangeTask) and task.session is session else None


class ChangeTask:
    """A page's change of the state: later calls of the page must see it, so it runs in order."""

    in_order = True

    def __init__(
        self, session: Session, change: protocol.Change, state: State[Any], *, dev: bool
    ) -> None:
        self.session = session
        self.identity = change.id
        self._change = change
        self._state = state
        self._dev = dev

    def run(self) -> None:
        """Apply it and answer."""
        change = self._change
        if not self.session.alive:
            return
        try:
            revision = self._state.apply(change.ops, base=change.base, origin=self)
        except Exception as error:  # noqa: BLE001 - a page's change must not end a worker
            body = describe(error, "a state change", dev=self._dev)
            self.session.send(protocol.error(change.id, body))
        else:
            self.session.send(protocol.result(change.id, codec.Encoded(b"%d" % revision)))
