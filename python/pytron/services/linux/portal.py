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
from typing import Any

from pytron.errors import CallError
from pytron.services.linux.bus import Bus

NAME = "org.freedesktop.portal.Desktop"
PATH = "/org/freedesktop/portal/desktop"
REQUEST = "org.freedesktop.portal.Request"
_REGISTRY = "org.freedesktop.host.portal.Registry"
#: How long a user may think.
PATIENCE_S = 300.0
_AGREED, _DISMISSED = 0, 1


class Portal:
    """The portal as one app sees it."""

    def __init__(self, bus: Bus, app_id: str) -> None:
        self._bus = bus
        self._app_id = app_id
        self._serial = count(1)
        self._met = False

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

    def knows_programs(self) -> bool:
        """Whether it learns which app this is: in a Flatpak, or by being told since 1.20."""
        if Path("/.flatpak-info").exists():
            return True
        try:
            return self.version(_REGISTRY) > 0
        except CallError:
            return False

    def tell(self, interface: str, member: str, signature: str, body: Sequence[Any]) -> None:
        """Say something that needs no answer of the user's."""
        self._meet()
        self._bus.call(NAME, PATH, interface, member, signature, body)

    def request(
        self, interface: str, member: str, signature: str, body: Sequence[Any]
    ) -> Mapping[str, Any]:
        """Ask; `body` lacks only the options, which end it. Waits for the user.

        Raises:
            CallError: `cancelled`: the user did not agree; `unsupported`; `timeout`.
        """
        self._meet()
        token = f"pytron{next(self._serial)}_{token_hex(4)}"
        sender = self._bus.unique_name.lstrip(":").replace(".", "_")
        path = f"{PATH}/request/{sender}/{token}"
        answer: Future[Sequence[Any]] = Future()
        heard = answer.set_result
        # Before the question, for the answer may be there at once.
        self._bus.listen(heard, sender=NAME, interface=REQUEST, member="Response", path=path)
        try:
            given = (*body[:-1], {"handle_token": ("s", token), **body[-1]})
            self._bus.call(NAME, PATH, interface, member, signature, given)
            code, results = answer.result(PATIENCE_S)
        except LateError as error:
            raise CallError(f"nobody answered {member} of the portal", code="timeout") from error
        finally:
            self._bus.forget(heard)
        if code == _AGREED:
            return {name: value[1] for name, value in results.items()}
        if code == _DISMISSED:
            raise CallError("the user did not agree", code="cancelled")
        raise CallError(f"the portal ended {member} with {code}", code="unsupported")

    def _meet(self) -> None:
        if self._met:
            return
        # Outside of a sandbox the portal learns only so who asks; older ones have it not.
        with contextlib.suppress(CallError):
            self._bus.call(NAME, PATH, _REGISTRY, "Register", "sa{sv}", (self._app_id, {}))
        self._met = True
