"""The app as the message bus knows it: started by its name, and asked while it runs.

Source: <https://specifications.freedesktop.org/desktop-entry-spec/latest/dbus.html>
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from threading import Thread
from typing import Any

from pytron.answer import Answer
from pytron.engine import Capability
from pytron.errors import CallError
from pytron.services.desk import Desk
from pytron.services.here import part
from pytron.services.linux.bus import Bus
from pytron.services.service import Provider

INTERFACE = "org.freedesktop.Application"
#: The one action that notifications have; what was clicked is its parameter.
ACTION = "notification"
_DBUS = "org.freedesktop.DBus"
_log = logging.getLogger(__name__)
_XML = """<node><interface name="org.freedesktop.Application">
<method name="Activate"><arg type="a{sv}" direction="in"/></method>
<method name="Open"><arg type="as" direction="in"/><arg type="a{sv}" direction="in"/></method>
<method name="ActivateAction"><arg type="s" direction="in"/><arg type="av" direction="in"/>
<arg type="a{sv}" direction="in"/></method></interface></node>"""


def reload(name: str) -> None:
    """Have the bus look at its services anew.

    Raises:
        CallError: `unsupported`: it still does not know that name.
    """
    bus = Bus()
    try:
        bus.call(_DBUS, "/org/freedesktop/DBus", _DBUS, "ReloadConfig")
        (names,) = bus.call(_DBUS, "/org/freedesktop/DBus", _DBUS, "ListActivatableNames")
    finally:
        bus.close()
    if name not in names:
        raise CallError(
            f"the message bus does not start {name}: it looks elsewhere for its services; log in "
            "anew, or set XDG_DATA_HOME as it was then",
            code="unsupported",
        )


class Activation(Provider):
    """Has the app's name on the bus, once the bus has been told how to start it."""

    xml = _XML

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._bus = Bus()
        self._told: Callable[[Sequence[str]], object] | None = None
        self._owns = False

    def can(self, feature: str) -> Capability | None:
        """Nothing of its own."""
        del feature

    def ask(self, name: str, window: int | None, args: Mapping[str, Any]) -> Answer[Any] | None:
        """Nothing of its own."""
        del name, window, args

    def answer(self, told: Callable[[Sequence[str]], object] | None) -> None:
        """Answer to the app's name, if it is the bus that starts it; `told` gets the words."""
        self._told = told or self._told
        if self._told is None or self._owns or not part("starting").launches(self._desk.app):
            return
        self._owns = True
        Thread(target=self._own, name="pytron-activation", daemon=True).start()

    def _own(self) -> None:
        """The bus keeps what it is asked until then."""
        app_id = self._desk.app.id
        path = "/" + app_id.replace(".", "/").replace("-", "_")
        try:
            self._bus.export(path, self)
            self._bus.own(app_id)
        except CallError as error:
            _log.warning("the desktop cannot reach the app by its name: %s", error)

    def close(self) -> None:
        """Leave the bus, which then starts the app anew."""
        self._bus.close()

    def properties(self, interface: str) -> Mapping[str, tuple[str, Any]] | None:
        """It has none."""
        del interface

    def call(
        self, interface: str, member: str, body: Sequence[Any]
    ) -> tuple[str, Sequence[Any]] | None:
        """What the desktop asks."""
        if interface != INTERFACE or self._told is None:
            return None
        match member, body:
            case "Activate", _:
                self._told(())
            case "Open", [addresses, *_]:
                self._told([str(address) for address in addresses])
            case "ActivateAction", [str(action), [(_, str(launch))], *_] if action == ACTION:
                self._told([launch])
            case "ActivateAction", [action, *_]:
                raise CallError(f"there is no action {action!r} like this", code="unsupported")
            case _:
                return None
        return "", ()
