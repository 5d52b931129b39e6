"""What somebody may have meant who wrote a name that is not there."""

from __future__ import annotations

from collections.abc import Iterable


def meant(name: str, known: Iterable[str], otherwise: str | None = None) -> str:
    """`did you mean 'x'?`, the end of an error's message.

    Args:
        name: what was written.
        known: what there is.
        otherwise: what is said where nothing is near; by default what there is.
    """
    from difflib import get_close_matches  # only for mistakes

    there = [*known]
    near = get_close_matches(name, there)
    if near:
        return f"did you mean {' or '.join(map(repr, near))}?"
    return f"there are: {', '.join(there)}" if otherwise is None else otherwise
