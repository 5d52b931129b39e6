"""Files that the user drops on a page: real paths, for Python and the page in one event."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from pytron.dispatcher.event import Event
from pytron.services.service import Service


class Drops(Service):
    """What is dropped comes as `files.dropped`, to Python's handlers and to the window's page.

    Its data: `x` and `y` in the page, and `files`, each with `path`, `name`, `size` and `folder`.
    `files.over` (`x`, `y`, `inside`) tells the page where files hover.
    """

    name: ClassVar[str] = "drops"

    def begin(self) -> None:
        """Hear of them."""
        self._desk.hear("drop", self._dropped)

    def _dropped(self, data: Mapping[str, Any]) -> bool:
        runtime = self._desk.runtime("drops")
        window = next((one for one in runtime.windows if one.id == data["window"]), None)
        if window is None:
            return False
        place = {"x": data["x"], "y": data["y"]}
        if data["phase"] != "drop":
            window.emit("files.over", {**place, "inside": data["phase"] != "leave"})
            return False
        found = [_described(Path(path)) for path in data.get("paths", ())]
        dropped = {**place, "files": found}
        window.emit("files.dropped", dropped)
        runtime.tell(Event("files.dropped", dropped, window.label))
        return False


def _described(path: Path) -> dict[str, Any]:
    try:
        size = path.stat().st_size
    except OSError:
        size = None
    return {"path": str(path), "name": path.name, "size": size, "folder": path.is_dir()}
