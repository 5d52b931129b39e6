"""State classes that several tests use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pytron.state import Patch, State


@dataclass
class Note:
    text: str = ""
    done: bool = False
    tags: list[str] = field(default_factory=list[str])


@dataclass
class Notes:
    count: int = 0
    title: str | None = None
    items: list[Note] = field(default_factory=list[Note])
    by_name: dict[str, Note] = field(default_factory=dict[str, Note])


def recorded(state: State[Any]) -> list[Patch]:
    """Give a list that fills with the patches of a state."""
    patches: list[Patch] = []
    state.listen(patches.append)
    return patches


def ops_of(patches: list[Patch]) -> list[Any]:
    """Give the ops of all patches, one after the other."""
    return [op for patch in patches for op in patch.ops]
