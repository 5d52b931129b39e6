"""A state that is kept, as several tests use it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pytron import codec
from pytron.persistence import Persistence
from pytron.state import State


@dataclass
class Note:
    text: str = ""
    tags: list[str] = field(default_factory=list[str])


@dataclass
class Notes:
    count: int = 0
    items: list[Note] = field(default_factory=list[Note])


@contextmanager
def kept(
    path: Path, initial: Any = None, migrations: dict[int, Any] | None = None
) -> Generator[tuple[Any, Persistence]]:
    """The root of a state that is kept at `path`, and what keeps it."""
    state: State[Any] = State("app", initial, convert=codec.convert)
    kind = initial if initial is None or isinstance(initial, type) else type(initial)
    persistence = Persistence(state, kind, path)
    for version, step in (migrations or {}).items():
        persistence.migrations.add(version)(step)
    persistence.open()
    try:
        yield state.root, persistence
    finally:
        persistence.close()


def read(path: Path, initial: Any = None) -> Any:
    """The root of the state as the file has it."""
    with kept(path, initial) as (root, _):
        return root
