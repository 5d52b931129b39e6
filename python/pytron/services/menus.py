"""Menus: of the app, of a window, under the pointer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypedDict, TypeVar

from pytron.answer import Answer
from pytron.errors import CallError
from pytron.services.service import Service
from pytron.window import Window

F = TypeVar("F", bound=Callable[..., Any])
Kind = Literal["item", "check", "radio", "line", "menu", "role"]
Role = Literal[
    "undo", "redo", "cut", "copy", "paste", "selectall", "reload", "zoomin", "zoomout",
    "zoomreset", "fullscreen", "minimize", "close", "quit", "about", "services", "hide",
    "hideothers", "showall",
]  # fmt: skip


@dataclass(frozen=True)
class Item:
    """One item of a menu: `Item("Open…", "open", keys="CmdOrCtrl+O")`.

    Attributes:
        label: what it is called.
        id: what `menu.click` calls it; unique in the app.
        kind: found from the rest where it is not given. Neighbouring `radio` items are a group.
        keys: what it is done by, such as `CmdOrCtrl+Shift+S`.
        enabled: whether it can be chosen.
        checked: whether a `check` or `radio` item is on.
        role: something the system knows how to do: then it needs neither label nor id.
        items: those of a submenu.
    """

    label: str = ""
    id: str = ""
    kind: Kind | None = None
    keys: str | None = None
    enabled: bool = True
    checked: bool = False
    role: Role | None = None
    items: Sequence[Item] = ()


class MenuClick(TypedDict):
    """An item was chosen, in a menu or in the tray's.

    Attributes:
        id: the item's.
        checked: whether it is on now, of `check` and `radio` items.
        window: the label of the window that had the keyboard; None in the tray.
    """

    id: str
    checked: bool | None
    window: str | None


#: A line between items.
LINE = Item(kind="line")


class Menus(Service):
    """`app.menus`. What was chosen comes as the event `menu.click` with the `id` of the item."""

    name: ClassVar[str] = "menus"
    wire: ClassVar[str] = "menu"
    pages: ClassVar[tuple[str, ...]] = ("set", "update", "popup")
    events: ClassVar[Mapping[str, type[Any]]] = {"menu.click": MenuClick}

    def begin(self) -> None:
        """Hear of clicks."""
        self._handlers: dict[str, list[Callable[..., Any]]] = {}
        self._desk.hear("menu.click", self._clicked)
        self._desk.hear("menu.quit", self._quit)

    def set(self, items: Sequence[Item], *, window: Window | None = None) -> Answer[None]:
        """Show these items in the menu bar: of one window, or of all and of those to come.

        `standard()` gives the usual ones. No items take the menu away.
        """
        try:
            wired = wire_items(items)
        except CallError as error:
            return Answer.failed("menus.set", error)
        return self._ask("set", window, items=wired)

    def update(
        self,
        id: str,
        *,
        label: str | None = None,
        enabled: bool | None = None,
        checked: bool | None = None,
    ) -> Answer[None]:
        """Change an item where it is shown, in menus and in the tray."""
        change: dict[str, Any] = {"id": id, "label": label, "enabled": enabled, "checked": checked}
        tray: Any = self._desk.provider("tray")
        in_tray = tray is not None and tray.update_item(change)
        answer = self._ask("update", **change)
        if not in_tray:
            return answer
        done: Answer[None] = Answer("menus.update")
        answer.when_done(lambda: done.settle(None))  # it was there; a menu need not have it too
        return done

    def popup(
        self,
        items: Sequence[Item],
        *,
        x: float | None = None,
        y: float | None = None,
        window: Window | None = None,
    ) -> Answer[str | None]:
        """Show a context menu, at a place of the page or at the pointer; the id that was chosen."""
        try:
            wired = wire_items(items)
            shown_in = self._desk.shown("menus.popup", window)
        except CallError as error:
            return Answer.failed("menus.popup", error)
        return self._ask("popup", shown_in, patient=True, items=wired, x=x, y=y)

    def on_click(self, id: str) -> Callable[[F], F]:
        """Do this when an item is chosen: `@app.menus.on_click("open")`."""

        def register(handler: F) -> F:
            self._handlers.setdefault(id, []).append(handler)
            return handler

        return register

    def standard(self) -> list[Item]:
        """The menus that people expect of a desktop app: File, Edit, View, Window."""
        return [
            Item("File", items=[Item(role="close"), Item(role="quit")]),
            Item(
                "Edit",
                items=[
                    *(Item(role="undo"), Item(role="redo"), LINE),
                    *(Item(role="cut"), Item(role="copy"), Item(role="paste")),
                    Item(role="selectall"),
                ],
            ),
            Item(
                "View",
                items=[
                    *(Item(role="reload"), LINE),
                    *(Item(role="zoomin"), Item(role="zoomout"), Item(role="zoomreset")),
                    *(LINE, Item(role="fullscreen")),
                ],
            ),
            Item("Window", items=[Item(role="minimize"), Item(role="about")]),
        ]

    def _quit(self, _data: Mapping[str, Any]) -> bool:
        """The role `quit` was chosen: each window is asked, and the app ends with the last."""
        runtime = self._desk.runtime("menus")
        for window in runtime.windows:
            runtime.ask_to_close(window.id, {"quit": True})
        if not runtime.windows:
            runtime.engine.quit()
        return False

    def _clicked(self, data: Mapping[str, Any]) -> bool:
        told = {**data, "window": self._desk.label(data.get("window"))}
        for handler in self._handlers.get(str(data.get("id")), ()):
            self._desk.call(handler, "menu.click", told)
        self._desk.emit("menu.click", told)
        return False  # told already, with the window's label


def wire_items(items: Sequence[Item]) -> list[dict[str, Any]]:
    """Items as spec/view.md has them.

    Raises:
        CallError: `invalid_arguments`: one cannot be chosen or shown.
    """
    return [_wire(item) for item in items]


def _wire(item: Item) -> dict[str, Any]:
    kind = item.kind or ("role" if item.role else "menu" if item.items else "item")
    if kind in ("item", "check", "radio") and not (item.id and item.label):
        raise CallError(
            f"the menu item {item.label or item.id!r} needs a label and an id",
            code="invalid_arguments",
        )
    wired: dict[str, Any] = {"kind": kind, "enabled": item.enabled, "label": item.label}
    if item.id:
        wired["id"] = item.id
    if item.keys:
        wired["keys"] = item.keys
    if kind in ("check", "radio"):
        wired["checked"] = item.checked
    if item.role:
        wired["role"] = item.role
    if item.items:
        wired["items"] = wire_items(item.items)
    return wired
