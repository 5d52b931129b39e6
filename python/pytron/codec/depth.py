"""How deeply JSON is nested, without parsing it.

Source: spec/ipc.md, section 7.
"""

from __future__ import annotations

import re
from typing import Final

from pytron.errors import CallError, ProtocolError

MAX_DEPTH: Final = 128

_NO_BRACKETS: Final = bytes(i for i in range(256) if i not in b"[]{}")
_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)


def refuse_depth(text: bytes, error: type[ProtocolError] | type[CallError], code: str) -> None:
    """Refuse JSON of more than MAX_DEPTH levels, without parsing it."""
    brackets = text.translate(None, _NO_BRACKETS)
    if len(brackets) <= 2 * MAX_DEPTH:
        return
    if _nesting(brackets) <= MAX_DEPTH:
        return
    # Brackets inside strings may have misled the count: look again without strings.
    if _nesting(_STRING.sub(b"", text).translate(None, _NO_BRACKETS)) > MAX_DEPTH:
        raise error(f"the value has more than {MAX_DEPTH} levels; make it flatter", code=code)


def _nesting(brackets: bytes) -> int:
    """Levels in a text of brackets; a pass peels the innermost pairs off, at C speed."""
    for level in range(MAX_DEPTH + 1):
        if not brackets:
            return level
        peeled = brackets.replace(b"{}", b"").replace(b"[]", b"")
        if len(peeled) == len(brackets):
            break
        brackets = peeled
    return MAX_DEPTH + 1 if brackets else MAX_DEPTH


def check_depth(text: bytes) -> None:
    """Refuse a frame that is nested too deeply.

    Raises:
        ProtocolError: `too_deep`.
    """
    refuse_depth(text, ProtocolError, "too_deep")
