"""Notifications with actions, shown by the desktop's server.

Source: <https://specifications.freedesktop.org/notification-spec/latest/>
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any

from pytron.answer import Answer
from pytron.engine import Capability
from pytron.errors import CallError
from pytron.services.desk import Desk
from pytron.services.linux.bus import Bus
from pytron.services.service import Provider

SERVER = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
_REMEDY = "start a notification server, such as dunst, mako or that of the desktop"
#: What the server calls a click on the notification itself.
_DEFAULT = "default"


class Notifications(Provider):
    """Shows them, and hears of what the user does with them."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._bus = Bus()
        self._lock = Lock()
        self._keys: dict[int, int] = {}  # the server's numbers → ours
        self._listening = False

    def can(self, feature: str) -> Capability | None:
        """Whether a server is there, and what it can."""
        try:
            self._check_server()
            if feature == "notifications.launch":
                reason = "a click reaches the running app only; a closed one is not started"
                return Capability(False, reason)
            if feature in ("notifications.actions", "notifications.click"):
                (found,) = self._bus.call(SERVER, PATH, SERVER, "GetCapabilities")
                if "actions" not in found:
                    return Capability(False, "the desktop's notification server has no actions")
        except CallError as error:
            return Capability(False, str(error))
        return Capability(True, "the desktop's notification server does it")

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

    def _withdraw(self, args: Mapping[str, Any]) -> None:
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
