"""Lightbox: keeps pictures where they are, and uses what the desktop offers on the way."""

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import samples
from pytron import App, Event
from pytron.services.dialogs import Filter
from pytron.services.menus import LINE, Item
from pytron.services.notifications import Action

KINDS = ["png", "jpg", "jpeg", "gif", "webp", "svg"]


@dataclass
class Picture:
    """One picture; `path` is where it stays."""

    id: int
    path: str
    name: str
    size: int
    stars: int = 0


@dataclass
class Library:
    """What every window shows, kept between starts."""

    pictures: list[Picture] = field(default_factory=list[Picture])
    theme: str | None = None
    last: int = 0


app = App(
    "Lightbox", app_id="dev.pytron.lightbox", state=Library, persist=True, frontend="page",
    width=1080, height=720, min_width=640, remember=True, single_instance=True,
)  # fmt: skip


def paths_in(found: list[Path]) -> list[Path]:
    """The pictures among files and in folders."""
    inside = [path for one in found for path in (sorted(one.rglob("*")) if one.is_dir() else [one])]
    return [path for path in inside if path.suffix.lower().lstrip(".") in KINDS and path.is_file()]


def take(found: list[Path]) -> int:
    """Put pictures into the library; how many were new."""
    wanted = [path.resolve() for path in paths_in(found)]
    with app.transaction():
        known = {picture.path for picture in app.state.pictures}
        new = [path for path in wanted if str(path) not in known]
        for path in new:
            app.state.last += 1
            size = path.stat().st_size
            app.state.pictures.append(Picture(app.state.last, str(path), path.stem, size))
    return len(new)


def picture(id: int) -> Picture:
    """The picture of that number."""
    for one in app.state.pictures:
        if one.id == id:
            return one
    raise LookupError(f"there is no picture {id}; reload the page")


@app.asset("picture/{id}")
def file_of(id: int) -> Path | None:
    """The picture itself; pages never see a path that is not in the library."""
    return next((Path(one.path) for one in app.state.pictures if one.id == id), None)


@app.asset("list.csv")
def list_of_all() -> bytes:
    """All pictures as a table."""
    text = io.StringIO()
    rows = [[one.name, one.stars, one.size, one.path] for one in app.state.pictures]
    csv.writer(text).writerows([["name", "stars", "bytes", "path"], *rows])
    return text.getvalue().encode()


@app.expose
async def add_folder() -> int:
    """Let the user choose a folder."""
    folder = await app.dialogs.open_folder(title="Add a folder of pictures")
    return 0 if folder is None else await added([folder])


@app.expose
async def add_files() -> int:
    """Let the user choose pictures."""
    chosen = await app.dialogs.open_files(title="Add pictures", filters=[Filter("Pictures", KINDS)])
    return await added(chosen or [])


@app.expose
async def add_samples() -> int:
    """A few landscapes, drawn into the app's own folder."""
    return await added(samples.draw(app.folders.data / "samples"))


async def added(found: list[Path]) -> int:
    """Take pictures, and tell of it where the desktop can."""
    new = take(found)
    if new and app.can("notifications"):
        actions = [Action("show", "Show")]
        await app.notifications.show("Lightbox", f"{new} pictures added", actions=actions)
    if app.can("badge.count"):
        await app.badge.count(len([one for one in app.state.pictures if not one.stars]) or None)
    return new


@app.expose
def rate(id: int, stars: int) -> None:
    """Give a picture its stars."""
    picture(id).stars = max(0, min(5, stars))


@app.expose
async def menu(id: int) -> None:
    """The context menu of a picture."""
    one = picture(id)
    path = Path(one.path)
    stars = [Item("★" * n or "None", f"star-{n}", kind="radio", checked=one.stars == n)
             for n in range(6)]  # fmt: skip
    items = [
        Item("Open", "open"), Item("Show in Folder", "reveal"), LINE,
        Item("Copy File", "copy"), Item("Copy Path", "copy-path"), LINE,
        Item("Stars", items=stars), LINE, Item("Move to Trash…", "trash"),
    ]  # fmt: skip
    chosen = await app.menus.popup(items) or ""
    if chosen.startswith("star-"):
        rate(id, int(chosen.removeprefix("star-")))
    elif chosen == "open":
        await app.opener.file(path)
    elif chosen == "reveal":
        await app.opener.reveal(path)
    elif chosen == "copy":
        await app.clipboard.write_files([path])
    elif chosen == "copy-path":
        await app.clipboard.write_text(str(path))
    elif chosen == "trash":
        await trash(id)


