"""Asking the desktop's portal: a request is answered by a signal, once the user has decided.

Source: <https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Request.html>
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as LateError
from itertools import count
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

from pytron.errors import CallError
from pytron.services.linux import scope
from pytron.services.linux.bus import Bus

NAME = "org.freedesktop.portal.Desktop"
PATH = "/org/freedesktop/portal/desktop"
REQUEST = "org.freedesktop.portal.Request"
#: The signal of a name that goes or comes, of the bus's own.
OWNER_CHANGED: Final = {"interface": "org.freedesktop.DBus", "member": "NameOwnerChanged"}
_REGISTRY = "org.freedesktop.host.portal.Registry"
#: What came with the release that asks systemd who a program is.
_SINCE_1_14 = "org.freedesktop.portal.DynamicLauncher"
#: How long a user may think.
PATIENCE_S = 300.0
_SANDBOX = Path("/.flatpak-info")
_AGREED, _DISMISSED = 0, 1


class Portal:
    """The portal as one app sees it."""

    def __init__(self, bus: Bus, app_id: str) -> None:
        self._bus = bus
        self._app_id = app_id
        self._serial = count(1)
        self._met = ""  # the portal that was told; another may take its place

    def version(self, interface: str) -> int:
        """The version of an interface.

        Raises:
            CallError: `unsupported`: the desktop has no portal, or none with this interface.
        """
        if not self._bus.has(NAME):
            raise CallError(
                "the desktop has no portal; install xdg-desktop-portal and that of the desktop",
                code="unsupported",
            )
        found: int = self._bus.get(NAME, PATH, interface, "version")
        return found

    def why_nameless(self) -> str | None:
        """Why the portal would not learn which app this is; None when it does.

        In a Flatpak it knows; from 1.20 on it is told; from 1.14 on it asks systemd.
        """
        if _SANDBOX.exists() or self._has(_REGISTRY):
            return None
        if not self._has(_SINCE_1_14):
            return "the desktop's portal is older than 1.14: it does not learn who asks"
        refused = scope.why_not(self._bus, self._app_id)
        return refused and f"the desktop's portal is older than 1.20 and asks systemd: {refused}"

    def _has(self, interface: str) -> bool:
        try:
            return self.version(interface) > 0
        except CallError:
            return False

    def introduce(self) -> None:
        """Let the portal know which app this is.

        Raises:
            CallError: it cannot be told; what is asked then comes from nobody that it knows.
        """
        owner = self._bus.owner(NAME)
        if _SANDBOX.exists() or (owner and owner == self._met):
            return
        try:
            self._bus.call(NAME, PATH, _REGISTRY, "Register", "sa{sv}", (self._app_id, {}))
        except CallError:  # it is older than 1.20
            scope.enter(self._bus, self._app_id)
        self._met = self._bus.owner(NAME)

    def tell(self, interface: str, member: str, signature: str, body: Sequence[Any]) -> None:
        """Say something that needs no answer of the user's."""
        self._bus.call(NAME, PATH, interface, member, signature, body)

    def request(
        self, interface: str, member: str, signature: str, body: Sequence[Any]
    ) -> Mapping[str, Any]:
        """Ask; `body` lacks only the options, which end it. Waits for the user.

        Raises:
            CallError: `cancelled`: the user did not agree; `unsupported`; `timeout`.
        """
        with contextlib.suppress(CallError):
            self.introduce()
        token = f"pytron{next(self._serial)}_{token_hex(4)}"
        sender = self._bus.unique_name.lstrip(":").replace(".", "_")
        path = f"{PATH}/request/{sender}/{token}"
        answer: Future[Sequence[Any]] = Future()
        heard = answer.set_result

        def gone(body: Sequence[Any]) -> None:
            if body[1] and not answer.done():  # one that begins has had no owner
                text = f"the desktop's portal ended before it answered {member}; ask once more"
                answer.set_exception(CallError(text, code="unsupported"))

        # Before the question, for the answer may be there at once.
        self._bus.listen(heard, sender=NAME, interface=REQUEST, member="Response", path=path)
        self._bus.listen(gone, arg0=NAME, **OWNER_CHANGED)
        try:
            given = (*body[:-1], {"handle_token": ("s", token), **body[-1]})
            self._bus.call(NAME, PATH, interface, member, signature, given)
            code, results = answer.result(PATIENCE_S)
        except LateError as error:
            raise CallError(f"nobody answered {member} of the portal", code="timeout") from error
        finally:
            self._bus.forget(heard)
            self._bus.forget(gone)
        if code == _AGREED:
            return {name: value[1] for name, value in results.items()}
        if code == _DISMISSED:
            raise CallError("the user did not agree", code="cancelled")
        raise CallError(f"the portal ended {member} with {code}", code="unsupported")
