"""Power, network, idleness, locks and colours on Linux: logind, UPower, the kernel, the portal."""

from __future__ import annotations

import ctypes
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from pytron.answer import Answer
from pytron.engine import Capability
from pytron.errors import CallError
from pytron.services.desk import Desk
from pytron.services.linux.bus import Bus
from pytron.services.linux.network import Watch, online
from pytron.services.service import Provider

_LOGIND = "org.freedesktop.login1"
_MANAGER = "org.freedesktop.login1.Manager"
_SESSION = "org.freedesktop.login1.Session"
_UPOWER = "org.freedesktop.UPower"
_PROPERTIES = "org.freedesktop.DBus.Properties"
#: Who locks the screen, by what it is called on the session's bus.
_LOCKERS = ("org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver", "org.cinnamon.ScreenSaver")
_MUTTER = "org.gnome.Mutter.IdleMonitor"
_PORTAL = "org.freedesktop.portal.Desktop"
_PORTAL_PATH = "/org/freedesktop/portal/desktop"
_SETTINGS = "org.freedesktop.portal.Settings"
_APPEARANCE = "org.freedesktop.appearance"
_log = logging.getLogger(__name__)
_SUPPLIES = Path("/sys/class/power_supply")


class System(Provider):
    """Asks whoever knows."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._session = Bus()
        self._system = Bus("SYSTEM")
        self._watching = False
        self._locked = False
        self._routes: Watch | None = None

    def can(self, feature: str) -> Capability | None:
        """Whether somebody is there to ask."""
        try:
            if feature == "system.idle_s":
                _idle(self._session)
            elif feature == "system.accent":
                self._accent()
            elif feature not in ("system.power", "system.online", "system.watch"):
                return None
        except CallError as error:
            return Capability(False, str(error))
        return Capability(True, "the system knows it")

    def ask(self, name: str, window: int | None, args: Mapping[str, Any]) -> Answer[Any] | None:
        """Ask on a thread."""
        del window, args
        work: Mapping[str, Callable[[], Any]] = {
            "system.power": power,
            "system.online": online,
            "system.idle": lambda: _idle(self._session),
            "system.accent": self._accent,
            "system.locale": language,
            "system.watch": self._watch,
        }
        return self._desk.run(name, work[name])

    def close(self) -> None:
        """Leave both buses."""
        if self._routes is not None:
            self._routes.close()
        self._session.close()
        self._system.close()

    def _accent(self) -> str | None:
        body = (_APPEARANCE, "accent-color")
        try:
            # `ReadOne`, which wraps it once, is missing in the portals of Debian 12 and its like.
            (found,) = self._session.call(_PORTAL, _PORTAL_PATH, _SETTINGS, "Read", "ss", body)
        except CallError as error:
            if "NotFound" in str(error.data):
                return None
            raise
        while found[0] == "v":
            found = found[1]
        return _colour(found[1])

    def _watch(self) -> None:
        if self._watching:
            return
        reasons: list[CallError | OSError] = []
        for listen in (self._watch_system, self._watch_session, self._watch_network):
            try:
                listen()
            except (CallError, OSError) as error:
                _log.info("some of the system is not watched: %s", error)
                reasons.append(error)
        if len(reasons) == 3:
            raise CallError(f"nobody tells of changes here: {reasons[0]}", code="unsupported")
        self._watching = True

    def _watch_system(self) -> None:
        listen = self._system.listen
        listen(
            lambda body: self._tell("system.suspend" if body[0] else "system.resume", {}),
            interface=_MANAGER, member="PrepareForSleep",
        )  # fmt: skip
        listen(
            lambda _: self._tell("system.power", {**power()}),
            interface=_PROPERTIES, member="PropertiesChanged", path="/org/freedesktop/UPower",
        )  # fmt: skip
        try:
            own = self._system.call(
                _LOGIND, "/org/freedesktop/login1", _MANAGER, "GetSessionByPID", "u", (os.getpid(),)
            )
        except CallError as error:  # a service of the user, or no logind
            _log.info("the session is not known to logind: %s", error)
        else:
            listen(
                self._session_changed,
                interface=_PROPERTIES, member="PropertiesChanged", path=str(own[0]),
            )  # fmt: skip

    def _watch_session(self) -> None:
        self._session.listen(self._setting, interface=_SETTINGS, member="SettingChanged")
        for locker in _LOCKERS:
            self._session.listen(
                lambda body: self._lock(bool(body[0])), interface=locker, member="ActiveChanged"
            )

    def _watch_network(self) -> None:
        self._routes = Watch(lambda now: self._tell("system.network", {"online": now}))

    def _tell(self, name: str, data: Mapping[str, Any]) -> None:
        self._desk.tell_soon(name, data)

    def _session_changed(self, body: Sequence[Any]) -> None:
        if body[0] == _SESSION and "LockedHint" in body[1]:
            self._lock(bool(body[1]["LockedHint"][1]))

    def _lock(self, locked: bool) -> None:
        """Several may say so; once is enough."""
        if locked != self._locked:
            self._locked = locked
            self._tell("system.lock" if locked else "system.unlock", {})

    def _setting(self, body: Sequence[Any]) -> None:
        if tuple(body[:2]) == (_APPEARANCE, "accent-color"):
            self._tell("system.accent", {"colour": _colour(body[2][1])})


def _colour(value: Any) -> str | None:
    if any(not 0 <= part <= 1 for part in value):
        return None  # so the portal says that there is none
    return "#" + "".join(f"{round(part * 255):02x}" for part in value)


def language() -> str:
    """By the variables that programs go by."""
    named = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    found = next(filter(None, named), "").partition(".")[0].partition("@")[0].replace("_", "-")
    return found if found not in ("", "C", "POSIX") else "en"


def power(supplies: Path = _SUPPLIES) -> dict[str, Any]:
    """From the kernel: batteries, and whether anything else feeds the machine."""
    levels: list[float] = []
    fed, known = False, False
    for supply in supplies.iterdir() if supplies.is_dir() else ():
        kind = _word(supply / "type")
        if kind == "Battery" and _word(supply / "scope") != "Device":
            level = _word(supply / "capacity")
            levels += [float(level)] if level.isdigit() else []
        elif kind in ("Mains", "USB", "Wireless"):
            known = True
            fed = fed or _word(supply / "online") == "1"
    return {
        "battery": bool(levels) and known and not fed,
        "percent": sum(levels) / len(levels) if levels else None,
    }


def _word(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except OSError:
        return ""


def _idle(bus: Bus) -> float:
    """From the X server, else from GNOME's compositor.

    Raises:
        CallError: `unsupported`: neither tells.
    """
    if os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        found = _idle_of_x11()
        if found is not None:
            return found
    try:
        path = "/org/gnome/Mutter/IdleMonitor/Core"
        (milliseconds,) = bus.call(_MUTTER, path, _MUTTER, "GetIdletime")
    except CallError as error:
        raise CallError(
            "nobody tells how long the user has been away: on X11 install libxss1; on Wayland only "
            "GNOME does",
            code="unsupported",
        ) from error
    return milliseconds / 1000


#: libXss keeps lists of its own without a lock: two threads at once spoil the heap.
_X11 = Lock()


class _Info(ctypes.Structure):
    """XScreenSaverInfo."""

    _fields_ = (
        ("window", ctypes.c_ulong),
        ("state", ctypes.c_int),
        ("kind", ctypes.c_int),
        ("till_or_since", ctypes.c_ulong),
        ("idle", ctypes.c_ulong),
        ("mask", ctypes.c_ulong),
    )


def _idle_of_x11() -> float | None:
    try:
        x11: Any = ctypes.CDLL("libX11.so.6")
        xss: Any = ctypes.CDLL("libXss.so.1")
    except OSError:
        return None
    with _X11:
        return _asked_of(x11, xss)


def _asked_of(x11: Any, xss: Any) -> float | None:
    x11.XOpenDisplay.restype = ctypes.c_void_p
    display = x11.XOpenDisplay(None)
    if not display:
        return None
    try:
        x11.XDefaultRootWindow.restype = ctypes.c_ulong
        root = x11.XDefaultRootWindow(ctypes.c_void_p(display))
        info = _Info()
        asked = (ctypes.c_void_p(display), ctypes.c_ulong(root), ctypes.byref(info))
        return info.idle / 1000 if xss.XScreenSaverQueryInfo(*asked) else None
    finally:
        x11.XCloseDisplay(ctypes.c_void_p(display))
