"""What can be done with pictures, from the page, the menus and the file manager."""

import asyncio
import shutil
from pathlib import Path

import samples
from album import make_private
from library import KINDS, Picture, app, paths_in, picture, shown, take
from links import link_to
from progress import each
from pytron.services.dialogs import Filter
from pytron.services.menus import LINE, Item
from pytron.services.notifications import Action


@app.expose
async def add_folder() -> int:
    """Let the user choose a folder."""
    folder = await app.dialogs.open_folder(title="Add a folder of pictures")
    return 0 if folder is None else await add([folder])


@app.expose
async def add_files() -> int:
    """Let the user choose pictures."""
    chosen = await app.dialogs.open_files(title="Add pictures", filters=[Filter("Pictures", KINDS)])
    return await add(chosen or [])


@app.expose
async def add_samples() -> int:
    """A few landscapes, drawn into the app's own folder."""
    return await add(samples.draw(app.folders.data / "samples"))


async def add(found: list[Path]) -> int:
    """Take pictures, and tell of it where the desktop can; how many were new."""
    paths = await asyncio.to_thread(paths_in, found)  # a folder may hold many
    if not paths:
        return 0
    before = len(app.state.pictures)
    await each("Adding", [paths[at : at + 100] for at in range(0, len(paths), 100)], take)
    new = len(app.state.pictures) - before
    if new and app.can("notifications"):
        actions = [Action("show", "Show")]
        await app.notifications.show("Lightbox", f"{new} pictures added", actions=actions)
    await count_unrated()
    return new


async def count_unrated() -> None:
    """Show on the app's icon how many have no stars yet."""
    if app.can("badge.count"):
        await app.badge.count(len([one for one in app.state.pictures if not one.stars]) or None)


@app.expose
async def rate(id: int, stars: int) -> None:
    """Give a picture its stars."""
    picture(id).stars = max(0, min(5, stars))
    await count_unrated()


@app.expose
async def menu(id: int, x: float, y: float) -> None:
    """The context menu of a picture, at a place of the page."""
    one = picture(id)
    path = Path(one.path)
    stars = [Item("★" * n or "None", f"star-{n}", kind="radio", checked=one.stars == n)
             for n in range(6)]  # fmt: skip
    items = [
        Item("Open", "open"), Item("Show in Folder", "reveal"), LINE,
        Item("Copy File", "copy"), Item("Copy Path", "copy-path"), Item("Copy Link", "link"), LINE,
        Item("Stars", items=stars), Item("Private", "private", kind="check", checked=one.private),
        LINE, Item("Move to Trash…", "trash"),
    ]  # fmt: skip
    chosen = await app.menus.popup(items, x=x, y=y) or ""
    if chosen.startswith("star-"):
        await rate(id, int(chosen.removeprefix("star-")))
    elif chosen == "open":
        await app.opener.file(path)
    elif chosen == "reveal":
        await app.opener.reveal(path)
    elif chosen == "copy":
        await app.clipboard.write_files([path])
    elif chosen == "copy-path":
        await app.clipboard.write_text(str(path))
    elif chosen == "link":
        await app.clipboard.write_text(link_to(one))
    elif chosen == "private":
        await make_private(id, not one.private)
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
async def export_best() -> int:
    """Copy the pictures of four stars and more where the user wants them; how many."""
    folder = await app.dialogs.open_folder(title="Copy the best pictures to")
    if folder is None:
        return 0
    best = [one for one in shown() if one.stars >= 4]
    await each("Copying", best, lambda one: _copy(one, folder))
    return len(best)


def _copy(one: Picture, folder: Path) -> None:
    source = Path(one.path)
    target, number = folder / source.name, 1
    while target.exists():  # nothing of the user's is written over
        number += 1
        target = folder / f"{source.stem} ({number}){source.suffix}"
    shutil.copy2(source, target)


@app.expose
async def contact_sheet() -> str | None:
    """The page as a PDF, where the user wants it."""
    path = await app.dialogs.save_file(title="Contact sheet", name="Contact sheet.pdf")
    if path is not None:
        await app.window("main").pdf(str(path), landscape=True, margin_mm=10)
    return None if path is None else str(path)
