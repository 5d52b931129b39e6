"""State shared with pages: who sees which scope, and how changes travel."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from threading import RLock
from typing import TYPE_CHECKING, Any

from pytron import codec, protocol
from pytron.dispatcher.faults import describe
from pytron.dispatcher.session import Session
from pytron.dispatcher.workers import Task
from pytron.errors import ProtocolError
from pytron.state import Patch, State

if TYPE_CHECKING:
    from pytron.hub import Hub
    from pytron.runtime.replica import Replica


class SharedState:
    """The app's state and each window's own, as pages see them."""

    def __init__(self, app: State[Any], submit: Callable[[Task], None], *, dev: bool) -> None:
        self._submit = submit
        self._dev = dev
        self._windows: dict[int, Scope] = {}
        self._lock = RLock()
        self._app = Scope(app, submit)
        self._replica: Replica | None = None

    def share(self, hub: Hub) -> None:
        """Have one app's state together with the other processes of a hub.

        Raises:
            StateError: the hub does not answer, or has a state that does not fit.
        """
        from pytron.runtime.replica import Replica  # only where there are several

        replica = Replica(self._app.state, hub)
        replica.open()
        self._replica = replica

    def close(self) -> None:
        """Stop following the app's state, which outlives this run."""
        self._app.close()
        if self._replica is not None:
            self._replica.close()

    def window_state(self, window: int) -> State[Any]:
        """The state of one window, made at first use."""
        return self._window(window).state

    def drop_window(self, window: int) -> None:
        """The window has gone, and its state with it."""
        with self._lock:
            self._windows.pop(window, None)

    def join(self, session: Session) -> Task:
        """The task that sends the snapshots; then the session gets every patch, with no gap."""
        scopes = [self._app, self._window(session.window)]
        grants = session.grants
        if grants is None:
            return SnapshotTask(scopes, session)
        seen = [scope for scope in scopes if grants.has_state(scope.state.scope)]
        hidden = [scope.state.scope for scope in scopes if scope not in seen]
        return SnapshotTask(seen, session, hidden)

    def resync(self, session: Session, scope: str) -> Task:
        """The task that sends a scope whole."""
        return SnapshotTask([self._scope(session, scope)], session)

    def check_path(self, session: Session, watch: protocol.Watch) -> None:
        """Raise StateError when the declared types say that nothing can ever be there."""
        state = self._scope(session, watch.scope).state
        state.check_path([str(step) for step in watch.path])

    def change(
        self, session: Session, change: protocol.Change, ops: Sequence[Mapping[str, Any]]
    ) -> Task:
        """A page's change, as a task that holds its place in the order."""
        state = self._scope(session, change.scope).state
        return ChangeTask(session, change, ops, state, dev=self._dev)

    def _scope(self, session: Session, scope: str) -> Scope:
        return self._app if scope == "app" else self._window(session.window)

    def _window(self, window: int) -> Scope:
        with self._lock:
            scope = self._windows.get(window)
            if scope is None:
                scope = self._windows[window] = Scope(
                    State("window", None, convert=codec.convert), self._submit
                )
            return scope


class Scope:
    """A state and the sessions that follow it."""

    def __init__(self, state: State[Any], submit: Callable[[Task], None]) -> None:
        self.state = state
        self._submit = submit
        self._joined: set[Session] = set()
        #: Those whose page does not read: they get a snapshot later instead of every patch.
        self._behind: set[Session] = set()
        self._stop = state.listen(self._patched)

    def close(self) -> None:
        """Stop following the state."""
        self._stop()

    def send_snapshot(self, session: Session) -> None:
        """Send the state whole; patches follow it with no gap."""
        with self.state.hold():  # no patch may slip in between snapshot and joining
            revision, value = self.state.snapshot()
            encoded = codec.encode(value)
            try:
                body = protocol.snapshot(self.state.scope, revision, encoded)
            except ProtocolError as error:
                self._too_large(error, [session])
                return
            session.send(body, encoded.parts)
            self._joined = {other for other in self._joined if other.alive} | {session}
            self._behind.discard(session)

    def _patched(self, patch: Patch) -> None:
        """Tell the pages. The state is locked, so this must not wait for any of them."""
        if not self._joined:
            return
        encoded = codec.encode(patch.ops, at=("ops",))
        scope = self.state.scope
        try:
            body = protocol.patch(scope, patch.revision, encoded)
        except ProtocolError as error:
            self._too_large(error, self._joined)
            return
        for session in self._joined - self._behind:
            if session.is_full():
                self._behind.add(session)
                self._submit(CatchUpTask(self, session))
            elif isinstance(patch.origin, ChangeTask) and patch.origin.session is session:
                own = protocol.patch(scope, patch.revision, encoded, change=patch.origin.identity)
                session.send(own, encoded.parts)
            else:
                session.send(body, encoded.parts)

    def _too_large(self, error: ProtocolError, sessions: Iterable[Session]) -> None:
        """Tell pages why they have an old state, or none, and the log."""
        body = describe(error, f"the {self.state.scope} state", dev=False)
        for session in sessions:
            session.fail(None, body)


class SnapshotTask:
    """Sends snapshots before what the page does next."""

    in_order = True
    takes_place = False

    def __init__(
        self, scopes: Sequence[Scope], session: Session, hidden: Sequence[str] = ()
    ) -> None:
        self._scopes = scopes
        self._session = session
        self._hidden = hidden

    def run(self) -> None:
        """Send them; those that are hidden from the page look empty to it."""
        for name in self._hidden:
            self._session.send(protocol.snapshot(name, 0, codec.Encoded(b"{}")))
        for scope in self._scopes:
            scope.send_snapshot(self._session)

    def after(self) -> None:
        """Nothing is left to do."""


class CatchUpTask:
    """Waits until a page reads again, and then sends it the state whole."""

    in_order = False
    takes_place = False

    def __init__(self, scope: Scope, session: Session) -> None:
        self._scope = scope
        self._session = session

    def run(self) -> None:
        """Wait and send."""
        while self._session.alive:
            if self._session.wait_for_room():
                self._scope.send_snapshot(self._session)
                return


class ChangeTask:
    """A page's change of the state: later calls of the page must see it, so it runs in order."""

    in_order = True
    takes_place = False

    def __init__(
        self,
        session: Session,
        change: protocol.Change,
        ops: Sequence[Mapping[str, Any]],
        state: State[Any],
        *,
        dev: bool,
    ) -> None:
        self.session = session
        self.identity = change.id
        self._ops = ops
        self._base = change.base
        self._state = state
        self._dev = dev
        self._hold: AbstractContextManager[None] | None = None

    def run(self) -> None:
        """Apply it and answer."""
        if not self.session.alive:
            return
        # Subscribers are called when the state is let go of: not while later calls wait for this.
        hold = self._state.hold()
        hold.__enter__()
        self._hold = hold
        try:
            revision = self._state.apply(self._ops, base=self._base, origin=self)
        except Exception as error:  # noqa: BLE001 - a page's change must not end a worker
            body = describe(error, "a state change", dev=self._dev)
            self.session.send(protocol.error(self.identity, body))
        else:
            self.session.send(protocol.result(self.identity, codec.Encoded(b"%d" % revision)))

    def after(self) -> None:
        """Let go of the state, which calls its subscribers."""
        if self._hold is not None:
            self._hold.__exit__(None, None, None)
