"""Files that the user drops on a page: real paths, for Python and the page in one event."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, TypedDict

from pytron.dispatcher.event import Event
from pytron.services.service import Service


class DroppedFile(TypedDict):
    """A file or folder that was dropped.

    Attributes:
        path: where it is.
        name: the last part of that.
        size: in bytes; None when it cannot be told.
        folder: whether it is one.
    """

    path: Path
    name: str
    size: int | None
    folder: bool


class FilesDropped(TypedDict):
    """Files were dropped on the page.

    Attributes:
        x: where in the page.
        y: the same downwards.
        element: the `id` of the element there, or of the nearest around it that has one.
        files: what was dropped.
    """

    x: float
    y: float
    element: str | None
    files: list[DroppedFile]


class FilesOver(TypedDict):
    """Files are dragged over the page.

    Attributes:
        x: where in the page.
        y: the same downwards.
        inside: False: they have left it.
    """

    x: float
    y: float
    inside: bool


class Drops(Service):
    """What is dropped comes as `files.dropped`, to Python's handlers and to the window's page.

    `files.over` tells the page where files hover.
    """

    name: ClassVar[str] = "drops"
    events: ClassVar[Mapping[str, type[Any]]] = {
        "files.dropped": FilesDropped,
        "files.over": FilesOver,
    }

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
        dropped = {**place, "element": data.get("element"), "files": found}
        window.emit("files.dropped", dropped)
        runtime.tell(Event("files.dropped", dropped, window.label))
        return False


def _described(path: Path) -> dict[str, Any]:
    try:
        size = path.stat().st_size
    except OSError:
        size = None
    return {"path": path, "name": path.name, "size": size, "folder": path.is_dir()}
