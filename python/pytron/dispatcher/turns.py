"""How long threads that compute may keep others waiting."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

#: By default, and in a running app.
_PYTHONS_TURN_S: Final = 0.005
_TURN_S: Final = 0.001


@contextmanager
def quick_turns() -> Generator[None]:
    """Let a thread that computes give way every millisecond, so that calls are answered beside it.

    Python's own five are too long for a window: an answer needs several turns. A program that has
    chosen an interval itself keeps it.
    """
    usual = sys.getswitchinterval()
    if abs(usual - _PYTHONS_TURN_S) < _TURN_S / 2:
        sys.setswitchinterval(_TURN_S)
    try:
        yield
    finally:
        if abs(sys.getswitchinterval() - _TURN_S) < _TURN_S / 2:
            sys.setswitchinterval(usual)
