"""Types of the sample app, of every kind that annotations can have."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import (
    Annotated,
    Any,
    Generic,
    Literal,
    NamedTuple,
    NewType,
    Optional,
    TypedDict,
    TypeVar,
    Union,
)
from uuid import UUID

import attrs
import msgspec
import numpy as np
import pydantic
from numpy.typing import NDArray
from typing_extensions import NotRequired, Required

T = TypeVar("T")

UserId = NewType("UserId", int)
#: A plain alias leaves no trace: the page sees what it stands for.
Names = list[str]
Level = Literal["low", "high", 3]
Ratio = Annotated[float, msgspec.Meta(ge=0, le=1, description="A part of the whole.")]
Slug = Annotated[str, msgspec.Meta(min_length=1, max_length=20, pattern="^[a-z-]+$")]


class Colour(enum.Enum):
    """A colour of a label."""

    RED = "red"
    DARK_GREEN = "dark green"


class Rank(enum.IntEnum):
    FIRST = 1
    SECOND = 2


class Rights(enum.IntFlag):
    READ = 1
    WRITE = 2


@dataclass
class Note:
    """A note as it is kept.

    Attributes:
        title: what the list shows; closes no comment: */
        rating: from 0 to 5.
    """

    id: UserId
    title: str
    created: datetime
    colour: Colour = Colour.RED
    tags: list[str] = field(default_factory=list)
    parent: Note | None = None
    rating: Annotated[int, msgspec.Meta(ge=0, le=5)] = 0
    checked: bool = field(default=False, init=False)


@dataclass
class Point:
    """A place. Nothing of it has a default, so both directions are the same."""

    x: float
    y: float


@dataclass
class Moments:
    at: datetime
    day: date
    hour: time
    length: timedelta
    id: UUID
    price: Decimal
    file: Path


@dataclass
class Page(Generic[T]):
    """Some of many.

    Attributes:
        items: those of this page.
        more: how many come after it.
    """

    items: list[T]
    more: int = 0


@dataclass
class Notes(Page[Note]):
    """A page whose items are known."""

    query: str = ""


@dataclass
class Tree(Generic[T]):
    value: T
    children: list[Tree[T]] = field(default_factory=list)


@dataclass
class Picture:
    name: str
    pixels: bytes
    thumbnails: dict[str, bytes]


@dataclass
class Empty:
    """Has no fields."""


@dataclass
class State:
    """The name is one that the client has as well."""

    on: bool


class Address(TypedDict):
    street: Required[str]
    city: NotRequired[str]


class Options(TypedDict, total=False):
    """All of it may be missing."""

    depth: Annotated[int, msgspec.Meta(gt=0)]
    follow: bool


class Size(NamedTuple):
    """Width and height."""

    width: int
    height: int = 1


class Circle(msgspec.Struct, tag="circle", rename="camel"):
    """A shape, told apart by its tag."""

    border_width: float
    radius: float = 1.0


class Square(msgspec.Struct, tag="square"):
    side: float


Shape = Union[Circle, Square]


class Sparse(msgspec.Struct, omit_defaults=True):
    """Leaves out what has its default."""

    id: int
    count: int = 0
    note: Union[str, msgspec.UnsetType] = msgspec.UNSET


class Row(msgspec.Struct, array_like=True):
    """Travels as an array."""

    key: str
    value: int = 0


class Box(msgspec.Struct, Generic[T]):
    content: T
    label: Optional[str] = None


@attrs.define
class Car:
    """Of attrs; what begins with an underscore stays in Python."""

    wheels: int
    owner: str = "nobody"
    parts: list[str] = attrs.field(factory=list)
    _secret: int = 7


class Author(pydantic.BaseModel):
    """Of pydantic, with another name for pages to send."""

    model_config = pydantic.ConfigDict(extra="allow")

    full_name: str = pydantic.Field(alias="fullName", min_length=1, description="First and last.")
    born: date | None = None
    portrait: bytes = b""

    @pydantic.computed_field(description="The first letter.")
    @property
    def initial(self) -> str:
        return self.full_name[:1]


class Book(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(serialize_by_alias=True)

    title: str = pydantic.Field(alias="bookTitle")
    authors: list[Author] = []
    pages: int = pydantic.Field(1, ge=1)
    secret: str = pydantic.Field("", exclude=True)
    price: Decimal = Decimal(0)

    @pydantic.field_serializer("price")
    def as_number(self, price: Decimal) -> float:
        return float(price)


class Numbers(pydantic.RootModel[list[int]]):
    """A model that is a list; the name is one that the written file has as well."""


class Result(pydantic.BaseModel, Generic[T]):
    """Generic in pydantic's way."""

    value: T
    ok: bool = True


@dataclass
class Measured:
    """Arrays of NumPy inside a record."""

    values: NDArray[np.float32]
    mask: Optional[NDArray[np.uint8]] = None


@dataclass
class Everything:
    """Of all containers one."""

    texts: Sequence[str]
    by_name: Mapping[str, Point]
    by_number: dict[int, str]
    by_colour: dict[Colour, int]
    by_day: dict[date, float]
    kinds: set[str]
    fixed: frozenset[int]
    pair: tuple[int, str]
    many: tuple[float, ...]
    level: Level
    maybe: Union[int, str, None]
    anything: Any
    something: object
    ratio: Ratio = 0.5


class Missing(Exception):
    """An exception with a code of its own."""

    code = "note_missing"


NOW = datetime(2024, 5, 1, 12, tzinfo=timezone.utc)


def note(title: str = "a", parent: Note | None = None) -> Note:
    """A note as the functions give it."""
    return Note(UserId(1), title, NOW, Colour.DARK_GREEN, ["x"], parent, 4)
