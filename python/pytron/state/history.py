"""What a transaction has done so far, so that it can be undone: for good, or for a moment.

Entries name nodes, not paths: undoing gives each node back its own children, so that what Python
code still holds stays part of the state.
"""

from __future__ import annotations

from typing import Any, NamedTuple, cast

from pytron.state.links import DICT, LIST, MISSING, Node, Step, is_dict, is_list, link_of
from pytron.state.records import Shape, shape_of


class Put(NamedTuple):
    """At `key` of a node there was `old` (MISSING: nothing)."""

    node: Node
    key: Step
    old: Any


class Splice(NamedTuple):
    """In a list, the `size` items from `start` were `old`."""

    node: Node
    start: int
    size: int
    old: list[Any]


class Fill(NamedTuple):
    """A dict held `old`, in that order."""

    node: Node
    old: dict[str, Any]


Entry = Put | Splice | Fill


def take(node: Any, key: Any) -> Any:
    """Give the raw value at `key` of a node, MISSING when there is none."""
    if is_list(node):
        return node[key]
    if is_dict(node):
        return node.get(key, MISSING)
    return cast("Shape", shape_of(node)).take(node, key)


def put(node: Any, key: Any, value: object) -> None:
    """Set the raw value at `key` of a node."""
    if is_list(node):
        LIST.__setitem__(node, key, value)
    elif is_dict(node):
        DICT.__setitem__(node, key, value)
    else:
        cast("Shape", shape_of(node)).put(node, key, value)


def release(value: object) -> None:
    """Note that `value` is no longer where it was."""
    link = link_of(value)
    if link is not None:
        link.parent = link.key = None


def attach(value: object, parent: Node, key: Step) -> None:
    """Note that `value` is at `key` of `parent`."""
    link = link_of(value)
    if link is not None:
        link.parent, link.key = parent, key


def swap(entry: Entry) -> Entry:
    """Undo one entry, and give the entry that undoes the undoing."""
    match entry:
        case Put(node, key, old):
            now = take(node, key)
            release(now)
            if old is not MISSING:
                put(node, key, old)
                attach(old, node, key)
            elif is_dict(node):
                DICT.__delitem__(node, cast("str", key))
            else:
                object.__delattr__(node, cast("Shape", shape_of(node)).name_of[str(key)])
            return Put(node, key, now)
        case Splice(node, start, size, old):
            items = node
            now = items[start : start + size]
            LIST.__setitem__(items, slice(start, start + size), old)
            _exchange(node, now, list(enumerate(old, start)))
            return Splice(node, start, len(old), now)
        case Fill(node, old):
            content = node
            now = dict(content)
            DICT.clear(content)
            DICT.update(content, old)
            _exchange(node, list(now.values()), list(old.items()))
            return Fill(node, now)


def _exchange(node: Node, gone: list[Any], back: list[tuple[Any, Any]]) -> None:
    for value in gone:
        release(value)
    for key, value in back:
        attach(value, node, key)
