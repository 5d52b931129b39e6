"""Where a tracked value stands in its tree, and what a tree does for its nodes.

A node is a list, dict or record that reports its changes. Every node stands in at most one place:
values are copied when they are assigned, so a node never has two parents.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Any, Final, Protocol, TypeGuard, cast

#: The key of the root's link; a node that has been taken out of its tree has None.
ROOT: Final = object()

#: Stands for "there was nothing here".
MISSING: Final = object()

#: The plain containers, with the item types that checkers need.
LIST: Final[type[list[Any]]] = list
DICT: Final[type[dict[Any, Any]]] = dict

#: A TrackedList, a TrackedDict or a tracked record: what has a Link as its `__pytron__`.
Node = Any

Step = str | int
Path = list[Step]


class Tree(Protocol):
    """What nodes ask of the tree they stand in. All of it is thread-safe."""

    @property
    def guard(self) -> AbstractContextManager[object]:
        """Keep other threads from changing the tree."""
        ...

    def assign(self, node: Any, key: Step, value: object) -> None:
        """Put a copy of `value` at `key`."""
        ...

    def remove(self, node: Any, key: str) -> None:
        """Take `key` out of a dict."""
        ...

    def refill(self, node: Any, content: dict[str, Any]) -> None:
        """Replace everything in a dict."""
        ...

    def append(self, node: Any, values: Sequence[Any]) -> None:
        """Add copies of `values` at the end of a list."""
        ...

    def splice(self, node: Any, start: int, stop: int, values: Sequence[Any]) -> None:
        """Replace a range of a list by copies of `values`."""
        ...

    def rearrange(self, node: Any, content: list[Any]) -> None:
        """Make `content` the content of a list: its own items stay, others are copied."""
        ...

    def transaction(self) -> AbstractContextManager[None]:
        """Make what happens inside one change."""
        ...


class Loose:
    """The tree of containers that are in no state: they behave as the plain ones do."""

    guard: AbstractContextManager[object] = nullcontext()

    def assign(self, node: Any, key: Step, value: object) -> None:
        """Put `value` at `key`."""
        base = list if is_list(node) else dict
        cast("Any", base).__setitem__(node, key, value)

    def remove(self, node: Any, key: str) -> None:
        """Take `key` out of a dict."""
        DICT.__delitem__(node, key)

    def refill(self, node: Any, content: dict[str, Any]) -> None:
        """Replace everything in a dict."""
        DICT.clear(node)
        DICT.update(node, content)

    def append(self, node: Any, values: Sequence[Any]) -> None:
        """Add `values` at the end of a list."""
        LIST.extend(node, values)

    def splice(self, node: Any, start: int, stop: int, values: Sequence[Any]) -> None:
        """Replace a range of a list."""
        LIST.__setitem__(node, slice(start, stop), values)

    def rearrange(self, node: Any, content: list[Any]) -> None:
        """Make `content` the content of a list."""
        LIST.__setitem__(node, slice(None), content)

    def transaction(self) -> AbstractContextManager[None]:
        """Do nothing around what happens inside."""
        return nullcontext()


LOOSE: Final = Loose()


class Link:
    """A node's tree, and its parent and key there.

    In a list the key is a hint: items move when others come and go, and finding them again is
    left to the moment when one of them changes.
    """

    __slots__ = ("key", "parent", "tree")

    def __init__(self, tree: Tree, parent: Node | None, key: object) -> None:
        self.tree = tree
        self.parent = parent
        self.key = key


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Tell checkers, too, that a value is a list."""
    return isinstance(value, list)


def is_dict(value: object) -> TypeGuard[dict[str, Any]]:
    """Tell checkers, too, that a value is a dict."""
    return isinstance(value, dict)


def link_of(value: object) -> Link | None:
    """Give the link of a node, None for anything else."""
    link = getattr(value, "__pytron__", None)
    return link if type(link) is Link else None


def path_of(node: Node) -> Path | None:
    """Give the path from the root to `node`, None when it is no longer in the tree."""
    path: Path = []
    link = node.__pytron__
    while (parent := link.parent) is not None:
        key = cast("Step", link.key)
        if type(key) is int:
            key = link.key = place_of(cast("list[object]", parent), node, key)
        path.append(key)
        node, link = parent, parent.__pytron__
    if link.key is not ROOT:
        return None
    path.reverse()
    return path


def place_of(items: list[object], node: object, hint: int) -> int:
    """Find `node` itself (not an equal one) in `items`, looking near `hint` first."""
    size = len(items)
    for near in (hint, hint - 1, hint + 1):
        if 0 <= near < size and items[near] is node:
            return near
    return operator.indexOf(map(id, items), id(node))


def trail_of(node: Node, key: Step) -> str:
    """Name a place for people, as `items.3.done`. Works while a list is still being filled."""
    steps = [str(key)]
    link = node.__pytron__
    while (parent := link.parent) is not None:
        step = cast("Step", link.key)
        if type(step) is int:
            with suppress(ValueError):  # not in its list yet: the hint is right
                step = place_of(cast("list[object]", parent), node, step)
        steps.append(str(step))
        node, link = parent, parent.__pytron__
    return ".".join(reversed(steps))
