"""An app with a function for every kind of type; sample.d.ts is what is written for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, NoReturn, Optional, Union
from uuid import UUID

import other_types
import pytron
import sample_parts
import sample_types as types
from pytron import App, CallError
from sample_types import NOW, Colour, Note, Point, UserId, note


@dataclass
class Shared:
    """What all windows see."""

    count: int = 0
    notes: list[Note] = field(default_factory=list)
    place: Point = field(default_factory=lambda: Point(1, 2))


class Refused(CallError):
    """An error with a code of the app's own."""

    default_code = "refused"


app: App[Shared] = App("Sample", state=Shared)
saved = app.event("note.saved", Note)
closed = app.event("closed")
moved = app.event("moved", Union[Point, None])
counted = app.event("counted", int)


# --- plain values ---------------------------------------------------------------------------------


@app.expose
def ping() -> None:
    """Gives nothing."""


@app.expose
def add(a: int, b: int = 2) -> int:
    """Adds two numbers.

    What `{braces}` and <tags> say here stays as it is: {x}, @y, */.

    Args:
        a: the first one.
        b: the second one,
            over two lines.

    Returns:
        The sum of `a` and `b`.

    Raises:
        Refused: they are too large.
        ValueError: never.
        types.Missing: neither.
    """
    if a > 1000:
        raise Refused("too large")
    return a + b


@app.expose
def half(value: float) -> float:
    return value / 2


@app.expose
def invert(value: bool) -> bool:
    return not value


@app.expose
def shout(text: str, times: int | None = None) -> str:
    return text.upper() * (times or 1)


@app.expose
def first(words: list[str]) -> str | None:
    return words[0] if words else None


@app.expose
def untyped(value, other=1):  # type: ignore[no-untyped-def]
    return [value, other]


@app.expose
def anything(value: Any) -> Any:
    return value


@app.expose
def something(value: object) -> object:
    return value


@app.expose
def fail() -> NoReturn:
    """Raises always.

    Raises:
        Refused: always.
    """
    raise Refused("no", data={"why": "test"})


@app.expose
def scale(value: types.Ratio, slug: types.Slug = "a-b") -> types.Ratio:
    return value


@app.expose
def user(id: UserId) -> UserId:
    return id


# --- texts with a form ----------------------------------------------------------------------------


@app.expose
def later(at: datetime, by: timedelta) -> datetime:
    return at + by


@app.expose
def next_day(day: date) -> date:
    return day + timedelta(days=1)


@app.expose
def noon(hour: time) -> time:
    return hour


@app.expose
def lasts(length: timedelta) -> timedelta:
    return length


@app.expose
def same_id(id: UUID) -> UUID:
    return id


@app.expose
def doubled(price: Decimal) -> Decimal:
    return price * 2


@app.expose
def parent_folder(path: Path) -> Path:
    return path.parent


@app.expose
def moments() -> types.Moments:
    hour = time(12, 30)
    id = UUID(int=5)
    return types.Moments(NOW, NOW.date(), hour, timedelta(90), id, Decimal("1.50"), Path("a"))


# --- choices --------------------------------------------------------------------------------------


@app.expose
def opposite(colour: Colour) -> Colour:
    """The other colour."""
    return Colour.RED if colour is Colour.DARK_GREEN else Colour.DARK_GREEN


@app.expose
def rank(rank: types.Rank) -> types.Rank:
    return rank


@app.expose
def rights(rights: types.Rights) -> types.Rights:
    return rights | types.Rights.READ


@app.expose
def level(level: types.Level) -> Literal["low", "high", 3, True, None]:
    return level


@app.expose
def either(value: Union[int, str, None]) -> Union[int, str, None]:
    return value


@app.expose
def perhaps(value: Optional[Point] = None) -> Optional[Point]:
    return value


# --- records --------------------------------------------------------------------------------------


@app.expose(name="notes.save")
def save_note(note: Note) -> Note:
    """Keeps a note.

    Args:
        note: the note, whole.

    Raises:
        types.Missing: its parent is not there.
    """
    return note


@app.expose(name="notes.find")
def find_notes(text: str, *, limit: int = 10, colour: Colour | None = None) -> types.Notes:
    return types.Notes([note(text)], limit, text)


@app.expose(name="notes.merge")
def merge_notes(*, first: UserId, second: UserId) -> Note:
    """Makes one of two."""
    return note(parent=note(str(second)))


@app.expose(name="notes.sounds.play")
def play(sound: other_types.Note) -> other_types.Note:
    return sound


@app.expose
def middle(a: Point, b: Point) -> Point:
    return Point((a.x + b.x) / 2, (a.y + b.y) / 2)


@app.expose
def page_of(notes: list[Note]) -> types.Page[Note]:
    return types.Page(notes)


@app.expose
def page_again(page: types.Page[int]) -> types.Page[str]:
    return types.Page([str(item) for item in page.items], page.more)


@app.expose
def tree(tree: types.Tree[Point]) -> types.Tree[int]:
    return types.Tree(1, [types.Tree(2), types.Tree(len(tree.children))])


@app.expose
def nothing(empty: types.Empty) -> types.Empty:
    return empty


@app.expose
def state_of(state: types.State) -> types.State:
    return types.State(not state.on)


@app.expose
def address(address: types.Address) -> types.Address:
    return address


@app.expose
def options(options: types.Options) -> types.Options:
    return options


@app.expose
def size(size: types.Size) -> types.Size:
    return size


@app.expose
def shape(shape: types.Shape) -> list[types.Shape]:
    return [shape, types.Square(2)]


@app.expose
def sparse(sparse: types.Sparse) -> types.Sparse:
    return sparse


@app.expose
def row(row: types.Row) -> types.Row:
    return row


@app.expose
def box(box: types.Box[list[int]]) -> types.Box[int]:
    return types.Box(len(box.content), "n")


@app.expose
def car(car: types.Car) -> types.Car:
    return car


@app.expose
def author(author: types.Author) -> types.Author:
    return author


@app.expose
def book(book: types.Book) -> types.Book:
    return book


@app.expose
def numbers(numbers: types.Numbers) -> types.Numbers:
    return numbers


@app.expose
def result(result: types.Result[int]) -> types.Result[Point]:
    return types.Result(value=Point(result.value, 0))


@app.expose
def everything(everything: types.Everything) -> types.Everything:
    return everything


class Journal:
    """An instance whose marked methods are exposed."""

    @pytron.expose
    def write(self, line: str) -> int:
        """Adds a line."""
        return len(line)

    def hidden(self) -> Callable[[], None]:
        return self.hidden  # type: ignore[return-value]


app.expose(Journal())

group = pytron.Api("group")
announced = group.event("group.announced", types.Size)


@group.expose
def announce(size: types.Size) -> None:
    announced.emit(size)


app.include(group)
app.include(sample_parts.parts)

if __name__ == "__main__":
    raise SystemExit(app.run())
