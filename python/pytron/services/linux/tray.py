"""The tray: a StatusNotifierItem, which gives clicks and says whether anybody shows it.

Source: <https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/>
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from itertools import count
from threading import Lock
from typing import Any

from pytron.answer import Answer
from pytron.engine import Capability
from pytron.errors import CallError
from pytron.services.desk import Desk
from pytron.services.linux import dbusmenu
from pytron.services.linux.bus import Bus
from pytron.services.linux.picture import pixels
from pytron.services.service import Provider

WATCHER = "org.kde.StatusNotifierWatcher"
_WATCHER_PATH = "/StatusNotifierWatcher"
ITEM = "org.kde.StatusNotifierItem"
PATH = "/StatusNotifierItem"
_REMEDY = (
    "this desktop shows no tray; on GNOME the extension AppIndicator does, elsewhere a panel with "
    "a tray"
)
_XML = f"""<node><interface name="{ITEM}">
<property name="Category" type="s" access="read"/><property name="Id" type="s" access="read"/>
<property name="Title" type="s" access="read"/><property name="Status" type="s" access="read"/>
<property name="IconName" type="s" access="read"/>
<property name="IconPixmap" type="a(iiay)" access="read"/>
<property name="ToolTip" type="(sa(iiay)ss)" access="read"/>
<property name="ItemIsMenu" type="b" access="read"/><property name="Menu" type="o" access="read"/>
<method name="ContextMenu"><arg type="i" direction="in"/><arg type="i" direction="in"/></method>
<method name="Activate"><arg type="i" direction="in"/><arg type="i" direction="in"/></method>
<method name="SecondaryActivate"><arg type="i" direction="in"/>
<arg type="i" direction="in"/></method>
<method name="Scroll"><arg type="i" direction="in"/><arg type="s" direction="in"/></method>
<signal name="NewTitle"/><signal name="NewIcon"/><signal name="NewToolTip"/>
<signal name="NewStatus"><arg type="s"/></signal></interface></node>"""
_serial = count(1)


class Tray(Provider):
    """The app's one icon in the tray."""

    xml = _XML

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._bus = Bus()
        self._lock = Lock()
        self._menu = dbusmenu.Menu(self._chosen)
        self._shown: Mapping[str, Any] = {}
        self._name = ""

    def can(self, feature: str) -> Capability | None:
        """Whether a panel shows trays, and so whether they can be clicked."""
        del feature
        try:
            self._check_host()
        except CallError as error:
            return Capability(False, str(error))
        return Capability(True, "the desktop has a StatusNotifier host")

    def ask(self, name: str, window: int | None, args: Mapping[str, Any]) -> Answer[Any] | None:
        """Show or hide it."""
        del window
        if name == "tray.show":
            return self._desk.run(name, lambda: self._show(args))
        return self._desk.run(name, self._hide)

    def update_item(self, change: Mapping[str, Any]) -> bool:
        """Change an item of its menu; whether there is one."""
        with self._lock:
            found = self._menu.update(change)
        if found:
            self._tell_menu()
        return found

    def close(self) -> None:
        """Leave the bus: the icon goes with it."""
        self._bus.close()

    # --- on a worker ----------------------------------------------------------------------------

    def _check_host(self) -> None:
        if not self._bus.has(WATCHER):
            raise CallError(f"nobody watches for tray icons: {_REMEDY}", code="unsupported")
        if not self._bus.get(WATCHER, _WATCHER_PATH, WATCHER, "IsStatusNotifierHostRegistered"):
            raise CallError(f"no panel shows tray icons: {_REMEDY}", code="unsupported")

    def _show(self, args: Mapping[str, Any]) -> None:
        self._check_host()
        icon = args.get("icon")
        picture = pixels(icon) if icon else []
        with self._lock:
            self._shown = {**args, "pixels": picture}
            self._menu.set(args.get("items") or ())
            first = not self._name
            if first:
                self._name = f"{ITEM}-{os.getpid()}-{next(_serial)}"
        if first:
            self._appear()
            return
        for signal in ("NewIcon", "NewToolTip", "NewTitle"):
            self._bus.emit(PATH, ITEM, signal)
        self._tell_menu()

    def _appear(self) -> None:
        self._bus.export(PATH, self)
        self._bus.export(dbusmenu.PATH, self._menu)
        try:
            self._bus.own(self._name)
            self._register()
            self._bus.listen(
                self._owner_changed, interface="org.freedesktop.DBus", member="NameOwnerChanged"
            )
        except CallError:
            self._name = ""
            raise

    def _register(self) -> None:
        self._bus.call(
            WATCHER, _WATCHER_PATH, WATCHER, "RegisterStatusNotifierItem", "s", (self._name,)
        )

    def _owner_changed(self, body: Sequence[Any]) -> None:
        """The panel was started anew: it must be told again. Not on the bus's own thread."""
        if body[0] == WATCHER and body[2] and self._name:
            self._desk.run("tray", self._register)

    def _tell_menu(self) -> None:
        self._bus.emit(
            dbusmenu.PATH, dbusmenu.INTERFACE, "LayoutUpdated", "ui", (self._menu.revision, 0)
        )

    def _hide(self) -> None:
        with self._lock:
            self._name = ""
        self._bus.close()  # leaving is the one way that every panel understands
        self._bus = Bus()

    # --- for the desktop ------------------------------------------------------------------------

    def properties(self, interface: str) -> Mapping[str, tuple[str, Any]] | None:
        """Those of the interface."""
        if interface != ITEM:
            return None
        app, shown = self._desk.app, self._shown
        tooltip = str(shown.get("tooltip") or app.name)
        return {
            "Category": ("s", "ApplicationStatus"),
            "Id": ("s", app.id),
            "Title": ("s", app.name),
            "Status": ("s", "Active"),
            "IconName": ("s", str(shown.get("icon") or "")),
            "IconPixmap": ("a(iiay)", shown.get("pixels") or []),
            "ToolTip": ("(sa(iiay)ss)", ("", [], tooltip, "")),
            "ItemIsMenu": ("b", False),
            "Menu": ("o", dbusmenu.PATH),
        }

    def call(
        self, interface: str, member: str, body: Sequence[Any]
    ) -> tuple[str, Sequence[Any]] | None:
        """The user did something with the icon."""
        if interface not in (ITEM, ""):
            return None
        button = {"Activate": "left", "SecondaryActivate": "middle"}.get(member)
        if button is not None:
            self._desk.tell_soon("tray.click", {"button": button, "x": body[0], "y": body[1]})
            return "", ()
        return ("", ()) if member in ("ContextMenu", "Scroll") else None

    def _chosen(self, item: dict[str, Any]) -> None:
        data: dict[str, Any] = {"id": item.get("id", ""), "checked": None, "window": None}
        if item.get("kind") == "check":
            data["checked"] = not item.get("checked")
            self._menu.update({"id": item["id"], "checked": data["checked"]})
            self._desk.run("tray", self._tell_menu)
        if item.get("role") == "quit":
            self._desk.tell_soon("menu.quit", {})
            return
        self._desk.tell_soon("menu.click", data)
