"""A reading list: what is to be read, what has been, and a file of titles taken in."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import TextIOWrapper

from pytron import App, PytronError, Upload


@dataclass
class Book:
    """One line of the list."""

    title: str
    read: bool = False


@dataclass
class Shelf:
    """What Python and every window share."""

    books: list[Book] = field(default_factory=list[Book])


app = App("Reading list", state=Shelf, persist=True, frontend="frontend", width=460, height=560)


class Refused(PytronError):
    """A title that cannot be put on the list."""

    default_code = "refused"


@app.expose
def add(title: str) -> None:
    """Put a book on the list."""
    title = title.strip()
    if not title:
        raise Refused("a book needs a title")
    with app.transaction():
        if any(book.title == title for book in app.state.books):
            raise Refused(f"{title} is on the list already")
        app.state.books.append(Book(title))


@dataclass
class Imported:
    """A file of titles was taken in."""

    file: str
    count: int


imported = app.event("imported", Imported)


@app.expose
def take_in(file: Upload) -> Iterator[str]:
    """Add the titles of a text file, one a line; gives each one as it comes onto the list."""
    count = 0
    for line in TextIOWrapper(file, "utf-8"):
        try:
            add(line)
        except Refused:
            continue
        count += 1
        yield line.strip()
    imported.emit(Imported(file.name, count))


@app.expose
def open_numbers() -> None:
    """Show how much has been read, in a window of its own that can only look."""
    app.open_window("numbers", url="/numbers.html", width=260, height=160, allow=["state"])


if __name__ == "__main__":
    raise SystemExit(app.run())
