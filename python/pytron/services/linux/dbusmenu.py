"""A menu that the desktop draws, for the tray.

Source: the interface com.canonical.dbusmenu, version 3.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

PATH = "/MenuBar"
INTERFACE = "com.canonical.dbusmenu"
_XML = f"""<node><interface name="{INTERFACE}">
<property name="Version" type="u" access="read"/><property name="Status" type="s" access="read"/>
<property name="TextDirection" type="s" access="read"/>
<property name="IconThemePath" type="as" access="read"/>
<method name="GetLayout"><arg type="i" direction="in"/><arg type="i" direction="in"/>
<arg type="as" direction="in"/><arg type="u" direction="out"/>
<arg type="(ia{{sv}}av)" direction="out"/></method>
<method name="GetGroupProperties"><arg type="ai" direction="in"/><arg type="as" direction="in"/>
<arg type="a(ia{{sv}})" direction="out"/></method>
<method name="GetProperty"><arg type="i" direction="in"/><arg type="s" direction="in"/>
<arg type="v" direction="out"/></method>
<method name="Event"><arg type="i" direction="in"/><arg type="s" direction="in"/>
<arg type="v" direction="in"/><arg type="u" direction="in"/></method>
<method name="EventGroup"><arg type="a(isvu)" direction="in"/>
<arg type="ai" direction="out"/></method>
<method name="AboutToShow"><arg type="i" direction="in"/><arg type="b" direction="out"/></method>
<method name="AboutToShowGroup"><arg type="ai" direction="in"/><arg type="ai" direction="out"/>
<arg type="ai" direction="out"/></method>
<signal name="LayoutUpdated"><arg type="u"/><arg type="i"/></signal>
<signal name="ItemsPropertiesUpdated"><arg type="a(ia{{sv}})"/><arg type="a(ias)"/></signal>
</interface></node>"""

Item = dict[str, Any]


class Menu:
    """Items as spec/view.md has them, under the numbers that the desktop asks by."""

    xml = _XML

    def __init__(self, clicked: Callable[[Item], object]) -> None:
        self._clicked = clicked
        self._items: dict[int, Item] = {}
        self._children: dict[int, list[int]] = {0: []}
        self.revision = 1

    def set(self, items: Sequence[Item]) -> None:
        """Show other items. Numbers are never used again: a late click hits nothing else."""
        first = max([*self._items, 0]) + 1
        self._items = {}
        self._children = {0: []}
        self._add(0, items, first)
        self.revision += 1

    def _add(self, parent: int, items: Sequence[Item], number: int) -> int:
        for item in items:
            self._items[number] = dict(item)
            self._children[parent].append(number)
            self._children[number] = []
            number = self._add(number, item.get("items") or (), number + 1)
        return number

    def update(self, change: Mapping[str, Any]) -> bool:
        """Change an item by its id; whether there is one."""
        found = [one for one in self._items.values() if one.get("id") == change["id"]]
        for item in found:
            item.update({key: value for key, value in change.items() if value is not None})
        self.revision += bool(found)
        return bool(found)

    def has(self, identity: str) -> bool:
        """Whether it has an item of this id."""
        return any(item.get("id") == identity for item in self._items.values())

    # --- for the desktop ------------------------------------------------------------------------

    def properties(self, interface: str) -> Mapping[str, tuple[str, Any]] | None:
        """Those of the interface."""
        if interface != INTERFACE:
            return None
        return {
            "Version": ("u", 3),
            "Status": ("s", "normal"),
            "TextDirection": ("s", "ltr"),
            "IconThemePath": ("as", []),
        }

    def call(
        self, interface: str, member: str, body: Sequence[Any]
    ) -> tuple[str, Sequence[Any]] | None:
        """Answer the desktop."""
        if interface not in (INTERFACE, ""):
            return None
        if member == "GetLayout":
            parent, depth, _ = body
            return "u(ia{sv}av)", (self.revision, self._layout(parent, depth))
        if member == "GetGroupProperties":
            wanted = body[0] or list(self._items)
            found = [(one, self._looks(one)) for one in wanted if one in self._items]
            return "a(ia{sv})", (found,)
        if member == "GetProperty":
            value = self._looks(body[0]).get(body[1])
            return None if value is None else ("v", (value,))
        if member == "Event":
            self._event(body[0], body[1])
            return "", ()
        if member == "EventGroup":
            for number, kind, *_ in body[0]:
                self._event(number, kind)
            return "ai", ([],)
        if member == "AboutToShow":
            return "b", (False,)
        if member == "AboutToShowGroup":
            return "aiai", ([], [])
        return None

    def _layout(self, number: int, depth: int) -> tuple[int, dict[str, Any], list[Any]]:
        children: list[Any] = []
        if depth != 0:
            children = [
                ("(ia{sv}av)", self._layout(child, depth - 1))
                for child in self._children.get(number, ())
            ]
        return number, self._looks(number), children

    def _looks(self, number: int) -> dict[str, tuple[str, Any]]:
        item = self._items.get(number)
        if item is None:
            return {"children-display": ("s", "submenu")}
        kind = item.get("kind", "item")
        if kind == "line":
            return {"type": ("s", "separator")}
        looks: dict[str, tuple[str, Any]] = {
            "label": ("s", str(item.get("label", "")).replace("_", "__")),
            "enabled": ("b", item.get("enabled", True)),
            "visible": ("b", True),
        }
        if kind in ("check", "radio"):
            looks["toggle-type"] = ("s", "checkmark" if kind == "check" else "radio")
            looks["toggle-state"] = ("i", int(bool(item.get("checked"))))
        if self._children.get(number):
            looks["children-display"] = ("s", "submenu")
        return looks

    def _event(self, number: int, kind: str) -> None:
        item = self._items.get(number)
        if item is not None and kind == "clicked" and item.get("enabled", True):
            self._clicked(item)
