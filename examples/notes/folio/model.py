"""The shapes that cross between Python and the page."""

from dataclasses import dataclass, field
from typing import Literal

from pytron import PytronError

Theme = Literal["system", "light", "dark"]


class NoteMissing(PytronError):
    """The note is gone. Expected errors are PytronErrors: the log has one line for each."""

    default_code = "note_missing"


class NoteChanged(PytronError):
    """Another window saved the note first."""

    default_code = "note_changed"


class NotAFolder(PytronError):
    """There is nothing to import at this path."""

    default_code = "not_a_folder"


@dataclass
class TagCount:
    """A tag and how many notes carry it."""

    name: str
    notes: int


@dataclass
class Job:
    """A long job that every window may show."""

    title: str
    done: int
    total: int


@dataclass
class Shared:
    """The state that all windows share."""

    theme: Theme = "system"
    selected: int = 0  # the open note's id; 0: none
    notes: int = 0
    words: int = 0
    pinned: int = 0
    revision: int = 0  # grows with every change, so that pictures and lists know they are old
    tags: list[TagCount] = field(default_factory=list[TagCount])
    job: Job | None = None


@dataclass
class Draft:
    """A note before the store has given it an id."""

    title: str
    body: str
    created: float
    changed: float
    pinned: bool = False


@dataclass
class Note:
    """A whole note. Times are seconds since 1970."""

    id: int
    title: str
    body: str
    pinned: bool
    created: float
    changed: float
    version: int  # grows with every save; a save names the version it was made from
    words: int
    tags: list[str]


@dataclass
class Card:
    """A note as the list shows it. In `pieces` every second piece is a match, from index 1."""

    id: int
    title: list[str]
    pieces: list[str]
    pinned: bool
    changed: float
    tags: list[str]


@dataclass
class Found:
    """What a search gives: the first cards, how many there are and how long it took."""

    cards: list[Card]
    total: int
    took_ms: float


@dataclass
class Imported:
    """What an import did."""

    added: int
    skipped: int


@dataclass
class Exported:
    """Where all notes were written to, and how many."""

    folder: str
    notes: int


@dataclass
class Rhythm:
    """A note's sentences drawn as bars: where the picture is, and its numbers."""

    url: str
    sentences: int
    longest: int
    average: float
