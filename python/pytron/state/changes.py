"""Changes that come from pages: checked against the state's shape and types, then carried out."""

from __future__ import annotations

from typing import Any, NamedTuple, cast

from pytron.errors import StateError
from pytron.state.annotations import UNCLEAR, is_required, only_keys, type_at
from pytron.state.declared import Convert
from pytron.state.history import take
from pytron.state.links import MISSING, Path, Step, is_dict, is_list, link_of
from pytron.state.ops import (
    DeleteOp,
    Op,
    SetOp,
    SpliceOp,
    apply_ops,
    check_splice,
    dotted,
    nothing_at,
    wrong_container,
)
from pytron.state.records import shape_of
from pytron.state.tree import Tracker
from pytron.state.values import plain


class _Place(NamedTuple):
    """A value on the way to the place of a change, and its annotation."""

    value: Any
    hint: Any


class Changes:
    """Carries out ops on a tree; inside a transaction, so that a refusal undoes all of them."""

    def __init__(self, tree: Tracker, root: Any, hint: Any, convert: Convert | None) -> None:
        self._tree = tree
        self._root = root
        self._hint = hint
        self._convert = convert

    def apply(self, op: Op) -> None:
        """Carry out one op.

        Raises:
            StateError: `invalid_change`; what the op did so far stands.
        """
        path = op["path"]
        if not path and op["op"] == "delete":
            raise StateError("the whole state can't be deleted: set it instead")
        if not path and op["op"] == "set":
            self._set_root(op["value"])
            return
        depth = len(path) if op["op"] == "splice" else len(path) - 1
        places = self._walk(path, depth)
        if isinstance(places[-1].value, tuple):
            self._change_whole(op, places)
        elif op["op"] == "set":
            self._set(op, places)
        elif op["op"] == "delete":
            self._delete(op, places)
        else:
            self._splice(op, places)

    def _walk(self, path: Path, depth: int) -> list[_Place]:
        """Follow a path; it ends at a tuple, which can only be replaced."""
        places = [_Place(self._root, self._hint)]
        for count in range(depth):
            value, hint = places[-1]
            if link_of(value) is None:
                if isinstance(value, tuple):
                    break
                raise nothing_at(path[: count + 1])
            child = self._child(value, path[count])
            if child is MISSING:
                raise nothing_at(path[: count + 1])
            places.append(_Place(child, type_at(hint, value, path[count])))
        return places

    def _child(self, node: Any, step: Step) -> Any:
        if is_list(node):
            size = len(node)
            return node[step] if type(step) is int and step < size else MISSING
        if type(step) is int:
            return MISSING
        shape = shape_of(node)
        if shape is not None and step not in shape.name_of:
            return MISSING
        return take(node, step)

    def _set(self, op: SetOp, places: list[_Place]) -> None:
        path, key = op["path"], op["path"][-1]
        node, hint = places[-1]
        shape = shape_of(node)
        if is_list(node):
            if self._child(node, key) is MISSING:
                raise nothing_at(path)
        elif shape is not None:
            if key not in shape.name_of:
                raise StateError(
                    f"{shape.base.__qualname__} has no field {key!r}: {shape.near(str(key))}"
                )
        elif not is_dict(node) or type(key) is int:
            raise wrong_container(path[:-1], "an object")
        wanted = type_at(hint, node, key)
        if wanted is UNCLEAR:
            if is_dict(node) and (keys := only_keys(hint)) is not None and key not in keys:
                raise StateError(f"{dotted(path)!r} can't be: its keys are {', '.join(keys)}")
            self._change_whole(op, places)
            return
        value = self._converted(op["value"], wanted, path)
        self._assign(node, key, value, path)

    def _assign(self, node: Any, key: Step, value: Any, path: Path) -> None:
        shape = shape_of(node)
        if shape is None or not shape.custom:
            self._tree.assign(node, key, value, fits=True)
            return
        try:  # the class has its own opinion: frozen, or with validators
            setattr(node, shape.name_of[str(key)], value)
        except StateError:
            raise
        except Exception as error:
            raise StateError(f"{dotted(path)!r} can't be changed: {error}") from error

    def _delete(self, op: DeleteOp, places: list[_Place]) -> None:
        path, key = op["path"], op["path"][-1]
        node, hint = places[-1]
        if not is_dict(node) or type(key) is int:
            raise wrong_container(path[:-1], "an object whose keys can be deleted")
        if key not in node:
            raise nothing_at(path)
        if is_required(hint, str(key)):
            raise StateError(f"{dotted(path)!r} is required: set it instead")
        if type_at(hint, node, key) is UNCLEAR:
            self._change_whole(op, places)
            return
        self._tree.remove(node, str(key))

    def _splice(self, op: SpliceOp, places: list[_Place]) -> None:
        node, hint = places[-1]
        check_splice(node, op)
        wanted = type_at(hint, node, 0)
        if wanted is UNCLEAR:
            self._change_whole(op, places)
            return
        insert = self._converted(op["insert"], Any if wanted is Any else list[wanted], op["path"])
        start, stop = op["index"], op["index"] + op["remove"]
        self._tree.splice(node, start, stop, insert, fits=True)

    def _change_whole(self, op: Op, places: list[_Place]) -> None:
        """Change a copy of the nearest value with a clear annotation, then check all of it."""
        depth = len(places)
        path = op["path"]
        while depth > 1 and places[depth - 1].hint is UNCLEAR:
            depth -= 1
        relative = cast("Op", {**op, "path": path[depth - 1 :]})
        try:
            value = apply_ops(plain(places[depth - 1].value), [relative])
        except StateError as error:
            raise StateError(f"{error} (inside {dotted(path[: depth - 1])!r})") from None
        if depth == 1:
            self._set_root(value)
            return
        node, key = places[depth - 2].value, path[depth - 2]
        value = self._converted(value, places[depth - 1].hint, path[: depth - 1])
        self._assign(node, key, value, path[: depth - 1])

    def _set_root(self, value: Any) -> None:
        shape = shape_of(self._root)
        if not is_dict(value):
            raise StateError("the whole state must be an object")
        fields = value
        if shape is not None:
            for key in fields:
                if key not in shape.name_of and (shape.tag is None or key != shape.tag[0]):
                    raise StateError(
                        f"{shape.base.__qualname__} has no field {key!r}: {shape.near(key)}"
                    )
        if self._convert is not None and self._hint is not Any:
            self._tree.replace(self._root, self._converted(fields, self._hint, []), fits=True)
        elif shape is None:
            self._tree.refill(self._root, fields)
        else:
            for key, item in fields.items():
                self._assign(self._root, key, item, [key])

    def _converted(self, value: Any, hint: Any, path: Path) -> Any:
        if self._convert is None or hint is Any:
            return value
        try:
            return self._convert(value, hint)
        except Exception as error:
            raise StateError(f"{dotted(path) or 'the state'!r}: {error}") from error
