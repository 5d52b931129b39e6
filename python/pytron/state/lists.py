"""A list that reports its changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, SupportsIndex, cast

from pytron.state.links import LOOSE, Link
from pytron.state.records import as_is, untracked


class TrackedList(list[Any]):
    """A list in the state. Reading costs what a list costs; slices and sums are plain lists."""

    __slots__ = ("__pytron__",)
    __pytron__: Link

    def __init__(self, items: Iterable[Any] = ()) -> None:
        """Make a list that is in no state (as `dataclasses.asdict` does)."""
        super().__init__(items)
        self.__pytron__ = Link(LOOSE, None, None)

    def append(self, value: Any, /) -> None:
        """Add one item at the end."""
        self.__pytron__.tree.append(self, (value,))

    def extend(self, values: Iterable[Any], /) -> None:
        """Add items at the end, as one change."""
        self.__pytron__.tree.append(self, list(values))

    def insert(self, index: SupportsIndex, value: Any, /) -> None:
        """Add an item before `index`."""
        tree = self.__pytron__.tree
        with tree.guard:
            start, _, _ = slice(index, None).indices(len(self))
            tree.splice(self, start, start, (value,))

    def pop(self, index: SupportsIndex = -1, /) -> Any:
        """Take an item out and give it; it is no longer part of the state."""
        tree = self.__pytron__.tree
        with tree.guard:
            value = self[index]
            start = self._at(index)
            tree.splice(self, start, start + 1, ())
            return value

    def remove(self, value: Any, /) -> None:
        """Take out the first item that equals `value`."""
        tree = self.__pytron__.tree
        with tree.guard:
            start = self.index(value)
            tree.splice(self, start, start + 1, ())

    def clear(self) -> None:
        """Take out all items."""
        tree = self.__pytron__.tree
        with tree.guard:
            tree.splice(self, 0, len(self), ())

    def sort(self, *, key: Callable[[Any], Any] | None = None, reverse: bool = False) -> None:
        """Sort in place; items keep what refers to them."""
        tree = self.__pytron__.tree
        with tree.guard:
            ordered = sorted(self, key=cast("Any", key), reverse=reverse)
            tree.rearrange(self, ordered)

    def reverse(self) -> None:
        """Reverse in place; items keep what refers to them."""
        tree = self.__pytron__.tree
        with tree.guard:
            tree.rearrange(self, self[::-1])

    def __setitem__(self, index: SupportsIndex | slice, value: Any, /) -> None:
        tree = self.__pytron__.tree
        with tree.guard:
            if not isinstance(index, slice):
                tree.assign(self, self._at(index), value)
                return
            values: list[Any] = list(value)
            start, stop, step = index.indices(len(self))
            if step == 1:
                tree.splice(self, start, max(start, stop), values)
            else:
                content = list(self)
                content[index] = values
                tree.rearrange(self, content)

    def __delitem__(self, index: SupportsIndex | slice, /) -> None:
        tree = self.__pytron__.tree
        with tree.guard:
            if not isinstance(index, slice):
                start = self._at(index)
                tree.splice(self, start, start + 1, ())
                return
            start, stop, step = index.indices(len(self))
            if step == 1:
                tree.splice(self, start, max(start, stop), ())
            else:
                content = list(self)
                del content[index]
                tree.rearrange(self, content)

    def __iadd__(self, values: Iterable[Any], /) -> Any:
        self.extend(values)
        return self

    def __imul__(self, count: SupportsIndex, /) -> Any:
        times = count.__index__()
        tree = self.__pytron__.tree
        with tree.guard:
            if times > 0:
                tree.append(self, list(self) * (times - 1))
            else:
                self.clear()
        return self

    def __copy__(self) -> list[Any]:
        return untracked(self)

    def __deepcopy__(self, memo: object) -> list[Any]:
        return untracked(self)

    def __reduce_ex__(self, protocol: SupportsIndex, /) -> tuple[Any, ...]:
        return as_is, (untracked(self),)

    def _at(self, index: SupportsIndex) -> int:
        """Give the index counted from the start, or raise as lists do."""
        self[index]
        place = index.__index__()
        return place + len(self) if place < 0 else place
