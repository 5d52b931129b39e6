"""Showing a file selected in the file manager.

Source: <https://www.freedesktop.org/wiki/Specifications/file-manager-interface/>
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pytron.answer import Answer
from pytron.engine import Capability
from pytron.services.desk import Desk
from pytron.services.linux.bus import Bus
from pytron.services.service import Provider

FILES = "org.freedesktop.FileManager1"
PATH = "/org/freedesktop/FileManager1"


class Revealing(Provider):
    """Asks the file manager of the desktop."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._bus = Bus()

    def can(self, feature: str) -> Capability | None:
        """Without one the folder is opened, so this is not for it to say."""
        del feature

    def ask(self, name: str, window: int | None, args: Mapping[str, Any]) -> Answer[Any] | None:
        """Reveal; all else is done by other means."""
        del window
        if name != "opener.reveal":
            return None
        body = ([Path(args["path"]).as_uri()], "")
        return self._desk.run(
            name, lambda: self._bus.call(FILES, PATH, FILES, "ShowItems", "ass", body)
        )

    def close(self) -> None:
        """Leave the bus."""
        self._bus.close()
