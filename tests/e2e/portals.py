"""The portals of a desktop of the tests' own, of three ages, and the systemd that they ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

GLOBAL_SHORTCUTS = "org.freedesktop.portal.GlobalShortcuts"
LASTING = "org.freedesktop.portal.Notification"
REGISTRY = "org.freedesktop.host.portal.Registry"


class Portal:
    """The portal, with a user who agrees unless a shortcut is described as forbidden."""

    xml = ""
    interfaces: tuple[str, ...] = (GLOBAL_SHORTCUTS, LASTING, REGISTRY)
    _desktop = "/org/freedesktop/portal/desktop"

    def __init__(self, bus: Any, say: Callable[..., None]) -> None:
        self._bus, self._say = bus, say
        bus.export(self._desktop, self)
        bus.own("org.freedesktop.portal.Desktop")

    def properties(self, interface: str) -> Mapping[str, tuple[str, Any]] | None:
        return {"version": ("u", 1)} if interface in self.interfaces else None

    def call(self, interface: str, member: str, body: Sequence[Any]) -> Any:
        if interface == REGISTRY and interface in self.interfaces:
            self._say("registered", app=body[0])
            return "", ()
        if member == "AddNotification":
            shown = {key: value[1] for key, value in body[1].items() if key != "icon"}
            shown["buttons"] = [
                {key: value[1] for key, value in button.items()}
                for button in shown.get("buttons", ())
            ]
            self._say("lasting", id=body[0], icon="icon" in body[1], **shown)
            return "", ()
        if member == "RemoveNotification":
            self._say("removed", id=body[0])
            return "", ()
        if interface == "org.freedesktop.portal.Session":
            self._say("session closed")
            return "", ()
        if interface == "org.freedesktop.portal.Settings" and member == "Read":
            settings = {"accent-color": ("(ddd)", (1.0, 0.5, 0.0)), "color-scheme": ("u", 2)}
            return "v", (("v", settings[body[1]]),)
        if member == "CreateSession":
            token = body[0]["session_handle_token"][1]
            session = f"{self._desktop}/session/1_1/{token}"
            self._bus.export(session, self)
            return self._respond(body[0], 0, {"session_handle": ("s", session)})
        if member == "BindShortcuts":
            session, shortcuts, _, options = body
            self._say("bind", session=session, shortcuts=[
                [name, {key: value[1] for key, value in looks.items()}] for name, looks in shortcuts
            ])  # fmt: skip
            wish = shortcuts[0][1]["description"][1]
            if wish == "forbidden":
                return self._respond(options, 1, {})
            if wish == "hanging":
                return "o", (self._request(options),)
            bound = [] if wish == "taken" else [(shortcuts[0][0], {})]
            return self._respond(options, 0, {"shortcuts": ("a(sa{sv})", bound)})
        return None

    def _request(self, options: Mapping[str, Any]) -> str:
        # The test's app is the only other one that asks: its name is in the path that it expects.
        return f"{self._desktop}/request/{self._bus.asking}/{options['handle_token'][1]}"

    def _respond(self, options: Mapping[str, Any], code: int, results: Mapping[str, Any]) -> Any:
        path = self._request(options)
        self._bus.emit(
            path, "org.freedesktop.portal.Request", "Response", "ua{sv}", (code, results)
        )
        return "o", (path,)


class OldPortal(Portal):
    """1.14 to 1.19: it cannot be told who asks, and asks systemd."""

    interfaces = (GLOBAL_SHORTCUTS, LASTING, "org.freedesktop.portal.DynamicLauncher")


class OldestPortal(Portal):
    """Older than 1.14: it does not know who asks."""

    interfaces = (LASTING,)


class Units:
    """The user's systemd: puts programs into scopes, unless it is to refuse."""

    xml = ""
    outcome = "done"
    _path = "/org/freedesktop/systemd1"

    def __init__(self, bus: Any, say: Callable[..., None]) -> None:
        self._bus, self._say = bus, say
        bus.export(self._path, self)
        bus.own("org.freedesktop.systemd1")

    def properties(self, _interface: str) -> None:
        return None

    def call(self, interface: str, member: str, body: Sequence[Any]) -> Any:
        if member != "StartTransientUnit":
            return None
        unit, mode, properties, _ = body
        self._say("scope", unit=unit, mode=mode, **{name: value[1] for name, value in properties})
        job = f"{self._path}/job/1"
        ended = (1, job, unit, self.outcome)
        self._bus.emit(self._path, interface, "JobRemoved", "uoss", ended)
        return "o", (job,)


class FailingUnits(Units):
    """One that may not move the program."""

    outcome = "failed"