@app.expose
async def trash(id: int) -> bool:
    """Move a picture to the trash, once the user has agreed."""
    one = picture(id)
    if not await app.dialogs.confirm(f"Move “{one.name}” to the trash?", title="Lightbox"):
        return False
    await app.opener.trash(Path(one.path))
    forget(id)
    return True


@app.expose
def forget(id: int) -> None:
    """Take a picture out of the library; the file stays."""
    with app.transaction():
        app.state.pictures = [one for one in app.state.pictures if one.id != id]


@app.expose
async def contact_sheet() -> str | None:
    """The page as a PDF, where the user wants it."""
    path = await app.dialogs.save_file(title="Contact sheet", name="Contact sheet.pdf")
    if path is not None:
        await app.window("main").pdf(str(path), landscape=True, margin_mm=10)
    return None if path is None else str(path)


@app.on("files.dropped")
async def dropped(event: Event) -> None:
    """Files and folders from the file manager."""
    await added([Path(file["path"]) for file in event.data["files"]])


@app.on("notifications.click")
@app.on("tray.click")
@app.on("shortcuts.pressed")
@app.on("instance.started")
@app.on("links.opened")
async def come(event: Event) -> None:
    """The user wants to see the app; links and a second start may bring files."""
    data: Any = event.data or {}
    given: list[str] = data.get("paths") or []
    window = app.window("main")
    window.show()
    window.focus()
    await added([Path(path) for path in given])


@app.on("menu.click")
async def chosen(event: Event) -> None:
    """What the menu bar and the tray do."""
    what = event.data["id"]
    work = {"add-folder": add_folder, "add-files": add_files, "sheet": contact_sheet}.get(what)
    if work is not None:
        await work()
    elif what == "print":
        await app.window("main").print()
    elif what == "list":
        await app.downloads.save("/list.csv", name="Pictures.csv")
    elif what.startswith("theme-"):
        theme = what.removeprefix("theme-")
        app.state.theme = None if theme == "system" else theme


@app.on_start
def begin() -> None:
    """Menus, and what of the desktop is there today."""
    app.subscribe("theme", lambda theme: app.window("main").set(theme=theme))
    file = [
        Item("Add Folder…", "add-folder", keys="CmdOrCtrl+O"),
        Item("Add Pictures…", "add-files", keys="CmdOrCtrl+Shift+O"), LINE,
        Item("Contact Sheet…", "sheet", keys="CmdOrCtrl+E"), Item("Save List…", "list"),
        Item("Print…", "print", keys="CmdOrCtrl+P"), LINE, Item(role="quit"),
    ]  # fmt: skip
    themes = [Item(name.title(), f"theme-{name}", kind="radio",
                   checked=name == (app.state.theme or "system"))
              for name in ("system", "light", "dark")]  # fmt: skip
    edit, view, window = app.menus.standard()[1:]
    view = Item("View", items=[*view.items, LINE, Item("Theme", items=themes)])
    if app.can("menus.set"):
        app.menus.set([Item("File", items=file), edit, view, window])
    if app.can("tray"):
        icon = Path(__file__).with_name("page") / "icon.png"
        app.tray.show(icon, items=[Item("Add Folder…", "add-folder"), Item(role="quit")])
    if app.can("shortcuts.register"):
        app.shortcuts.register("show", "CmdOrCtrl+Shift+L")


@app.on("window.opened")
def opened(_event: Event) -> None:
    """What needs the window: its theme, and that it hides in the tray where there is one."""
    app.window("main").set(theme=app.state.theme)
    if app.can("tray"):
        app.tray.keep_running()


if __name__ == "__main__":
    raise SystemExit(app.run())
