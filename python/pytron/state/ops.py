"""Operations on plain data: their shape, their check, and what they do.

Source: spec/ipc.md, section 4, "ops".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple, TypedDict, cast

from pytron.errors import StateError
from pytron.state.links import Path, Step, is_dict, is_list
from pytron.state.values import plain

#: Keys that would reach into the page's own objects instead of the state.
FORBIDDEN_KEYS = frozenset({"__proto__"})


class SetOp(TypedDict):
    """The value at `path` becomes `value`; an empty path replaces the whole."""

    op: Literal["set"]
    path: Path
    value: Any


class DeleteOp(TypedDict):
    """The key at `path` goes from its object."""

    op: Literal["delete"]
    path: Path


class SpliceOp(TypedDict):
    """From the array at `path`, `remove` items go at `index` and those of `insert` come."""

    op: Literal["splice"]
    path: Path
    index: int
    remove: int
    insert: list[Any]


Op = SetOp | DeleteOp | SpliceOp


class Patch(NamedTuple):
    """The state went from `revision - 1` to `revision` by `ops`.

    `origin` is what was given to `State.apply`, None for changes made in Python. The ops hold
    plain values; listeners share them, so they must not change them.
    """

    revision: int
    ops: list[Op]
    origin: object


def parse_ops(ops: object) -> list[Op]:
    """Check the shape of ops that come from outside.

    Raises:
        StateError: `invalid_change`, naming the op and what is wrong with it.
    """
    if not isinstance(ops, list | tuple):
        raise StateError("the ops of a change must be an array")
    return [_parse(op, f"op {place}") for place, op in enumerate(cast("Iterable[object]", ops))]


def _parse(op: object, name: str) -> Op:
    if not isinstance(op, Mapping):
        raise StateError(f"{name} must be an object")
    fields = cast("Mapping[str, Any]", op)
    path = _parse_path(fields.get("path"), name)
    match fields.get("op"):
        case "set":
            if "value" not in fields:
                raise StateError(f"{name} has no value")
            return {"op": "set", "path": path, "value": fields["value"]}
        case "delete":
            return {"op": "delete", "path": path}
        case "splice":
            insert = fields.get("insert")
            if not isinstance(insert, list | tuple):
                raise StateError(f"{name}: insert must be an array")
            return {
                "op": "splice",
                "path": path,
                "index": _count(fields.get("index"), f"{name}: index"),
                "remove": _count(fields.get("remove"), f"{name}: remove"),
                "insert": list(cast("Iterable[object]", insert)),
            }
        case kind:
            raise StateError(f"{name} is {kind!r}: use set, delete or splice")


def _parse_path(path: object, name: str) -> Path:
    if not isinstance(path, list | tuple):
        raise StateError(f"{name}: path must be an array")
    steps = cast("Iterable[object]", path)
    for step in steps:
        if type(step) is str:
            if step in FORBIDDEN_KEYS:
                raise StateError(f"{name}: {step!r} can't be a key of the state")
        elif type(step) is not int or step < 0:
            raise StateError(f"{name}: a path holds keys and indexes from 0, not {step!r}")
    return cast("Path", list(steps))


def _count(value: object, name: str) -> int:
    if type(value) is not int or value < 0:
        raise StateError(f"{name} must be an integer from 0")
    return value


def apply_ops(value: Any, ops: Iterable[Op]) -> Any:
    """Carry out `ops` on plain data, in place, and give the result.

    The result is another object only when an op replaces the whole; values of ops are copied. When
    an op does not fit, those before it have been carried out: work on a copy where that matters.

    Raises:
        StateError: `invalid_change`.
    """
    for op in ops:
        path = op["path"]
        if op["op"] == "splice":
            _splice(step_into(value, path, len(path)), op)
        elif not path:
            if op["op"] == "delete":
                raise StateError("the whole state can't be deleted: set it instead")
            value = plain(op["value"])
        else:
            parent, key = step_into(value, path, len(path) - 1), path[-1]
            if op["op"] == "set":
                _set(parent, key, plain(op["value"]), path)
            else:
                _delete(parent, key, path)
    return value


def step_into(value: Any, path: Path, depth: int) -> Any:
    """Follow the first `depth` steps of `path` into plain data."""
    for place in range(depth):
        step = path[place]
        if not has(value, step):
            raise nothing_at(path[: place + 1])
        value = value[step]
    return value


def has(value: Any, step: Step) -> bool:
    """Tell whether plain data has something at this one step."""
    if type(step) is int:
        return is_list(value) and 0 <= step < len(value)
    return is_dict(value) and step in value


def nothing_at(path: Path) -> StateError:
    """Make the error for a path that leads nowhere."""
    return StateError(f"there is nothing at {dotted(path)!r} in the state")


def wrong_container(path: Path, wanted: str) -> StateError:
    """Make the error for an op on the wrong kind of container."""
    return StateError(f"{dotted(path)!r} in the state is not {wanted}")


def dotted(path: Iterable[object]) -> str:
    """Name a path for people, as `items.3.done`."""
    return ".".join(map(str, path))


def _set(parent: Any, key: Step, value: Any, path: Path) -> None:
    if type(key) is int:
        if not is_list(parent):
            raise wrong_container(path[:-1], "an array")
        if not has(parent, key):
            raise nothing_at(path)
        parent[key] = value
    elif is_dict(parent):
        parent[str(key)] = value
    else:
        raise wrong_container(path[:-1], "an object")


def _delete(parent: Any, key: Step, path: Path) -> None:
    if not is_dict(parent) or type(key) is int:
        raise wrong_container(path[:-1], "an object: use splice to shorten an array")
    if key not in parent:
        raise nothing_at(path)
    del parent[key]


def _splice(target: Any, op: SpliceOp) -> None:
    check_splice(target, op)
    start = op["index"]
    target[start : start + op["remove"]] = plain(op["insert"])


def check_splice(target: Any, op: SpliceOp) -> None:
    """Raise unless `target` is a list that is long enough for `op`."""
    if not is_list(target):
        raise wrong_container(op["path"], "an array")
    size = len(target)
    if op["index"] + op["remove"] > size:
        last = op["index"] + op["remove"]
        raise StateError(f"{dotted(op['path'])!r} has {size} items, the change needs {last}")
