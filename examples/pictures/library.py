"""The app and its library: what every window shows, and the files behind it."""

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path

from pytron import App

KINDS = ["png", "jpg", "jpeg", "gif", "webp", "svg"]


@dataclass
class Picture:
    """One picture; `path` is where it stays."""

    id: int
    path: str
    name: str
    size: int
    stars: int = 0
    private: bool = False


@dataclass
class Library:
    """What every window shows, kept between starts."""

    pictures: list[Picture] = field(default_factory=list[Picture])
    theme: str | None = None
    last: int = 0
    unlocked: bool = False


app = App(
    "Lightbox", app_id="dev.pytron.lightbox", state=Library, persist=True, frontend="page",
    width=1080, height=640, min_width=720, remember=True, single_instance=True,
)  # fmt: skip


def shown() -> list[Picture]:
    """The pictures that may be seen now."""
    return [one for one in app.state.pictures if app.state.unlocked or not one.private]


def picture(id: int) -> Picture:
    """The picture of that number."""
    for one in shown():
        if one.id == id:
            return one
    raise LookupError(f"there is no picture {id}; reload the page")


def paths_in(found: list[Path]) -> list[Path]:
    """The pictures among files and in folders."""
    inside = [path for one in found for path in (sorted(one.rglob("*")) if one.is_dir() else [one])]
    return [path for path in inside if path.suffix.lower().lstrip(".") in KINDS and path.is_file()]


def take(wanted: list[Path]) -> None:
    """Put pictures into the library, those that are there once only."""
    with app.transaction():
        known = {one.path for one in app.state.pictures}
        for path in dict.fromkeys(str(path.resolve()) for path in wanted):
            if path not in known:
                app.state.last += 1
                file = Path(path)
                new = Picture(app.state.last, path, file.stem, file.stat().st_size)
                app.state.pictures.append(new)


@app.asset("picture/{id}")
def file_of(id: int) -> Path | None:
    """The picture itself; pages load no file that is not in the library, or is private."""
    return next((Path(one.path) for one in shown() if one.id == id), None)


@app.asset("list.csv")
def list_of_all() -> bytes:
    """All pictures as a table."""
    text = io.StringIO()
    rows = [[one.name, one.stars, one.size, one.path] for one in shown()]
    csv.writer(text).writerows([["name", "stars", "bytes", "path"], *rows])
    return text.getvalue().encode()
