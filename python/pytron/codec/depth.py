"""How deeply JSON is nested, without parsing it.

Source: spec/ipc.md, section 7.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate
from typing import Final

from pytron.errors import CallError, ProtocolError

MAX_DEPTH: Final = 128

#: Whether a text is nested deeper than so many levels.
Deeper = Callable[[bytes, int], bool]

_NO_MARKS: Final = bytes(i for i in range(256) if i not in b'[]{}"')
_ONE_KIND: Final = bytes.maketrans(b"{}", b"[]")
#: An opening bracket counts 1, a closing one -1 as a signed byte.
_STEPS: Final = bytes.maketrans(b"[]", b"\x01\xff")
#: Peeling is quicker than counting as long as it makes the text much shorter.
_PEELINGS: Final = 6


def refuse_depth(text: bytes, error: type[ProtocolError] | type[CallError], code: str) -> None:
    """Refuse JSON of more than MAX_DEPTH levels, without parsing it."""
    if len(text) > MAX_DEPTH and _is_deeper(text, MAX_DEPTH):
        raise error(f"the value has more than {MAX_DEPTH} levels; make it flatter", code=code)


def _counted(text: bytes, most: int) -> bool:
    """Stands where no native module looks."""
    if text.count(b"[") + text.count(b"{") <= most:
        return False
    return _is_too_deep(_brackets(text), most)


_is_deeper: Deeper = _counted


def accelerate(is_deeper: Deeper) -> None:
    """Let a native module look: for all that is JSON it must say the same."""
    global _is_deeper
    _is_deeper = is_deeper


def _brackets(text: bytes) -> bytes:
    """The brackets outside of strings, all made square ones, in passes at C speed."""
    if b"\\" in text:
        text = text.replace(b"\\\\", b"").replace(b'\\"', b"")
    marks = text.translate(_ONE_KIND, _NO_MARKS)
    # Two quotes side by side go: what is outside of strings stays outside of the rest.
    marks = marks.replace(b'""', b"")
    return b"".join(marks.split(b'"')[::2])


def _is_too_deep(brackets: bytes, most: int) -> bool:
    for _ in range(_PEELINGS):
        if not brackets:
            return False
        brackets = brackets.replace(b"[]", b"")
    from array import array  # only for what is as deep as this

    levels = accumulate(array("b", brackets.translate(_STEPS)))
    return any(map((most - _PEELINGS).__lt__, levels))


def check_depth(text: bytes) -> None:
    """Refuse a frame that is nested too deeply.

    Raises:
        ProtocolError: `too_deep`.
    """
    refuse_depth(text, ProtocolError, "too_deep")
