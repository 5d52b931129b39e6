"""The tray: an icon with a menu that stays when the windows are away."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal, TypedDict

from pytron.answer import Answer
from pytron.errors import CallError
from pytron.services.menus import Item, wire_items
from pytron.services.service import Service

_log = logging.getLogger(__name__)


class TrayClick(TypedDict, total=False):
    """The icon was pressed.

    Attributes:
        button: with which one.
        x: where on the screen, if the panel says so.
        y: the same downwards.
    """

    button: Literal["left", "middle"]
    x: int
    y: int


class Tray(Service):
    """`app.tray`: one icon. A press comes as the event `tray.click`, its menu as `menu.click`.

    Where no panel shows trays, `show` fails with `unsupported`, and `app.can("tray")` says why.
    """

    name: ClassVar[str] = "tray"
    pages: ClassVar[tuple[str, ...]] = ("show", "hide")
    events: ClassVar[Mapping[str, type[Any]]] = {"tray.click": TrayClick}

    def begin(self) -> None:
        """Menus hear of clicks in the tray as well."""
        from pytron.services.menus import Menus

        self._shown = False
        self._desk.service(Menus)

    def show(
        self, icon: Path, *, tooltip: str | None = None, items: Sequence[Item] = ()
    ) -> Answer[None]:
        """Show the icon, or change what is shown.

        Args:
            icon: a PNG file, best of 32 or 64 pixels.
            tooltip: what is said when the pointer rests on it; the app's name by default.
            items: its menu.
        """
        try:
            wired = wire_items(items)
        except CallError as error:
            answer: Answer[None] = Answer("tray.show")
            answer.fail(error)
            return answer
        shown = self._ask("show", icon=str(Path(icon).absolute()), tooltip=tooltip, items=wired)
        return shown.map(self._now_shown)

    def _now_shown(self, _: object) -> None:
        self._shown = True

    def hide(self) -> Answer[None]:
        """Take the icon away."""
        self._shown = False
        return self._ask("hide")

    def keep_running(self, label: str = "main") -> None:
        """Let the window of that label hide when the user closes it, as long as the icon is shown.

        A click on the icon brings it back; the role `quit` and `app.quit()` end the app.
        """
        runtime = self._desk.runtime("tray")
        window = runtime.window(label)

        def closing(event: Any) -> None:
            quitting = event.data == {"quit": True}  # the role was chosen: now it is meant
            if self._shown and not quitting:
                event.prevent()
                window.hide()

        def clicked(data: Mapping[str, Any]) -> None:
            if data.get("button") == "left":
                window.show()
                window.focus()

        window.on("closing", closing)
        self._desk.hear("tray.click", clicked)
