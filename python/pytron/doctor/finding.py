"""What a check finds, and how it is mended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

#: `good`; `hint`: works, but may trouble; `bad`: something will not work.
State = Literal["good", "hint", "bad"]


class Finding(NamedTuple):
    """One thing that was looked at.

    Attributes:
        name: what it is.
        state: how it stands.
        said: what was found.
        fix: the command or the advice that mends it.
        run: the same as words of a command that is safe to run unasked; empty when there is none.
        root: whether that command needs the rights of root.
    """

    name: str
    state: State
    said: str
    fix: str = ""
    run: Sequence[str] = ()
    root: bool = False


def good(name: str, said: str) -> Finding:
    """All is well."""
    return Finding(name, "good", said)
