"""Number and progress on the icon in the dock.

Source: <https://wiki.ubuntu.com/Unity/LauncherAPI#Low_level_DBus_API:_com.canonical.Unity.LauncherEntry>,
which docks of GNOME, KDE Plasma and others follow.
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import Any

from pytron.answer import Answer
from pytron.engine import Capability
from pytron.errors import CallError
from pytron.services.desk import Desk
from pytron.services.linux.bus import Bus
from pytron.services.linux.starting import data_folders
from pytron.services.service import Provider

#: The name that docks take to say that they listen.
DOCK = "com.canonical.Unity"
ENTRY = "com.canonical.Unity.LauncherEntry"
PATH = "/com/canonical/unity/launcherentry/1"
_HIDDEN = {"count-visible": ("b", False), "progress-visible": ("b", False)}


class Badge(Provider):
    """Tells the dock."""

    xml = ""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._bus = Bus()
        self._lock = Lock()
        self._shown: dict[str, tuple[str, Any]] = {}

    def can(self, feature: str) -> Capability | None:
        """Whether a dock listens, and knows the app."""
        del feature
        try:
            self._check_dock()
        except CallError as error:
            return Capability(False, str(error))
        return Capability(True, "the desktop's dock shows it")

    def ask(self, name: str, window: int | None, args: Mapping[str, Any]) -> Answer[Any] | None:
        """Show it."""
        del window
        if name == "badge.count":
            count = int(args["count"])
            shown = {"count": ("x", count), "count-visible": ("b", count > 0)}
        else:
            share = args.get("value")
            shown = {
                "progress": ("d", float(share or 0)),
                "progress-visible": ("b", share is not None),
            }
        return self._desk.run(name, lambda: self._show(shown))

    def close(self) -> None:
        """Take it away: docks keep what an app that has ended left behind."""
        if self._shown:
            self._tell(_HIDDEN)
        self._bus.close()

    def _check_dock(self) -> None:
        if not self._bus.has(DOCK):
            raise CallError(
                "no dock here shows numbers or progress; those of KDE Plasma, Ubuntu and Dash to "
                "Dock do",
                code="unsupported",
            )
        entry = f"{self._desk.app.id}.desktop"
        if not any((folder / "applications" / entry).is_file() for folder in data_folders()):
            raise CallError(
                f"the dock knows no {entry}, by which it finds the app's icon; install the "
                "package, or let links.register_scheme write one",
                code="unsupported",
            )

    def _show(self, shown: Mapping[str, tuple[str, Any]]) -> None:
        self._check_dock()
        with self._lock:
            self._bus.export(PATH, self)
            self._shown.update(shown)
            self._tell(self._shown)

    def _tell(self, shown: Mapping[str, tuple[str, Any]]) -> None:
        uri = f"application://{self._desk.app.id}.desktop"
        self._bus.emit(PATH, ENTRY, "Update", "sa{sv}", (uri, dict(shown)))

    # --- for the dock -----------------------------------------------------------------------------

    def properties(self, interface: str) -> Mapping[str, tuple[str, Any]] | None:
        """None."""
        del interface

    def call(self, interface: str, member: str, body: Any) -> tuple[str, Any] | None:
        """A dock that came later asks what is shown."""
        del body
        if interface not in (ENTRY, "") or member != "Query":
            return None
        uri = f"application://{self._desk.app.id}.desktop"
        return "sa{sv}", (uri, dict(self._shown))
