"""Bytes and arrays: parts beside the JSON, and their places in it.

Source: spec/ipc.md, section 4, "bin".
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from pytron.errors import ProtocolError

BINARY_TYPES: Final = (bytes, bytearray, memoryview)

#: buffer format (struct module, native) → element type on the wire
_FORMATS: Final = {
    "b": "int8", "B": "uint8", "h": "int16", "H": "uint16", "i": "int32", "I": "uint32",
    "q": "int64", "Q": "uint64", "l": "int64", "L": "uint64", "f": "float32", "d": "float64",
}  # fmt: skip
_ITEM_SIZES: Final = {
    "int8": 1, "uint8": 1, "uint8c": 1, "int16": 2, "uint16": 2, "int32": 4, "uint32": 4,
    "int64": 8, "uint64": 8, "float32": 4, "float64": 8,
}  # fmt: skip
_NUMPY_NAMES: Final = {"uint8c": "uint8"}


class Binary(NamedTuple):
    """One binary value: its bytes, and what they are."""

    data: memoryview
    type: str
    shape: tuple[int, ...] | None


def as_binary(value: object) -> Binary | None:
    """The value as binary, if it is bytes-like or an array; NumPy is never imported for it."""
    if isinstance(value, (bytes, bytearray)):
        return Binary(memoryview(value), "bytes", None)
    if isinstance(value, (str, int, float, Mapping, list, tuple)):
        return None
    if isinstance(value, memoryview):
        view = value
    elif hasattr(type(value), "__array_interface__") or type(value).__name__ == "array":
        if getattr(value, "shape", None) == () and not isinstance(value, memoryview):
            return None  # a NumPy scalar is a number
        try:
            view = memoryview(_contiguous(value))  # pyright: ignore[reportArgumentType]
        except (TypeError, ValueError):
            return None
    else:
        return None
    element = _FORMATS.get(view.format.lstrip("@=<"))
    if element is None or (view.format[:1] == "<" and sys.byteorder != "little"):
        raise TypeError(f"array of format {view.format!r}; convert it to a number type first")
    if not view.c_contiguous:
        view = memoryview(view.tobytes()).cast("B")
        return Binary(view, "bytes", None)
    is_plain = isinstance(value, memoryview) and element == "uint8" and view.ndim == 1
    kind = "bytes" if is_plain else _sized(element, view.itemsize)
    shape = tuple(view.shape) if view.ndim > 1 else None
    flat = view.cast("B") if view.nbytes else memoryview(b"")
    return Binary(flat, kind, shape)


def _sized(element: str, size: int) -> str:
    """C's long is 4 bytes on Windows and 8 elsewhere."""
    return element if _ITEM_SIZES[element] == size else element.replace("64", str(size * 8))


def _contiguous(value: object) -> object:
    flags = getattr(value, "flags", None)
    if flags is not None and not flags["C_CONTIGUOUS"]:
        return value.copy(order="C")  # type: ignore[attr-defined] # pyright: ignore
    return value


def place(tree: object, places: Iterable[Mapping[str, Any]], parts: Sequence[memoryview]) -> None:
    """Put binary where the message says it stands.

    Raises:
        ProtocolError: a path or a part is not there, or the sizes do not fit.
    """
    for entry in places:
        try:
            path, part = entry["at"], parts[_index(entry["part"])]
            node: Any = tree
            for step in path[:-1]:
                node = node[step]
            last = path[-1]
            if node[last] is not None:
                raise ProtocolError(f"bin at {path!r} must stand on null")
            node[last] = _restore(part, entry.get("type", "bytes"), entry.get("shape"))
        except (KeyError, IndexError, TypeError, AttributeError) as error:
            raise ProtocolError(f"bin does not fit its message: {error!r}") from error


def _index(part: object) -> int:
    if not isinstance(part, int) or isinstance(part, bool) or part < 0:
        raise ProtocolError(f"no part {part!r}")
    return part


def _restore(part: memoryview, kind: str, shape: Sequence[int] | None) -> object:
    """A part as bytes or, with an element type, as an array view of that type."""
    if kind == "bytes":
        return part
    size = _ITEM_SIZES.get(kind)
    if size is None:
        raise ProtocolError(f"unknown binary type {kind!r}")
    if part.nbytes % size or (shape is not None and math.prod(shape) * size != part.nbytes):
        raise ProtocolError(f"{part.nbytes} bytes are not {kind} of shape {shape}")
    return TypedPart(part, kind, None if shape is None else tuple(shape))


class TypedPart:
    """A typed array from a page; a NumPy annotation or `numpy()` makes an array of it."""

    __slots__ = ("data", "shape", "type")

    def __init__(self, data: memoryview, kind: str, shape: tuple[int, ...] | None) -> None:
        self.data = data
        self.type = kind
        self.shape = shape

    def memory(self) -> memoryview:
        """The elements as a typed memoryview."""
        names = {wire: code for code, wire in _FORMATS.items() if code not in "lL"}
        return self.data.cast("B").cast(names[_NUMPY_NAMES.get(self.type, self.type)])

    def numpy(self) -> Any:
        """The elements as a NumPy array, not copied."""
        import numpy as np  # only where the user has and wants it

        array = np.frombuffer(self.data, dtype=_NUMPY_NAMES.get(self.type, self.type))
        return array if self.shape is None else array.reshape(self.shape)


def as_ndarray(value: Any) -> Any:
    if isinstance(value, TypedPart):
        return value.numpy()
    import numpy as np  # only where an annotation names it

    if isinstance(value, memoryview):
        return np.frombuffer(value, dtype="uint8")
    return np.asarray(value)
