"""State: what Python and all pages of one scope share."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Generic, NamedTuple, Protocol, TypeVar, cast, overload

from pytron.errors import ConfigError, StateError
from pytron.state.changes import Changes
from pytron.state.declared import Convert, Declarations
from pytron.state.dicts import Namespace
from pytron.state.guard import Gate, call_safely
from pytron.state.ops import Op, Patch, parse_ops
from pytron.state.records import shape_of
from pytron.state.spelling import misspelt
from pytron.state.subscriptions import Subscriptions
from pytron.state.tree import Tracker
from pytron.state.values import plain

T = TypeVar("T")


class Authority(Gate, Protocol):
    """Who decides about changes of a state that other processes change too."""

    def commit(self, revision: int, ops: list[Op]) -> None:
        """A change that is about to be this revision; nobody has been told of it yet.

        Raises:
            StateError: it is not to be. The authority then brings the state back in `leave`.
        """
        ...


class _Elsewhere(NamedTuple):
    """The origin of what another process has committed."""

    revision: int


class State(Generic[T]):
    """A tree of plain values whose changes go to the pages as patches.

    What is assigned is copied: `note = Note(); state.items.append(note)` puts a copy of `note`
    into the state, and only changes of that copy (`state.items[-1].done = True`) are seen. What
    is taken out (`pop`, or replaced) stays usable, but is no longer part of the state.

    Reading takes no lock. To read several values that belong together, to read and then write
    (`state.count += 1`), or to make several changes one patch, use `transaction()`.

    Attributes:
        scope: `app` or `window`, as pages know it.
    """

    @overload
    def __init__(
        self: State[Any], scope: str, initial: None = None, *, convert: Convert | None = None
    ) -> None: ...
    @overload
    def __init__(self, scope: str, initial: type[T], *, convert: Convert | None = None) -> None: ...
    @overload
    def __init__(self, scope: str, initial: T, *, convert: Convert | None = None) -> None: ...
    def __init__(
        self, scope: str, initial: T | type[T] | None = None, *, convert: Convert | None = None
    ) -> None:
        """Begin with `initial`: a record class (called without arguments), a value, or nothing.

        Args:
            scope: what pages call it.
            initial: the shape and first value; None makes an untyped state.
            convert: gives `convert(value, annotation)` for what pages send, or raises. Without it
                nothing is held to its annotation.

        Raises:
            StateError: `initial` can't be a state.
        """
        self.scope = scope
        value, hint = _begin(initial)
        declarations = None if convert is None else Declarations(hint, convert)
        self._tree = Tracker(self._commit, declarations)
        self._node = self._tree.root(value)
        self._hint = hint
        self._revision = 0
        self._changes = Changes(self._tree, self._node, hint, convert)
        self._subscriptions = Subscriptions(self._tree.guard, self._node)
        self._listeners: list[Callable[[Patch], object]] = []
        self._outbox: deque[Patch] = deque()
        self._delivering = False
        self._authority: Authority | None = None
        self._root: Any = Namespace(self._node) if initial is None else self._node

    @property
    def root(self) -> T:
        """The tracked value itself: what users see as `app.state`."""
        return self._root

    @property
    def revision(self) -> int:
        """How many patches there have been."""
        return self._revision

    def snapshot(self) -> tuple[int, Any]:
        """Give the revision and a plain copy of the state at that revision.

        What an open transaction has done is not part of it.
        """
        with self._tree.committed():
            return self._revision, plain(self._node)

    def hold(self) -> AbstractContextManager[None]:
        """Keep everybody else from changing the state.

        A snapshot and what is done with it then belong together. Keep it short; don't wait for
        anything inside.
        """
        return self._tree.guard

    def transaction(self) -> AbstractContextManager[None]:
        """Make all changes inside one patch, without another thread's in between.

        When the block raises, its changes are undone and no patch goes out. Transactions nest: the
        patch goes out with the outermost, an inner one that raises undoes only its own changes.
        Don't await inside.
        """
        return self._tree.transaction()

    def apply(self, ops: object, base: int | None = None, origin: object = None) -> int:
        """Carry out a change that a page asks for: all of it or nothing.

        Args:
            ops: as they came, unchecked.
            base: the revision that the page saw, when its change depends on it.
            origin: goes into the patch.

        Returns:
            The revision that has the change.

        Raises:
            StateError: `conflict` when `base` is not the present revision; `invalid_change`.
        """
        changes = parse_ops(ops)
        with self._tree.guard:
            if base is not None and base != self._revision:
                raise StateError(
                    f"the state is at revision {self._revision}, the change was made for {base}: "
                    "read it again and retry",
                    code="conflict",
                )
            with self._tree.transaction(origin):
                for op in changes:
                    self._changes.apply(op)
            return self._revision

    def replace(self, value: T) -> None:
        """Give the state the content of `value`; `root` stays the same object."""
        with self._tree.transaction():
            self._tree.replace(self._node, value)

    def obey(self, authority: Authority | None) -> None:
        """Let somebody decide about changes from now on; None: this process alone does."""
        with self._tree.guard:
            self._authority = authority
        self._tree.guard.gate = authority

    def follow(self, revision: int, ops: object) -> None:
        """Carry out what another process has committed as this revision. For an authority.

        Raises:
            StateError: it does not fit this state; nothing of it was done.
        """
        changes = parse_ops(ops)
        with self._tree.transaction(_Elsewhere(revision)):
            for op in changes:
                self._changes.apply(op)
        self._revision = revision  # also where it has changed nothing here

    def listen(self, callback: Callable[[Patch], object]) -> Callable[[], None]:
        """Call `callback` with each patch, in order of revision; give what stops it.

        It runs in the thread that made the change, with the state locked: it must only note the
        patch, and never wait for a lock whose holder may be using the state.
        """

        def hear(patch: Patch) -> None:  # one of its own, should the same callback come twice
            callback(patch)

        with self._tree.guard:
            self._listeners = [*self._listeners, hear]

        def stop() -> None:
            with self._tree.guard:
                self._listeners = [other for other in self._listeners if other is not hear]

        return stop

    def subscribe(self, path: str, callback: Callable[[Any], object]) -> Callable[[], None]:
        """Call `callback` with the value at `path` whenever it has changed; give what stops it.

        Args:
            path: keys and indexes joined by dots, as `items.0.done`; empty for the whole.
            callback: gets the value itself, None when there is nothing at `path` any more. It runs
                after the change, without a lock, in the order of changes.

        Raises:
            StateError: the declared types say that nothing can ever be there.
            ConfigError: the callback is no function.
        """
        if not callable(callback):
            raise ConfigError(f"{callback!r} is no function: give one that takes the new value")
        self.check_path(path.split(".") if path else [])
        return self._subscriptions.add(path, callback)

    def check_path(self, steps: Sequence[str]) -> None:
        """Raise StateError when the declared types say that nothing can ever be at a path."""
        if (why := misspelt(self._hint, steps)) is not None:
            raise StateError(why)

    def forbid(self, reason: str) -> None:
        """Refuse all further changes, as in a process that the pages can't hear."""
        self._tree.forbidden = reason

    def _commit(self, ops: list[Op], origin: object) -> None:
        """Number a change and tell of it. Runs with the guard held."""
        if isinstance(origin, _Elsewhere):
            self._revision = origin.revision
        else:
            if self._authority is not None:
                self._authority.commit(self._revision + 1, ops)
            self._revision += 1
        self._outbox.append(Patch(self._revision, ops, origin))
        self._subscriptions.notice(ops)
        if self._delivering:  # a listener made this change: all hear of the first one first
            return
        self._delivering = True
        try:
            while self._outbox:
                patch = self._outbox.popleft()
                for listener in self._listeners:
                    call_safely(listener, patch)
        finally:
            self._delivering = False


def _begin(initial: Any) -> tuple[object, Any]:
    """Give the first value of a state and its annotation."""
    if initial is None:
        return {}, Any
    if not isinstance(initial, type):
        shape = shape_of(initial)
        return initial, Any if shape is None else shape.base
    try:
        return cast("Any", initial)(), initial
    except TypeError as error:
        raise StateError(
            f"{initial.__qualname__}() does not work ({error}): "
            "give every field a default, or pass a value instead of the class"
        ) from error
