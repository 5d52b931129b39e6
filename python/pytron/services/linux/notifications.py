"""Notifications with actions, shown by the desktop's server.

Source: <https://specifications.freedesktop.org/notification-spec/latest/>
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from pytron.answer import Answer
from pytron.engine import Capability
from pytron.errors import CallError
from pytron.services.desk import Desk
from pytron.services.linux.activation import ACTION
from pytron.services.linux.bus import Bus
from pytron.services.linux.portal import Portal
from pytron.services.service import Provider

SERVER = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
_REMEDY = "start a notification server, such as dunst, mako or that of the desktop"
#: Shows those that start the app: a click on one of the server's reaches a running app only.
PORTAL = "org.freedesktop.portal.Notification"
_ICON_BYTES_MAX = 1 << 20
#: What the server calls a click on the notification itself.
_DEFAULT = "default"
_log = logging.getLogger(__name__)


class Notifications(Provider):
    """Shows them, and hears of what the user does with them."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._bus = Bus()
        self._lock = Lock()
        self._keys: dict[int, int] = {}  # the server's numbers → ours
        self._listening = False
        self._portal = Portal(self._bus, desk.app.id)
        self._by_portal: set[int] = set()

    def can(self, feature: str) -> Capability | None:
        """Whether a server is there, and what it can."""
        try:
            if feature in ("notifications.launch", "notifications.register"):
                return None  # the app's own reasons come first
            self._check_server()
            if feature in ("notifications.actions", "notifications.click"):
                (found,) = self._bus.call(SERVER, PATH, SERVER, "GetCapabilities")
                if "actions" not in found:
                    return Capability(False, "the desktop's notification server has no actions")
        except CallError as error:
            return Capability(False, str(error))
        return Capability(True, "the desktop's notification server does it")

    def can_last(self) -> tuple[bool, str]:
        """Whether somebody shows what outlives the app."""
        try:
            self._portal.version(PORTAL)
        except CallError as error:
            return False, str(error)
        nameless = self._portal.why_nameless()
        if nameless is not None:  # it would show them, and tell nobody of a click
            return False, nameless
        return True, "the message bus starts the app"

    def ask(self, name: str, window: int | None, args: Mapping[str, Any]) -> Answer[Any] | None:
        """Show or withdraw one."""
        del window
        work = self._show if name == "notifications.show" else self._withdraw
        return self._desk.run(name, lambda: work(args))

    def close(self) -> None:
        """Leave the bus; what is shown stays until the user has seen it."""
        self._bus.close()

    def _check_server(self) -> None:
        if not self._bus.has(SERVER):
            raise CallError(f"nobody shows notifications; {_REMEDY}", code="unsupported")

    def _show(self, args: Mapping[str, Any]) -> None:
        if args.get("launch") and self._lasts():
            self._show_lasting(args)
            return
        self._check_server()
        with self._lock:
            first, self._listening = not self._listening, True
        if first:
            self._bus.listen(self._invoked, interface=SERVER, member="ActionInvoked")
            self._bus.listen(self._closed, interface=SERVER, member="NotificationClosed")
        actions = [_DEFAULT, ""]
        for action in args.get("actions") or ():
            actions += [f"action-{action['id']}", action["label"]]
        hints: dict[str, tuple[str, Any]] = {
            "urgency": ("y", 2 if args.get("urgent") else 1),
            "desktop-entry": ("s", self._desk.app.id),
        }
        icon = str(args.get("icon") or "")
        if icon:
            hints["image-path"] = ("s", icon)
        before = [theirs for theirs, ours in self._keys.items() if ours == args["key"]]
        body = (
            *(self._desk.app.name, before[0] if before else 0, icon),
            *(args["title"], args.get("body", ""), actions, hints, -1),
        )
        (number,) = self._bus.call(SERVER, PATH, SERVER, "Notify", "susssasa{sv}i", body)
        self._keys[number] = args["key"]

    def _lasts(self) -> bool:
        """Whether the portal shows it, and knows whose it is."""
        possible, reason = self.can_last()
        if possible:
            try:
                self._portal.introduce()
            except CallError as error:
                possible, reason = False, str(error)
        if not possible:
            _log.warning("a click on the notification reaches the running app only: %s", reason)
        return possible

    def _show_lasting(self, args: Mapping[str, Any]) -> None:
        """By the portal: a click comes over the bus, which starts the app if need be."""
        does = ("s", f"app.{ACTION}")
        shown: dict[str, tuple[str, Any]] = {
            "title": ("s", args["title"]),
            "body": ("s", args.get("body", "")),
            "priority": ("s", "urgent" if args.get("urgent") else "normal"),
            "default-action": does,
            "default-action-target": ("s", args["launch"]),
        }
        buttons = [
            {"label": ("s", one["label"]), "action": does, "target": ("s", one["launch"])}
            for one in args.get("actions") or ()
        ]
        if buttons:
            shown["buttons"] = ("aa{sv}", buttons)
        if args.get("icon"):
            shown["icon"] = ("(sv)", ("bytes", ("ay", _picture(Path(args["icon"])))))
        self._portal.tell(PORTAL, "AddNotification", "sa{sv}", (str(args["key"]), shown))
        self._by_portal.add(args["key"])

    def _withdraw(self, args: Mapping[str, Any]) -> None:
        if args["key"] in self._by_portal:
            self._by_portal.discard(args["key"])
            self._portal.tell(PORTAL, "RemoveNotification", "s", (str(args["key"]),))
        for theirs, ours in list(self._keys.items()):
            if ours == args["key"]:
                self._bus.call(SERVER, PATH, SERVER, "CloseNotification", "u", (theirs,))

    def _invoked(self, body: Sequence[Any]) -> None:
        key = self._keys.pop(body[0], None)
        if key is not None:
            chosen = str(body[1])
            action = None if chosen == _DEFAULT else chosen.removeprefix("action-")
            self._desk.tell_soon("notifications.click", {"key": key, "action": action})

    def _closed(self, body: Sequence[Any]) -> None:
        key = self._keys.pop(body[0], None)
        if key is not None:
            self._desk.tell_soon("notifications.closed", {"key": key})


def _picture(path: Path) -> bytes:
    try:
        found = path.read_bytes()
    except OSError as error:
        raise CallError(f"the icon cannot be read: {error}", code="invalid_arguments") from error
    if len(found) > _ICON_BYTES_MAX:
        raise CallError(f"the icon {path} has more than 1 MiB", code="invalid_arguments")
    return found
