"""Calls for those who wait for one place of the state to change."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from pytron.state.guard import Guard
from pytron.state.history import take
from pytron.state.links import MISSING, is_list, link_of
from pytron.state.ops import Op
from pytron.state.records import shape_of
from pytron.state.values import same_leaf

#: How a place in a list is written as a step of a path.
INDEX: Final = re.compile("0|[1-9][0-9]{0,15}")


class Subscriptions:
    """Knows who waits for which path. Everything here runs with the guard held."""

    def __init__(self, guard: Guard, root: Any) -> None:
        self._guard = guard
        self._root = root
        self._entries: dict[int, _Subscription] = {}
        self._last = 0

    def add(self, path: str, callback: Callable[[Any], object]) -> Callable[[], None]:
        """Call `callback` with the value at `path` after each change of it; give what stops it."""
        with self._guard:
            self._last += 1
            name = self._last
            entry = _Subscription(path.split(".") if path else [], callback)
            entry.value = value_at(self._root, entry.steps)
            self._entries[name] = entry

        def stop() -> None:
            with self._guard:
                entry.stopped = True
                self._entries.pop(name, None)

        return stop

    def notice(self, ops: list[Op]) -> None:
        """Find out who must hear of `ops`."""
        for entry in self._entries.values():
            reach = max((_reach(entry.steps, op) for op in ops), default=0)
            if not reach:
                continue
            value = value_at(self._root, entry.steps)
            changed = reach == 2 or not (value is entry.value or same_leaf(value, entry.value))
            entry.value = value
            if changed:
                self._guard.defer(entry.call, None if value is MISSING else value)


class _Subscription:
    def __init__(self, steps: list[str], callback: Callable[[Any], object]) -> None:
        self.steps = steps
        self.value: Any = MISSING
        self.stopped = False
        self._callback = callback

    def call(self, value: object) -> None:
        if not self.stopped:
            self._callback(value)


def _reach(steps: Sequence[str], op: Op) -> int:
    """Give 2 when an op is inside a place, 1 when it may have replaced it, 0 elsewhere."""
    path = op["path"]
    for step, other in zip(steps, path):  # noqa: B905 - the shorter of the two decides
        if step != str(other):
            return 0
    inside = len(path) > len(steps) or (len(path) == len(steps) and op["op"] == "splice")
    return 2 if inside else 1


def value_at(root: Any, steps: Sequence[str]) -> Any:
    """Give the value at a dotted path, MISSING when there is none."""
    value = root
    for step in steps:
        if link_of(value) is None:
            return MISSING
        if is_list(value):
            items = value
            if not INDEX.fullmatch(step) or int(step) >= len(items):
                return MISSING
            value = items[int(step)]
            continue
        shape = shape_of(value)
        if shape is not None and step not in shape.name_of:
            return MISSING
        value = take(value, step)
    return value
