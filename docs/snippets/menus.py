from pathlib import Path

from pytron import App, Event
from pytron.services.menus import LINE, Item

app = App("Player")


@app.on_start
def menus() -> None:
    app.menus.set(
        [
            Item(
                "File",
                items=[
                    Item("Open…", "open", keys="CmdOrCtrl+O"),
                    Item("Shuffle", "shuffle", kind="check"),
                    LINE,
                    Item(role="quit"),
                ],
            ),
            *app.menus.standard()[1:],  # Edit, View, Window
        ]
    )


@app.on("menu.click")
def chosen(event: Event) -> None:
    print(event.data["id"], event.data["checked"])


@app.expose
async def to_tray() -> bool:
    if not app.can("tray.click"):
        return False  # app.can("tray.click").reason says why
    icon = Path(__file__).with_name("page") / "icon.png"
    await app.tray.show(icon, items=[Item("Play", "play"), LINE, Item(role="quit")])
    app.tray.keep_running()  # closing the window hides it from now on
    return True
