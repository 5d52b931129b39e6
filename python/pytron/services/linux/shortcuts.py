"""Global shortcuts where nobody can grab keys: the compositor is asked, through the portal.

Source: <https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.GlobalShortcuts.html>
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Mapping, Sequence
from secrets import token_hex
from threading import Lock
from typing import Any, Final

from pytron.answer import Answer
from pytron.engine import Capability
from pytron.errors import CallError
from pytron.services.desk import Desk
from pytron.services.linux import portal
from pytron.services.linux.bus import Bus
from pytron.services.service import Provider

_log = logging.getLogger(__name__)
SHORTCUTS = "org.freedesktop.portal.GlobalShortcuts"
SESSION = "org.freedesktop.portal.Session"
_MODIFIERS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("ctrl", "control", "cmdorctrl", "commandorcontrol"), "CTRL"),
    **dict.fromkeys(("alt", "option"), "ALT"),
    "shift": "SHIFT",
    **dict.fromkeys(("super", "meta", "cmd", "command"), "LOGO"),
}
#: Keys whose names X has otherwise than menus.
_KEYS: Final[Mapping[str, str]] = {
    "space": "space", "tab": "Tab", "enter": "Return", "return": "Return", "escape": "Escape",
    "esc": "Escape", "backspace": "BackSpace", "delete": "Delete", "insert": "Insert",
    "home": "Home", "end": "End", "pageup": "Page_Up", "pagedown": "Page_Down", "up": "Up",
    "down": "Down", "left": "Left", "right": "Right", "plus": "plus", ",": "comma", ".": "period",
    "-": "minus", "=": "equal", "/": "slash", ";": "semicolon",
}  # fmt: skip


class Shortcuts(Provider):
    """Each shortcut is a session of its own with the portal, so that each can be given back.

    Sessions end with the portal; one that is started anew is asked again for what is wanted.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._bus = Bus()
        self._portal = portal.Portal(self._bus, desk.app.id)
        self._lock = Lock()
        # By the ids that the app gave.
        self._wanted: dict[str, Mapping[str, Any]] = {}
        self._sessions: dict[str, str] = {}
        self._listening = False

    def can(self, feature: str) -> Capability | None:
        """Whether the portal has them; None where keys can be grabbed, which the host knows."""
        del feature
        if not _asks_compositor():
            return None
        try:
            self._check_portal()
        except CallError as error:
            return Capability(False, str(error))
        return Capability(True, "the compositor is asked, and the user with it")

    def ask(self, name: str, window: int | None, args: Mapping[str, Any]) -> Answer[Any] | None:
        """Register or give back; None where the host grabs keys."""
        del window
        if not _asks_compositor():
            return None
        identity = str(args["id"])
        if name == "shortcuts.unregister":
            return self._desk.run(name, lambda: self._end(identity))
        work = lambda: self._register(identity, args)  # noqa: E731
        return self._desk.run(name, work, timeout_s=portal.PATIENCE_S)

    def close(self) -> None:
        """The sessions end with the connection."""
        self._bus.close()

    def _register(self, identity: str, args: Mapping[str, Any]) -> None:
        trigger_of(str(args["keys"]))  # what is written wrongly is said first
        self._check_portal()
        self._listen()
        self._end(identity)
        session = self._bind(identity, args)
        with self._lock:
            self._wanted[identity], self._sessions[identity] = args, session

    def _listen(self) -> None:
        with self._lock:
            first, self._listening = not self._listening, True
        if first:
            self._bus.listen(self._activated, interface=SHORTCUTS, member="Activated")
            self._bus.listen(self._owner_changed, arg0=portal.NAME, **portal.OWNER_CHANGED)

    def _bind(self, identity: str, args: Mapping[str, Any]) -> str:
        """The session by which the desktop gives the keys."""
        session = self._session()
        wanted = {
            "description": ("s", str(args.get("description") or identity)),
            "preferred_trigger": ("s", trigger_of(str(args["keys"]))),
        }
        options: dict[str, Any] = {}
        body = (session, [(identity, wanted)], "", options)
        try:
            found = self._portal.request(SHORTCUTS, "BindShortcuts", "oa(sa{sv})sa{sv}", body)
            if not any(one[0] == identity for one in found.get("shortcuts", ())):
                raise CallError(
                    f"the desktop did not give {args['keys']} away; choose others, or let the "
                    "user set them in its settings",
                    code="unsupported",
                )
        except CallError:
            with contextlib.suppress(CallError):  # the portal has gone, and the session with it
                self._close_session(session)
            raise
        return session

    def _check_portal(self) -> None:
        try:
            self._portal.version(SHORTCUTS)
        except CallError as error:
            text = f"Wayland lets no app grab keys, and {error}"
            raise CallError(text, code=error.code) from error

    def _session(self) -> str:
        options = {"session_handle_token": ("s", f"pytron_{token_hex(4)}")}
        found = self._portal.request(SHORTCUTS, "CreateSession", "a{sv}", (options,))
        return str(found["session_handle"])

    def _end(self, identity: str) -> None:
        with self._lock:
            self._wanted.pop(identity, None)
            session = self._sessions.pop(identity, None)
        if session is not None:
            self._close_session(session)

    def _close_session(self, session: str) -> None:
        self._bus.call(portal.NAME, session, SESSION, "Close")

    def _activated(self, body: Sequence[Any]) -> None:
        session, identity = body[0], body[1]
        if self._sessions.get(identity) == session:
            self._desk.tell_soon("shortcuts.pressed", {"id": identity})

    def _owner_changed(self, body: Sequence[Any]) -> None:
        """The portal has gone, or another is there. Not on the bus's own thread."""
        with self._lock:
            self._sessions.clear()
        if body[2]:
            self._desk.run("shortcuts", self._bind_again, timeout_s=portal.PATIENCE_S)

    def _bind_again(self) -> None:
        with self._lock:
            wanted = dict(self._wanted)
        for identity, args in wanted.items():
            try:
                self._check_portal()
                session = self._bind(identity, args)
            except CallError as error:
                text = "the desktop's portal was started anew, and the shortcut %r is lost: %s"
                _log.warning(text, identity, error)
                continue
            with self._lock:
                late = self._wanted.get(identity) is not args or identity in self._sessions
                if not late:
                    self._sessions[identity] = session
            if late:  # meanwhile it was given back, or asked for once more
                self._close_session(session)


def _asks_compositor() -> bool:
    """Whether this is a Wayland session. Windows of XWayland hear of no keys of others, either."""
    return bool(os.environ.get("WAYLAND_DISPLAY")) or (
        os.environ.get("XDG_SESSION_TYPE") == "wayland"
    )


def trigger_of(keys: str) -> str:
    """`CmdOrCtrl+Shift+K` as the portal writes it: `CTRL+SHIFT+k`.

    Source: the shortcuts specification of freedesktop.org.

    Raises:
        CallError: `invalid_arguments`.
    """
    *modifiers, key = keys.replace(" ", "").split("+")
    known = [_MODIFIERS.get(modifier.lower(), "") for modifier in modifiers]
    named = _KEYS.get(key.lower(), "")
    if len(key) == 1 and key.isascii() and key.isalnum():
        named = key.lower()
    elif key[:1] in "Ff" and key[1:].isdigit() and 1 <= int(key[1:]) <= 24:
        named = key.upper()
    if not named or not all(known):
        raise CallError(
            f"keys {keys!r} are none: write modifiers and one key, such as CmdOrCtrl+Shift+K",
            code="invalid_arguments",
        )
    return "+".join([*dict.fromkeys(known), named])
