"""Arrays and bytes as leaves: kept as copies, so that nobody changes them behind the state.

Source: spec/ipc.md, section 4, "bin", for the element types that pages know.
"""

from __future__ import annotations

import copy
from typing import Any, Final, cast

#: Formats of Python's buffers (as in `struct`, without the byte order) that pages have arrays for.
_FORMATS: Final = frozenset("bBhHiIlLqQfd")

#: Known by name: importing it costs those who never use it.
_ARRAY: Final = ("array", "array")


class NotNumbers(Exception):
    """An array whose elements pages have no type for; the message says which."""


def hold_array(value: object) -> object | None:
    """Give a copy of an array to keep, None for what is no array.

    Bytes stay bytes; a view becomes bytes or a view that can't be written to; a NumPy array and
    an `array.array` stay what they are.

    Raises:
        NotNumbers: pages have no such array.
    """
    if isinstance(value, bytearray):
        return bytearray(value)
    if isinstance(value, memoryview):
        return _hold_view(cast("memoryview[Any]", value))
    kind = type(value)
    if not hasattr(kind, "__array_interface__") and (kind.__module__, kind.__name__) != _ARRAY:
        return None
    try:
        view = memoryview(_as_buffer(value))
    except (TypeError, ValueError):
        raise NotNumbers(f"an array of {getattr(value, 'dtype', '?')}") from None
    _check(view)
    return copy.copy(value)


def _hold_view(view: memoryview[Any]) -> bytes | memoryview[Any]:
    _check(view)
    if view.format.lstrip("@=<") == "B" and view.ndim == 1:
        return view.tobytes()
    if not view.nbytes:
        return view  # nothing in it can change, and `cast` can't make one
    kept: Any = memoryview(view.tobytes())
    return kept.cast(view.format.lstrip("@=<"), view.shape)


def _check(view: memoryview[Any]) -> None:
    if view.format.lstrip("@=<>") not in _FORMATS or view.ndim == 0:
        raise NotNumbers(f"an array of format {view.format!r}")


def _as_buffer(value: Any) -> Any:
    return value
