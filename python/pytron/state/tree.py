"""The tree of tracked values: adopting them, changing them, and saying what changed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from pytron.errors import StateError
from pytron.state.declared import Declarations
from pytron.state.dicts import TrackedDict, check_key, link_dict
from pytron.state.guard import Guard
from pytron.state.history import Entry, Fill, Put, Splice, attach, put, release, swap, take
from pytron.state.links import (
    DICT,
    LIST,
    ROOT,
    Link,
    Node,
    Step,
    is_dict,
    link_of,
    path_of,
    trail_of,
)
from pytron.state.lists import TrackedList
from pytron.state.ops import Op
from pytron.state.pending import Pending
from pytron.state.records import Shape, shape_of
from pytron.state.values import MAX_DEPTH, SCALARS, Refused, hold_leaf, plain, same_leaf

Commit = Callable[[list[Op], object], None]


class Tracker:
    """Holds one tree of nodes and turns their changes into ops.

    Outside a transaction each change is handed to `commit` at once, inside one all of them at its
    end. `commit` runs with the guard held.

    Attributes:
        guard: held by whoever changes the tree.
        origin: who is making the present changes.
        forbidden: why changes are refused, or None.
    """

    def __init__(self, commit: Commit, declarations: Declarations | None = None) -> None:
        self.guard = Guard()
        self.origin: object = None
        self.forbidden: str | None = None
        self._commit = commit
        self._declarations = declarations
        self._depth = 0
        self._task: object = None
        self._pending = Pending()
        self._history: list[Entry] = []
        #: Dicts whose order is already in the history, since the innermost transaction began.
        self._ordered: dict[int, Node] = {}

    # Adopting

    def root(self, value: object) -> Any:
        """Adopt `value` as the root of the tree."""
        root = self._adopt(value, None, ROOT)
        if link_of(root) is None:
            raise StateError(
                f"a state can't be a {type(value).__name__}: use a dataclass, a dict, or nothing"
            )
        if self._declarations is not None:
            self._declarations.check_root(root)
        return root

    def _adopt(self, value: object, parent: Node | None, key: object) -> Any:
        """Give what to keep for `value`: a leaf, or a tree of new nodes."""
        if type(value) in SCALARS:
            check = SCALARS[type(value)]
            if check is not None and (why := check(value)) is not None:
                raise self._refusal(parent, key, why)
            return value
        node: Any
        if type(value) in (list, TrackedList):
            node = TrackedList()
            node.__pytron__ = self._link(parent, key)
            items = cast("list[object]", value)
            LIST.extend(node, [self._adopt(item, node, at) for at, item in enumerate(items)])
            return node
        if type(value) in (dict, TrackedDict):
            node = TrackedDict()
            link_dict(node, self._link(parent, key))
            for name, item in cast("dict[object, object]", value).items():
                self._check_key(node, name)
                DICT.__setitem__(node, cast("str", name), self._adopt(item, node, name))
            return node
        shape = shape_of(value)
        if shape is not None:
            node = shape.blank(self._link(parent, key))
            for name, item in shape.items(value):
                shape.put(node, name, self._adopt(item, node, name))
            if private := shape.private(value):
                node.__dict__.update(private)
            return node
        dump = getattr(type(value), "__pytron_plain__", None)
        if dump is not None:
            return self._adopt(dump(value), parent, key)
        try:
            return hold_leaf(value)
        except Refused as why:
            raise self._refusal(parent, key, str(why)) from None

    def _link(self, parent: Node | None, key: object) -> Link:
        depth, above = 1, parent
        while above is not None:
            depth += 1
            above = above.__pytron__.parent
        if depth > MAX_DEPTH:
            raise self._refusal(parent, key, f"more than {MAX_DEPTH} levels, or itself: flatten it")
        return Link(self, parent, key)

    def _check_key(self, node: Any, key: object) -> None:
        if (why := check_key(key)) is not None:
            raise self._refusal(node.__pytron__.parent, node.__pytron__.key, why)

    def _refusal(self, parent: Node | None, key: object, why: str) -> StateError:
        where = "" if parent is None else f" at {trail_of(parent, cast('Step', key))!r}"
        return StateError(f"the state can't hold{where} {why}")

    # Changing

    def assign(self, node: Any, key: Step, value: object, *, fits: bool = False) -> None:
        """Put a copy of `value` at `key` of a node.

        Args:
            node: where it goes.
            key: and under which key.
            value: what to put there.
            fits: it is known to be of the declared type; the same below.

        Raises:
            StateError: it is nothing that the state can hold, or not of the declared type.
        """
        with self.guard:
            self._check()
            old = take(node, key)
            if same_leaf(old, value) or (old is value and link_of(value) is not None):
                return
            if is_dict(node):
                self._check_key(node, key)
            new = self._adopt(value, node, key)
            if self._declarations is not None and not fits:
                self._declarations.check(node, key, new)
            put(node, key, new)
            release(old)
            if self._depth:
                self._history.append(Put(node, key, old))
            path = path_of(node)
            if path is not None:
                path.append(key)
                inner = link_of(old) is not None
                self._emit({"op": "set", "path": path, "value": plain(new)}, inner)

    def remove(self, node: Any, key: str) -> None:
        """Take `key` out of a dict."""
        with self.guard:
            self._check()
            old = DICT.__getitem__(node, key)
            if self._declarations is not None:
                self._declarations.check_removal(node, key)
            if self._depth and id(node) not in self._ordered:
                self._ordered[id(node)] = node
                self._history.append(Fill(node, dict(node)))
            elif self._depth:
                self._history.append(Put(node, key, old))
            DICT.__delitem__(node, key)
            release(old)
            path = path_of(node)
            if path is not None:
                self._emit({"op": "delete", "path": [*path, key]})

    def refill(self, node: Any, content: dict[str, Any], *, fits: bool = False) -> None:
        """Replace everything in a dict."""
        with self.guard:
            self._check()
            old = dict[str, Any](node)
            if not old and not content:
                return
            for key in content:
                self._check_key(node, key)
            new = {key: self._adopt(value, node, key) for key, value in content.items()}
            if self._declarations is not None and not fits:
                self._declarations.check_content(node, new)
            DICT.clear(node)
            DICT.update(node, new)
            for value in old.values():
                release(value)
            if self._depth:
                self._history.append(Fill(node, old))
            path = path_of(node)
            if path is not None:
                self._emit({"op": "set", "path": path, "value": plain(node)})

    def append(self, node: Any, values: Sequence[Any]) -> None:
        """Add copies of `values` at the end of a list."""
        with self.guard:
            end = len(node)
            self.splice(node, end, end, values)

    def splice(
        self, node: Any, start: int, stop: int, values: Sequence[Any], *, fits: bool = False
    ) -> None:
        """Replace a range of a list by copies of `values`."""
        with self.guard:
            self._check()
            if start == stop and not values:
                return
            new = [self._adopt(value, node, at) for at, value in enumerate(values, start)]
            if self._declarations is not None and not fits:
                self._declarations.check_splice(node, start, stop, new)
            self._exchange(node, start, stop, new)

    def rearrange(self, node: Any, content: list[Any]) -> None:
        """Make `content` the content of a list: its own items stay, others are copied."""
        with self.guard:
            self._check()
            start, stop, end = _changed(node, content)
            if start == stop == end:
                return
            own = {id(value) for value in node[start:stop] if type(value) not in SCALARS}
            new: list[Any] = []
            for at, value in enumerate(content[start:end], start):
                if id(value) in own:
                    own.remove(id(value))  # a second time it must be a copy
                    new.append(value)
                else:
                    new.append(self._adopt(value, node, at))
            if self._declarations is not None:
                self._declarations.check_splice(node, start, stop, new)
            self._exchange(node, start, stop, new)

    def _exchange(self, node: Any, start: int, stop: int, new: list[Any]) -> None:
        old: list[Any] = node[start:stop]
        LIST.__setitem__(node, slice(start, stop), new)
        for value in old:
            if type(value) not in SCALARS:
                release(value)
        for at, value in enumerate(new, start):
            if type(value) not in SCALARS:
                attach(value, node, at)
        if self._depth:
            self._history.append(Splice(node, start, len(new), old))
        path = path_of(node)
        if path is not None:
            insert = [value if type(value) in SCALARS else plain(value) for value in new]
            self._emit(
                {"op": "splice", "path": path, "index": start, "remove": len(old), "insert": insert}
            )

    def replace(self, root: Any, value: object, *, fits: bool = False) -> None:
        """Give the root the content of `value`, a value of the same kind."""
        if is_dict(root):
            self.refill(root, cast("dict[str, Any]", value), fits=fits)
            return
        shape = cast("Shape", shape_of(root))
        with self.transaction():
            for key, item in shape.items(value):
                self.assign(root, key, item, fits=fits)

    # Transactions

    @contextmanager
    def transaction(self, origin: object = None) -> Generator[None]:
        """Make what happens inside one change, and none of it when it raises."""
        with self.guard:
            self._check()
            mark = len(self._history)
            outer = self._pending.begin(), self._ordered
            self._ordered = {}
            if not self._depth:
                self.origin, self._task = origin, _current_task()
            self._depth += 1
            try:
                yield
            except BaseException:
                while len(self._history) > mark:
                    swap(self._history.pop())
                self._pending.drop()
                raise
            finally:
                self._depth -= 1
                floor, self._ordered = outer
                self._pending.end(floor)
                if not self._depth:
                    self._finish()

    def _finish(self) -> None:
        ops, origin = self._pending.take(), self.origin
        self._history.clear()
        self.origin = self._task = None
        if ops:
            self._commit(ops, origin)

    @contextmanager
    def committed(self) -> Generator[None]:
        """Show the tree for a moment as it was before the open transaction."""
        with self.guard:
            redo = [swap(entry) for entry in reversed(self._history)]
            try:
                yield
            finally:
                for entry in reversed(redo):
                    swap(entry)

    def _emit(self, op: Op, inner: bool = True) -> None:
        if self._depth:
            self._pending.add(op, inner)
        else:
            self._commit([op], None)

    def _check(self) -> None:
        if self.forbidden is not None:
            raise StateError(self.forbidden, code="not_allowed")
        if self._task is not None and _current_task() is not self._task:
            raise StateError(
                "another task holds a transaction open: don't await inside `with transaction()`"
            )


def _changed(old: list[Any], new: list[Any]) -> tuple[int, int, int]:
    """Give where two lists begin to differ, and where each of them ends to."""
    start, stop, end = 0, len(old), len(new)
    while start < stop and start < end and old[start] is new[start]:
        start += 1
    while stop > start and end > start and old[stop - 1] is new[end - 1]:
        stop, end = stop - 1, end - 1
    return start, stop, end


def _current_task() -> object:
    # asyncio takes longer to import than all of Pytron; who has not imported it runs no task.
    current_task = getattr(sys.modules.get("asyncio"), "current_task", None)
    if current_task is None:  # or another thread is importing it just now
        return None
    try:
        return current_task()
    except RuntimeError:  # no loop runs in this thread
        return None
