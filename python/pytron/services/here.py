"""What of the services differs between systems, for the one this is: a folder of each name."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast

from pytron.platforms import SYSTEM

#: Services that this system offers beside its window system → who asks for them.
PROVIDERS: Mapping[str, str] = {
    "linux": {
        "badge": "pytron.services.linux.badge.Badge",
        "instance": "pytron.services.linux.activation.Activation",
        "notifications": "pytron.services.linux.notifications.Notifications",
        "opener": "pytron.services.linux.revealing.Revealing",
        "shortcuts": "pytron.services.linux.shortcuts.Shortcuts",
        "system": "pytron.services.linux.system.System",
        "tray": "pytron.services.linux.tray.Tray",
    },
    "macos": {"system": "pytron.services.macos.system.System"},
    "windows": {"system": "pytron.services.windows.system.System"},
}[SYSTEM]


class Opening(Protocol):
    """Opens things by other programs; raises a `CallError` when none took it."""

    def open_url(self, url: str) -> None:
        """Open an address that has been checked."""
        ...

    def open_path(self, path: Path) -> None:
        """Open a file or folder that is there."""
        ...

    def reveal_path(self, path: Path) -> None:
        """Show a file in its folder."""
        ...

    def can_open(self) -> tuple[bool, str]:
        """Whether it works, and why."""
        ...


def part(name: str) -> Any:
    """This system's module of that name; imported at first use."""
    return import_module(f"pytron.services.{SYSTEM}.{name}")


def opening() -> Opening:
    """How things are opened here."""
    return cast("Opening", part("opening"))
