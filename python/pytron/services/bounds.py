"""Where windows were when they closed, for the next time: `remember=True`."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar, cast

from pytron.dispatcher.event import Event
from pytron.platforms import apps_folder
from pytron.services.service import Service
from pytron.window import WindowOptions

_log = logging.getLogger(__name__)
_SIDES = ("x", "y", "width", "height")


class Bounds(Service):
    """Keeps the bounds of windows by their labels, in a file of the app's data folder."""

    name: ClassVar[str] = "bounds"

    def begin(self) -> None:
        """Read what was kept."""
        self._lock = Lock()
        self._path = apps_folder() / self._desk.app.id / "windows.json"
        self._kept = _read(self._path)
        self._watched: set[str] = set()
        for event in ("resized", "moved", "state", "loaded"):
            self._desk.app.on(f"window.{event}", self._changed)

    def restore(self, label: str, options: WindowOptions) -> WindowOptions:
        """Options with the bounds that the window had last."""
        self._watched.add(label)
        kept = self._kept.get(label)
        return cast("WindowOptions", {**options, **kept}) if kept else options

    def close(self) -> None:
        """Write them down."""
        with self._lock:
            text = json.dumps(self._kept)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            part = self._path.with_suffix(".part")
            part.write_text(text, "utf-8")
            part.replace(self._path)
        except OSError as error:
            _log.warning("the windows' bounds were not kept: %s", error)

    def _changed(self, event: Event[Any]) -> None:
        label = event.window
        if label not in self._watched:
            return
        data: Mapping[str, Any] = event.data
        if event.name == "loaded":
            self._bring_back(label)
            return
        with self._lock:
            kept = self._kept.setdefault(label, {})
            if event.name == "state":
                kept["maximized"] = bool(data["maximized"])
            elif not kept.get("maximized"):  # the bounds to come back to are those before
                kept.update({side: data[side] for side in _SIDES if side in data})

    def _bring_back(self, label: str) -> None:
        """Move a window that would be on a screen that is no more."""
        runtime = self._desk.runtime("bounds")
        window = runtime.window(label)
        answer = runtime.query(window.id, "screens")

        def look() -> None:
            try:
                screens: list[Mapping[str, float]] = answer.result(0)
            except Exception as error:  # noqa: BLE001 - without screens it stays where it is
                _log.info("the screens are not known: %s", error)
                return
            kept = self._kept.get(label, {})
            if "x" in kept and screens and not any(_shows(screen, kept) for screen in screens):
                window.move(screens[0]["x"] + 40, screens[0]["y"] + 40)

        answer.when_done(look)


def _shows(screen: Mapping[str, float], kept: Mapping[str, float]) -> bool:
    """Whether the middle of the title bar is on a screen."""
    middle = kept["x"] + kept.get("width", 0) / 2
    inside_x = screen["x"] <= middle < screen["x"] + screen["width"]
    return inside_x and screen["y"] <= kept["y"] + 10 < screen["y"] + screen["height"]


def _read(path: Path) -> dict[str, dict[str, Any]]:
    try:
        found: Any = json.loads(path.read_text("utf-8"))
        return {
            str(label): {
                key: value
                for key, value in bounds.items()
                if (key in _SIDES and isinstance(value, (int, float)) and abs(value) < 1e5)
                or (key == "maximized" and isinstance(value, bool))
            }
            for label, bounds in found.items()
        }
    except (OSError, ValueError, AttributeError):
        return {}
