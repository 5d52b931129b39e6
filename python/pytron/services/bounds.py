"""Where windows were when they closed, for the next time: `remember=True`."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from threading import Lock, Timer
from typing import Any, ClassVar, TypedDict, cast

from pytron.answer import Answer
from pytron.dispatcher.event import Event
from pytron.errors import PytronError
from pytron.options import WindowOptions
from pytron.platforms import apps_folder
from pytron.services.fitting import arrangement, fit
from pytron.services.service import Service
from pytron.services.system import Screen
from pytron.window import Bounds as Rectangle

_log = logging.getLogger(__name__)
#: A window that is moved tells of it sixty times a second; what it comes to is of interest.
_SETTLED_S = 0.3
#: Desks that a window is remembered on: each has its own screens.
_DESKS = 8
_SIDES = ("x", "y", "width", "height")
#: After these a window may stand elsewhere. `closing` comes while it can still be asked.
_CHANGES = ("resized", "moved", "state", "closing")


class Kept(TypedDict, total=False):
    """How a window stood. Without `x` and `y` where nobody tells, as under Wayland."""

    x: float
    y: float
    width: float
    height: float
    maximized: bool


class Bounds(Service):
    """Keeps the bounds of windows by their labels, in a file of the app's data folder.

    For each arrangement of screens they are others: at the desk a window comes back to the large
    screen, and on the way to where it was on the small one.
    """

    name: ClassVar[str] = "bounds"

    def begin(self) -> None:
        """Read what was kept."""
        self._lock = Lock()
        self._saving = Lock()
        self._path = apps_folder() / self._desk.app.id / "windows.json"
        #: Label → arrangement → how it stood there; the last one is the latest.
        self._kept = _read(self._path)
        self._watched: set[str] = set()
        #: What windows that nobody has looked at since told of themselves: the app may end first.
        self._told: dict[str, Kept] = {}
        self._apart = set[str]()  # windows that are maximized, minimized or full screen
        self._there: dict[str, str] = {}  # the arrangement that a window was last seen on
        self._timers: dict[str, Timer] = {}
        self._ended = self._unsaved = self._complained = False
        self._desk.app.on("window.opened", self._opened)
        for event in _CHANGES:
            self._desk.app.on(f"window.{event}", self._changed)

    def restore(self, label: str, options: WindowOptions) -> WindowOptions:
        """Options with the bounds that the window had last."""
        self._watched.add(label)
        with self._lock:
            last = list(self._kept.get(label, {}).values())[-1:]
        kept: Kept = last[0] if last else {}
        return cast("WindowOptions", {**options, **kept})

    def close(self) -> None:
        """The app ends: whatever is still to be written down is."""
        with self._lock:
            self._ended = True
            timers, self._timers = list(self._timers.values()), {}
            for label in self._told.keys() & self._there.keys() - self._apart:
                desks, desk = self._kept.setdefault(label, {}), self._there[label]
                desks[desk] = {**desks.pop(desk, {}), **self._told[label], "maximized": False}
                self._unsaved = True
        for timer in timers:
            timer.cancel()
        self._save()

    def _opened(self, event: Event[Any]) -> None:
        """Put a window where it was on these screens; one that nobody would see, elsewhere."""
        label = event.window
        if label not in self._watched:
            return
        runtime = self._desk.runtime("bounds")
        window = runtime.window(label)
        answer: Answer[list[Screen]] = runtime.query(window.id, "screens")

        def known() -> None:
            screens = _given(answer)
            if not screens:
                return
            with self._lock:
                self._there[label] = arrangement(screens)
                there = self._kept.get(label, {})
                opened: Kept = list(there.values())[-1] if there else {}
                wanted = fit(there.get(arrangement(screens), opened), screens)
            if wanted != opened:
                window.set(**wanted)

        answer.when_done(known)

    def _changed(self, event: Event[Any]) -> None:
        label = event.window
        if label not in self._watched:
            return
        if event.name == "closing":
            self._look(label)
            return
        timer = Timer(_SETTLED_S, self._look, [label])
        timer.daemon = True
        with self._lock:
            if self._ended:
                return
            self._hear(event)
            before = self._timers.pop(label, None)
            self._timers[label] = timer
        if before is not None:
            before.cancel()
        timer.start()

    def _hear(self, event: Event[Any]) -> None:
        """What the event itself says, as far as it goes."""
        label, data = str(event.window), cast("Mapping[str, Any]", event.data)
        if event.name != "state":
            told = {side: data[side] for side in _SIDES if side in data}
            self._told[label] = cast("Kept", {**self._told.get(label, {}), **told})
        elif data["maximized"] or data["minimized"] or data["fullscreen"]:
            self._apart.add(label)
        else:
            self._apart.discard(label)

    def _look(self, label: str) -> None:
        """Ask the window how it stands. The answers come in the order of the questions."""
        with self._lock:
            self._told.pop(label, None)
        try:
            runtime = self._desk.runtime("bounds")
            number = runtime.window(label).id
        except PytronError:
            return  # it has closed meanwhile, and was asked before that
        state, bounds, screens = (
            runtime.query(number, what) for what in ("state", "bounds", "screens")
        )
        screens.when_done(partial(self._stands, label, state, bounds, screens))

    def _stands(
        self, label: str, state: Answer[Any], bounds: Answer[Any], screens: Answer[Any]
    ) -> None:
        how: Mapping[str, bool] | None = _given(state)
        place: Rectangle | None = _given(bounds)
        there: list[Screen] | None = _given(screens)
        if how is None or place is None or not there:
            return
        if how["minimized"] or how["fullscreen"] or not how["visible"]:
            return  # it comes back to what it was before
        with self._lock:
            self._there[label] = arrangement(there)
            desks = self._kept.setdefault(label, {})
            kept = desks.pop(self._there[label], {})
            if how["maximized"]:
                kept["maximized"] = True  # its bounds are to be those before
            else:
                kept = Kept(maximized=False, **place)
            desks[self._there[label]] = kept
            for oldest in list(desks)[:-_DESKS]:
                del desks[oldest]
            self._unsaved = True
        # At once, as an app may be killed; on another thread, as this one brings answers.
        self._desk.run("bounds", self._save)

    def _save(self) -> None:
        with self._saving:
            with self._lock:
                unsaved, self._unsaved = self._unsaved, False
                text = json.dumps(self._kept)
            if not unsaved:
                return
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                part = self._path.with_suffix(".part")
                part.write_text(text, "utf-8")
                part.replace(self._path)
            except OSError as error:
                # Once: windows are moved all the time.
                level = logging.DEBUG if self._complained else logging.WARNING
                self._complained = True
                _log.log(level, "the windows' bounds were not kept: %s", error)


def _given(answer: Answer[Any]) -> Any:
    """What came, on the thread that brings it; None when it was an error."""
    try:
        return answer.result(0)
    except PytronError as error:
        _log.info("a window's bounds are not known: %s", error)
        return None


def _read(path: Path) -> dict[str, dict[str, Kept]]:
    """What was kept; whatever else may stand in the file is left out."""
    try:
        found: Any = json.loads(path.read_text("utf-8"))
        return {
            str(label): {str(desk): _checked(kept) for desk, kept in desks.items()}
            for label, desks in found.items()
        }
    except (OSError, ValueError, AttributeError):
        return {}


def _checked(found: Mapping[str, Any]) -> Kept:
    kept = {
        key: value
        for key, value in found.items()
        if (key in _SIDES and type(value) in (int, float) and abs(value) < 1e5)
        or (key == "maximized" and isinstance(value, bool))
    }
    return cast("Kept", kept)
