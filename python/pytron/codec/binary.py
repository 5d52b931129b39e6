"""Bytes and arrays: parts beside the JSON, and their places in it.

Source: spec/ipc.md, section 4, "bin".
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, cast

from pytron.errors import ProtocolError

BINARY_TYPES: Final = (bytes, bytearray, memoryview)

#: buffer format (struct module, native) → element type on the wire
_FORMATS: Final[Mapping[str, str]] = {
    "b": "int8", "B": "uint8", "h": "int16", "H": "uint16", "i": "int32", "I": "uint32",
    "q": "int64", "Q": "uint64", "l": "int64", "L": "uint64", "f": "float32", "d": "float64",
}  # fmt: skip
#: The other way round; Python has no type of its own for clamped bytes.
_CODES: Final[Mapping[str, str]] = {
    "uint8c": "B", **{wire: code for code, wire in _FORMATS.items() if code not in "lL"},
}  # fmt: skip
_ITEM_SIZES: Final[Mapping[str, int]] = {
    "int8": 1, "uint8": 1, "uint8c": 1, "int16": 2, "uint16": 2, "int32": 4, "uint32": 4,
    "int64": 8, "uint64": 8, "float32": 4, "float64": 8,
}  # fmt: skip
#: The element types that arrays can have.
ELEMENTS: Final = tuple(kind for kind in _ITEM_SIZES if kind != "uint8c")
_PLAIN: Final = (str, int, float, Mapping, list, tuple, set, frozenset)


class Binary(NamedTuple):
    """One binary value: its bytes, and what they are."""

    data: memoryview
    type: str
    shape: tuple[int, ...] | None


class TypedPart:
    """A part as it came, with its type: what is passed on must not lose it."""

    __slots__ = ("data", "shape", "type")

    def __init__(self, data: memoryview, kind: str, shape: tuple[int, ...] | None) -> None:
        self.data = data
        self.type = kind
        self.shape = shape

    def value(self) -> bytes | memoryview[Any]:
        """The same as Python code wants it: bytes, or elements in a typed memoryview."""
        if self.type == "bytes":
            whole: object = self.data.obj
            if type(whole) is bytes and len(whole) == self.data.nbytes:
                return whole  # as it was received: large ones are not copied
            return bytes(self.data)
        code = cast("Any", _CODES[self.type])
        if self.data.nbytes:
            flat: Any = self.data.cast("B")
            return flat.cast(code) if self.shape is None else flat.cast(code, self.shape)
        return _empty(code, self.shape or (0,))


def whole(value: object) -> object:
    """The `bytes` that a view of bytes shows all of, so that none are copied; else the value."""
    if type(value) is memoryview and value.format == "B" and value.ndim == 1:
        shown: object = value.obj
        if type(shown) is bytes and len(shown) == value.nbytes:
            return shown
    return value


def _empty(code: str, shape: Sequence[int]) -> memoryview[Any]:
    """A memoryview without elements; `cast` cannot make one with a shape."""
    import ctypes  # only for this

    kind: Any = {
        "b": ctypes.c_int8, "B": ctypes.c_uint8, "h": ctypes.c_int16, "H": ctypes.c_uint16,
        "i": ctypes.c_int32, "I": ctypes.c_uint32, "q": ctypes.c_int64, "Q": ctypes.c_uint64,
        "f": ctypes.c_float, "d": ctypes.c_double,
    }[code]  # fmt: skip
    for length in reversed(shape):
        kind = kind * length
    return memoryview(kind())


def as_binary(value: object) -> Binary | None:
    """The value as binary, if it is bytes-like or an array; NumPy is never imported for it.

    Raises:
        TypeError: it is an array whose elements have no type on the wire.
    """
    if isinstance(value, bytes):
        return Binary(memoryview(value), "bytes", None)
    if isinstance(value, bytearray):
        return Binary(memoryview(bytes(value)), "bytes", None)
    if isinstance(value, TypedPart):
        return Binary(value.data, value.type, value.shape)
    if isinstance(value, _PLAIN):
        return None
    if isinstance(value, memoryview):
        return _of_view(cast("memoryview[Any]", value), is_bytes=True)
    kind = type(value)
    if kind.__name__ == "array" and kind.__module__ == "array":
        return _of_view(memoryview(cast("Any", value)), is_bytes=False)
    if not hasattr(kind, "__array_interface__") or getattr(value, "shape", ()) == ():
        return None  # a NumPy scalar is a number
    array: Any = value
    if getattr(array.dtype, "byteorder", "=") == ">":
        array = array.astype(array.dtype.newbyteorder("<"))
    try:
        view = memoryview(array)
    except (TypeError, ValueError) as error:
        raise TypeError(f"an array of {array.dtype}: convert it to a number type") from error
    return _of_view(view, is_bytes=False)


def _of_view(view: memoryview[Any], *, is_bytes: bool) -> Binary:
    element = _FORMATS.get(view.format.lstrip("@=<"))
    if element is None or (view.itemsize > 1 and sys.byteorder != "little"):
        raise TypeError(f"an array of format {view.format!r}: convert it to a number type")
    if view.ndim == 0:
        raise TypeError("an array without dimensions: send its one element")
    kind = "bytes" if is_bytes and view.format in ("B", "<B") and view.ndim == 1 else None
    # What Python could still change while it waits to be sent is copied.
    is_still = view.readonly and view.c_contiguous and view.nbytes and "<" not in view.format
    flat = view.cast("B") if is_still else memoryview(view.tobytes())
    shape = view.shape if view.ndim > 1 else None
    return Binary(flat, kind or _sized(element, view.itemsize), shape)


def _sized(element: str, size: int) -> str:
    """C's long is 4 bytes on Windows and 8 elsewhere."""
    return element if _ITEM_SIZES[element] == size else element.replace("64", str(size * 8))


