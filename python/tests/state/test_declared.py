"""What Python puts into a typed state: held to the annotations, and never changed on the way."""

from __future__ import annotations

import datetime
import decimal
import enum
import pathlib
import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Generic, Literal, TypedDict, TypeVar

import msgspec
import numpy
import numpy.typing
import pytest
from pytron import codec
from pytron.errors import StateError
from pytron.state import State
from typing_extensions import NotRequired

from .samples import Note, Notes, recorded

T = TypeVar("T")


class Colour(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 3


class Corner(TypedDict):
    x: int
    name: NotRequired[str]


@dataclass
class Box(Generic[T]):
    inner: T | None = None


@dataclass
class Memo:
    text: str = ""


@dataclass
class Urgent(Memo):
    level: int = 1


@dataclass
class Everything:
    number: int = 0
    ratio: float = 0.0
    maybe: str | None = None
    mode: Literal["a", "b"] = "a"
    colour: Colour = Colour.RED
    day: datetime.date = datetime.date(2026, 1, 1)
    price: decimal.Decimal = decimal.Decimal(0)
    place: pathlib.PurePath = field(default_factory=pathlib.PurePath)
    key: uuid.UUID = field(default_factory=uuid.uuid4)
    raw: bytes = b""
    pair: tuple[int, str] = (0, "")
    numbers: tuple[int, ...] = ()
    corner: Corner = field(default_factory=lambda: Corner(x=0))
    note: Note = field(default_factory=Note)
    memo: Memo = field(default_factory=Memo)
    box: Box[int] = field(default_factory=Box[int])
    either: list[int] | dict[str, str] = field(default_factory=list[int])
    mixed: list[int] | list[str] = field(default_factory=list[int])
    words: Sequence[str] = field(default_factory=list[str])
    nested: dict[str, list[Note]] = field(default_factory=dict[str, list[Note]])
    small: Annotated[int, msgspec.Meta(ge=0, le=9)] = 0
    few: Annotated[list[int], msgspec.Meta(max_length=2)] = field(default_factory=list[int])
    array: numpy.typing.NDArray[numpy.float64] | None = None
    anything: Any = None


def typed(initial: Any) -> State[Any]:
    return State[Any]("app", initial, convert=codec.convert)


def put(name: str, value: object) -> Callable[[Any], object]:
    return lambda root: setattr(root, name, value)


REFUSED: list[tuple[Callable[[Any], object], str]] = [
    (put("number", "x"), "'number' is declared as int, not str"),
    (put("number", None), "'number' is declared as int, not NoneType"),
    (put("number", 1.5), "'number' is declared as int, not float"),
    (put("number", True), "'number' is declared as int, not bool"),
    (put("ratio", "1"), "'ratio' is declared as float, not str"),
    (put("maybe", 3), "'maybe' is declared as str | None, not int"),
    (put("mode", "c"), "'mode' is declared as Literal['a', 'b'], not str"),
    (put("colour", "red"), "'colour' is declared as Colour, not str"),
    (put("day", datetime.datetime(2026, 1, 1)), "'day' is declared as date, not datetime"),
    (put("place", "x"), "'place' is declared as PurePath, not str"),
    (put("pair", (1,)), "'pair' has 1 items, and is declared to have 2"),
    (put("pair", (1, 2)), "'pair.1' is declared as str, not int"),
    (put("numbers", (1, "x")), "'numbers.1' is declared as int, not str"),
    (put("corner", {}), "'corner' has no 'x', which Corner requires"),
    (put("corner", {"x": 1, "nmae": ""}), "'corner.nmae' is no key of Corner: it has x, name"),
    (lambda root: root.corner.update(x="left"), "'corner.x' is declared as int, not str"),
    (lambda root: root.corner.update(nmae=""), "'corner.nmae' is no key of Corner"),
    (lambda root: root.corner.pop("x"), "'corner.x' is required: set it instead"),
    (lambda root: root.corner.clear(), "'corner' has no 'x', which Corner requires"),
    (put("note", {"text": "x"}), "'note' is declared as Note, not dict"),
    (put("note", Note(text=3)), "'note.text' is declared as str, not int"),  # type: ignore[arg-type]
    (lambda root: setattr(root.note, "done", "yes"), "'note.done' is declared as bool, not str"),
    (lambda root: root.note.tags.append(1), "'note.tags.0' is declared as str, not int"),
    (put("box", 3), "'box' is declared as"),
    (put("either", ["x"]), "'either.0' is declared as int, not str"),
    (lambda root: root.either.append("x"), "'either.0' is declared as int, not str"),
    (lambda root: root.mixed.extend([1, "x"]), "'mixed"),
    (put("words", "abc"), "'words' is declared as"),
    (put("nested", {"a": [Note(), 3]}), "'nested.a.1' is declared as Note, not int"),
    (lambda root: root.nested.update(a=[{}]), "'nested.a.0' is declared as Note, not dict"),
    (put("small", 10), "'small' is refused by its declaration (Expected `int` <= 9)"),
    (lambda root: root.few.extend([1, 2, 3]), "'few' is refused by its declaration"),
    (put("array", [1.0]), "'array' is declared as"),
]


@pytest.mark.parametrize(("change", "why"), REFUSED, ids=[why for _, why in REFUSED])
def test_what_does_not_fit_is_refused_and_changes_nothing(
    change: Callable[[Any], object], why: str
) -> None:
    state = typed(Everything)
    before, patches = state.snapshot(), recorded(state)
    with pytest.raises(StateError, match=re.escape(why)) as caught:
        change(state.root)
    assert caught.value.code == "invalid_change"
    assert state.snapshot() == before
    assert patches == []


TAKEN: list[tuple[str, Any]] = [
    ("number", Level.HIGH),
    ("ratio", 3),
    ("maybe", "text"),
    ("mode", "b"),
    ("colour", Colour.RED),
    ("place", pathlib.PurePath("x")),
    ("raw", bytearray(b"x")),
    ("pair", (2, "b")),
    ("numbers", (1, 2, 3)),
    ("corner", {"x": 2, "name": "left"}),
    ("memo", Urgent("now")),
    ("box", Box(3)),
    ("either", {"a": "b"}),
    ("mixed", ["a", "b"]),
    ("words", ("a",)),
    ("nested", {"a": [Note("b")]}),
    ("small", 9),
    ("few", [1, 2]),
    ("array", numpy.zeros(3)),
    ("anything", {"x": [Note(), 3]}),
]


@pytest.mark.parametrize(("name", "value"), TAKEN, ids=[name for name, _ in TAKEN])
def test_what_fits_stays_what_it_is(name: str, value: Any) -> None:
    state = typed(Everything)
    setattr(state.root, name, value)
    kept = getattr(state.root, name)
    assert isinstance(kept, type(value))
    assert numpy.array_equal(kept, value) if name == "array" else kept == value


def test_a_number_of_numpy_is_a_number() -> None:
    state = typed(Everything)
    state.root.number = numpy.int64(3)
    assert type(state.root.number) is int


def test_a_transaction_that_does_not_fit_is_undone() -> None:
    state = typed(Notes)

    def change() -> None:
        with state.transaction():
            state.root.items.append(Note("x"))
            state.root.count = "x"

    with pytest.raises(StateError, match="'count' is declared as int"):
        change()
    assert state.snapshot() == (0, {"count": 0, "title": None, "items": [], "by_name": {}})


def test_items_move_freely() -> None:
    state = typed(Notes)
    state.root.items.extend([Note("b"), Note("a")])
    state.root.items.sort(key=lambda note: note.text)
    state.root.items[::2] = [Note("c")]
    with pytest.raises(StateError, match=re.escape("'items.1' is declared as Note, not str")):
        state.root.items[1] = "d"
    assert [note.text for note in state.root.items] == ["c", "b"]


def test_a_record_keeps_its_types_in_an_untyped_state_too() -> None:
    state = typed(None)
    note: Any = Note()
    state.root.note = note
    with pytest.raises(StateError, match=re.escape("'note.text' is declared as str, not int")):
        state.root.note.text = 3
    state.root.note = 3


def test_a_default_that_does_not_fit_is_told_at_the_start() -> None:
    @dataclass
    class Sloppy:
        name: str = None  # type: ignore[assignment]

    with pytest.raises(StateError, match="'name' is declared as str, not NoneType"):
        typed(Sloppy)


def test_an_annotation_that_cannot_be_resolved_takes_anything() -> None:
    @dataclass
    class Unknown:
        name: Missing = None  # type: ignore[name-defined]  # noqa: F821

    state = typed(Unknown)
    state.root.name = 3
    assert state.root.name == 3
