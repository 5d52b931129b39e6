"""How macOS starts the app. Schemes and files stand in the bundle. Only type-checked."""

from __future__ import annotations

import plistlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pytron.errors import CallError
from pytron.packaged import is_packaged

if TYPE_CHECKING:
    from pytron.services import Services

_BUNDLE = "on macOS an app says in its bundle what it opens: package it with its schemes and files"


def can(feature: str) -> tuple[bool, str]:
    """Autostart only."""
    if feature.startswith("autostart"):
        return True, "a launch agent"
    return False, _BUNDLE


def register_scheme(app: Services, scheme: str, command: Sequence[str]) -> None:
    """Not without a bundle."""
    del app, scheme, command
    raise CallError(_BUNDLE, code="unsupported")


def register_files(
    app: Services, extensions: Sequence[str], mime: str, name: str, command: Sequence[str]
) -> None:
    """Not without a bundle."""
    del app, extensions, mime, name, command
    raise CallError(_BUNDLE, code="unsupported")


def can_launch(app: Services) -> tuple[bool, str]:
    """A bundle is started for its notifications."""
    del app
    if is_packaged():
        return True, "the notification centre starts the bundle"
    return False, "on macOS a click starts apps in a bundle only: package it"


def launches(app: Services) -> bool:
    """Every bundle."""
    return can_launch(app)[0]


def register_launch(app: Services, command: Sequence[str]) -> None:
    """The system knows."""
    del app, command


def unregister_launch(app: Services) -> None:
    """Not as long as there is the bundle."""
    del app


def unregister(app: Services) -> None:
    """Not without a bundle."""
    del app
    raise CallError(_BUNDLE, code="unsupported")


def _agent(app: Services) -> Path:
    return Path.home() / "Library" / "LaunchAgents" / f"{app.id}.plist"


def autostart(app: Services, command: Sequence[str] | None) -> None:
    """Start with the session, or no longer."""
    path = _agent(app)
    if command is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    agent = {"Label": app.id, "ProgramArguments": list(command), "RunAtLoad": True}
    path.write_bytes(plistlib.dumps(agent))


def autostarts(app: Services) -> bool:
    """Whether it starts with the session."""
    return _agent(app).exists()