def place(
    tree: object,
    places: Iterable[Mapping[str, Any]],
    parts: Sequence[bytes | memoryview],
    *,
    forward: bool = False,
) -> None:
    """Put binary where the message says it stands: for Python's use, or to be sent on.

    Raises:
        ProtocolError: a path or a part is not there, or the sizes do not fit.
    """
    for entry in places:
        path = entry["at"]
        try:
            part = memoryview(parts[_natural(entry["part"])])
            typed = _typed(part, entry["type"], entry.get("shape"))
            put(tree, path, typed if forward else typed.value())
        except (LookupError, TypeError, ValueError) as error:
            raise ProtocolError(f"bin at {path!r} does not fit its message: {error!r}") from error


def put(tree: object, path: Sequence[object], value: object) -> None:
    """Put something where null stands.

    Raises:
        ProtocolError: the path leads nowhere, or to something else.
    """
    try:
        node: Any = tree
        for step in path[:-1]:
            node = node[_step(node, step)]
        last = _step(node, path[-1])
        if node[last] is not None:
            raise ProtocolError(f"what stands at {path!r} must be null")
    except (LookupError, TypeError, ValueError) as error:
        raise ProtocolError(f"{path!r} leads nowhere: {error!r}") from error
    node[last] = value


def plain(tree: object) -> object:
    """What was placed to be sent on, as Python's own code would have it."""
    if isinstance(tree, TypedPart):
        return tree.value()
    if isinstance(tree, list):
        return [plain(item) for item in cast("list[object]", tree)]
    if isinstance(tree, dict):
        return {key: plain(item) for key, item in cast("dict[str, object]", tree).items()}
    return tree


def _step(node: object, step: object) -> object:
    """A step of a path: a key of an object, or a place in an array."""
    if isinstance(node, list):
        return _natural(step)
    if isinstance(node, dict):
        return step
    raise TypeError(f"nothing stands inside {type(node).__name__}")


def _natural(number: object) -> int:
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        raise ValueError(f"{number!r} is no place")
    return number


def _typed(part: memoryview, kind: str, shape: Sequence[int] | None) -> TypedPart:
    """A part with its type, if its size fits."""
    if kind == "bytes":
        if shape is not None:
            raise ValueError("bytes have no shape")
        return TypedPart(part, kind, None)
    size = _ITEM_SIZES[kind]
    lengths = None if shape is None else tuple(map(_natural, shape))
    if part.nbytes % size or (lengths is not None and math.prod(lengths) * size != part.nbytes):
        raise ValueError(f"{part.nbytes} bytes are not {kind} of shape {shape}")
    return TypedPart(part, kind, lengths or None)


def as_ndarray(value: object, wanted: type | None) -> Any:
    """An array of what came from a page; `wanted` is the element type, if it is known.

    Raises:
        ValueError: the elements are of another type, or no numbers.
    """
    import numpy as np  # only where an annotation names it

    array: Any
    if isinstance(value, (bytes, bytearray, memoryview)):
        array = np.asarray(memoryview(cast("Any", value)))
        array = array.view(array.dtype.str)  # long and long long are one type
    elif isinstance(value, list):
        array = np.array(cast("Any", value))
        if wanted in np.sctypeDict.values() and array.dtype.kind in "biuf":
            exact: Any = array
            array = exact.astype(wanted)
            if not issubclass(cast("type", wanted), np.floating) and (array != exact).any():
                raise ValueError(f"Expected an array of {array.dtype}, got {exact.dtype}")
    else:
        raise ValueError(f"Expected an array, got `{type(value).__name__}`")
    if array.dtype.kind not in "biuf":
        raise ValueError("Expected an array of numbers")
    if wanted is not None and not issubclass(array.dtype.type, wanted):
        raise ValueError(f"Expected an array of {wanted.__name__}, got {array.dtype}")
    return array
