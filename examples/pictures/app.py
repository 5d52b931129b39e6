"""Lightbox: keeps pictures where they are, and uses what the desktop offers on the way."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import links
from actions import add, add_files, add_folder, contact_sheet, export_best
from album import lock
from library import app
from pytron import CallError, Event
from pytron.services.menus import LINE, Item


@app.on("files.dropped")
async def dropped(event: Event) -> None:
    """Files and folders from the file manager."""
    await add([Path(file["path"]) for file in event.data["files"]])


@app.on("notifications.click")
@app.on("tray.click")
@app.on("shortcuts.pressed")
@app.on("instance.started")
@app.on("links.opened")
async def come(event: Event) -> None:
    """The user wants to see the app; links may bring files, and name a picture."""
    window = app.window("main")
    window.show()
    window.focus()
    data: Mapping[str, list[str]] = event.data if event.name == "links.opened" else {}
    await add([Path(path) for path in data.get("paths", [])])
    found = links.linked(data.get("urls", []))
    if found is not None:
        followed[:] = [found]
        await app.emit_async("look")


#: The picture whose link was followed last, until a page takes it: one may not be there yet.
followed: list[int] = []
#: Whose words a page has taken: this start's, once. One that is loaded again must not.
taken: set[str] = set()


@app.expose
async def linked() -> int | None:
    """Take the picture whose link was followed; at first also the files of this start."""
    if "start" not in taken:
        taken.add("start")
        words = await app.links.opened()
        await add([Path(word) for word in words])
        first = links.linked(words)
        if first is not None:
            followed.insert(0, first)
    return followed.pop() if followed else None


@app.on("menu.click")
async def chosen(event: Event) -> None:
    """What the menu bar and the tray do."""
    what = event.data["id"]
    work: dict[str, Callable[[], Awaitable[object]]] = {
        "add-folder": add_folder, "add-files": add_files, "export": export_best,
        "sheet": contact_sheet, "links": links.register,
    }  # fmt: skip
    if what in work:
        try:
            await work[what]()
        except CallError as error:  # it says what is missing, and the remedy
            await app.dialogs.message(str(error), title="Lightbox", level="error")
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
    lock()  # it may have ended unlocked
    app.subscribe("theme", lambda theme: app.window("main").set(theme=theme))
    if app.can("menus.set"):
        app.menus.set(menu_bar())
    if app.can("tray"):
        icon = Path(__file__).with_name("page") / "icon.png"
        app.tray.show(icon, items=[Item("Add Folder…", "add-folder"), Item(role="quit")])
    if app.can("shortcuts.register"):
        app.shortcuts.register("show", "CmdOrCtrl+Shift+L")


def menu_bar() -> list[Item]:
    """The menus: the platform's own, with what this app does."""
    file = [
        Item("Add Folder…", "add-folder", keys="CmdOrCtrl+O"),
        Item("Add Pictures…", "add-files", keys="CmdOrCtrl+Shift+O"), LINE,
        Item("Copy the Best to…", "export", keys="CmdOrCtrl+Shift+E"),
        Item("Contact Sheet…", "sheet", keys="CmdOrCtrl+E"), Item("Save List…", "list"),
        Item("Print…", "print", keys="CmdOrCtrl+P"), LINE,
        Item("Open Links Here", "links"), LINE, Item(role="quit"),
    ]  # fmt: skip
    themes = [Item(name.title(), f"theme-{name}", kind="radio",
                   checked=name == (app.state.theme or "system"))
              for name in ("system", "light", "dark")]  # fmt: skip
    edit, view, window = app.menus.standard()[1:]
    view = Item("View", items=[*view.items, LINE, Item("Theme", items=themes)])
    return [Item("File", items=file), edit, view, window]


@app.on("window.opened")
def opened(_event: Event) -> None:
    """What needs the window: its theme, and that it hides in the tray where there is one."""
    app.window("main").set(theme=app.state.theme)
    if app.can("tray"):
        app.tray.keep_running()


if __name__ == "__main__":
    raise SystemExit(app.run())
