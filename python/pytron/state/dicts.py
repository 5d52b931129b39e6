"""A dict that reports its changes, and the attribute view of an untyped state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, SupportsIndex

from pytron.errors import StateError
from pytron.near import meant
from pytron.state.links import LOOSE, MISSING, Link
from pytron.state.ops import FORBIDDEN_KEYS
from pytron.state.records import as_is, untracked


class TrackedDict(dict[str, Any]):
    """A dict in the state. Reading costs what a dict costs; keys are strings.

    Keys that are no method of dict can be used as attributes, as they are in pages.
    """

    __slots__ = ("__pytron__",)
    __pytron__: Link

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Make a dict that is in no state (as `dataclasses.asdict` does)."""
        super().__init__(*args, **kwargs)
        object.__setattr__(self, "__pytron__", Link(LOOSE, None, None))

    def __setitem__(self, key: str, value: Any, /) -> None:
        self.__pytron__.tree.assign(self, key, value)

    def __delitem__(self, key: str, /) -> None:
        self.__pytron__.tree.remove(self, key)

    def pop(self, key: str, /, *default: Any) -> Any:
        """Take a key out and give its value; it is no longer part of the state."""
        tree = self.__pytron__.tree
        with tree.guard:
            if key not in self and default:
                return default[0]
            value = self[key]
            tree.remove(self, key)
            return value

    def popitem(self) -> tuple[str, Any]:
        """Take the last key out and give it with its value."""
        tree = self.__pytron__.tree
        with tree.guard:
            if not self:
                raise KeyError("popitem(): dictionary is empty")
            key = next(reversed(self))
            return key, self.pop(key)

    def setdefault(self, key: str, default: Any = None, /) -> Any:
        """Give the value at `key`, after setting it to `default` when there is none."""
        tree = self.__pytron__.tree
        with tree.guard:
            if key not in self:
                tree.assign(self, key, default)
            return self[key]

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Set several keys, as one change."""
        values = dict[str, Any](*args, **kwargs)
        tree = self.__pytron__.tree
        with tree.transaction():
            for key, value in values.items():
                tree.assign(self, key, value)

    def __ior__(self, values: Any, /) -> Any:
        self.update(values)
        return self

    def clear(self) -> None:
        """Take out all keys, as one change."""
        self.__pytron__.tree.refill(self, {})

    def __getattr__(self, name: str) -> Any:
        if name in self:
            return self[name]
        raise missing(name, self)

    def __setattr__(self, name: str, value: Any) -> None:
        if hasattr(dict, name):
            raise StateError(f"{name!r} is a method of dict: write [{name!r}] instead of .{name}")
        self[name] = value

    def __delattr__(self, name: str) -> None:
        if name not in self:
            raise missing(name, self)
        del self[name]

    def __copy__(self) -> dict[str, Any]:
        return untracked(self)

    def __deepcopy__(self, memo: object) -> dict[str, Any]:
        return untracked(self)

    def __reduce_ex__(self, protocol: SupportsIndex, /) -> tuple[Any, ...]:
        return as_is, (untracked(self),)


#: How a tracked dict is linked: its own attributes are keys.
link_dict: Final = TrackedDict.__dict__["__pytron__"].__set__


def missing(name: str, content: dict[str, Any]) -> AttributeError:
    """Make the error for a key that isn't there, with the nearest one that is."""
    return AttributeError(f"the state has no {name!r} here: {meant(name, content, 'set it first')}")


def check_key(key: object) -> str | None:
    """Say why `key` can't be a key of the state, or None."""
    if type(key) is not str:
        return f"the key {key!r}: keys must be str, as they are in JSON"
    return f"the key {key!r}: choose another name" if key in FORBIDDEN_KEYS else None


class Namespace:
    """An untyped state: any name, as an attribute or as an item."""

    __slots__ = ("__content",)
    __content: TrackedDict

    def __init__(self, content: TrackedDict) -> None:
        object.__setattr__(self, "_Namespace__content", content)

    @staticmethod
    def __pytron_plain__(namespace: Namespace) -> dict[str, Any]:
        return dict(namespace.__content)

    def __getattr__(self, name: str) -> Any:
        value = self.__content.get(name, MISSING)
        if value is MISSING:
            raise missing(name, self.__content)
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        self.__content[name] = value

    def __delattr__(self, name: str) -> None:
        if name not in self.__content:
            raise missing(name, self.__content)
        del self.__content[name]

    def __getitem__(self, key: str) -> Any:
        return self.__content[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.__content[key] = value

    def __delitem__(self, key: str) -> None:
        del self.__content[key]

    def __contains__(self, key: object) -> bool:
        return key in self.__content

    def __iter__(self) -> Iterator[str]:
        return iter(self.__content)

    def __len__(self) -> int:
        return len(self.__content)

    def __dir__(self) -> list[str]:
        return [*object.__dir__(self), *self.__content]

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Namespace):
            other = other.__content
        return self.__content == other

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"state({self.__content!r})"

    def __copy__(self) -> dict[str, Any]:
        return untracked(self.__content)

    def __deepcopy__(self, memo: object) -> dict[str, Any]:
        return untracked(self.__content)

    def __reduce_ex__(self, protocol: SupportsIndex, /) -> tuple[Any, ...]:
        return as_is, (untracked(self.__content),)
