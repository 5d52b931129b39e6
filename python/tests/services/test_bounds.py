"""Bounds that are remembered: on which screens, where there is room, and what does not count."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from pytron import App, Event
from pytron.engine import Happening
from pytron.services.bounds import Bounds
from pytron.services.fitting import arrangement, fit
from pytron.services.system import Screen
from pytron.testing import TestClient
from waiting import Gate, until


def screen(x: float, y: float, width: float, height: float, *, primary: bool = False) -> Screen:
    name = f"{width}"
    return Screen(name=name, x=x, y=y, width=width, height=height, scale=1, primary=primary)


LAPTOP = screen(0, 0, 1280, 800, primary=True)
LARGE = screen(1280, -200, 2560, 1440)


# --- where there is room ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kept", "screens", "fits"),
    [
        ((1400, 0, 900, 600), [LAPTOP, LARGE], (1400, 0, 900, 600)),
        ((1400, 0, 900, 600), [LAPTOP], (380, 0, 900, 600)),
        ((1400, 0, 2500, 1300), [LAPTOP], (0, 0, 1280, 800)),
        ((1200, 300, 900, 600), [LAPTOP, LARGE], (1200, 300, 900, 600)),  # across both
        ((-850, 100, 900, 600), [LAPTOP], (0, 100, 900, 600)),  # too little to take hold of
        ((300, 790, 900, 600), [LAPTOP], (300, 200, 900, 600)),  # its title bar is below
        ((300, -40, 900, 600), [LAPTOP], (300, 0, 900, 600)),  # and here above
        ((9000, 9000, 40, 40), [LAPTOP, LARGE], (3800, 1200, 40, 40)),  # the nearest screen
    ],
)
def test_a_window_fits_on_a_screen_that_is_there(
    kept: tuple[float, ...], screens: list[Screen], fits: tuple[float, ...]
) -> None:
    sides = ("x", "y", "width", "height")
    found = fit(dict(zip(sides, kept, strict=True)), screens)  # type: ignore[arg-type]
    assert tuple(found[side] for side in sides) == fits  # type: ignore[literal-required]


def test_where_positions_are_unknown_only_the_size_is_made_to_fit() -> None:
    assert fit({"width": 5000, "height": 300}, [LARGE, LAPTOP]) == {"width": 1280, "height": 300}


# --- a life of windows --------------------------------------------------------------------------


class Room:
    """An app with a window that remembers, screens around it, and what it has written down."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("pytron.services.bounds.apps_folder", lambda: folder)
        monkeypatch.setattr("pytron.services.bounds._SETTLED_S", 0)
        self._monkeypatch = monkeypatch
        self.screens = [LAPTOP]
        self.looked_at_full_screen = Gate()
        self.file = folder / "dev.pytron.room" / "windows.json"

    def live(self, then: Callable[[TestClient], object]) -> None:
        """One start of the app."""
        app: App[Any] = App(
            "Room", app_id="dev.pytron.room", ephemeral=True, remember=True, width=500
        )
        client = TestClient(app)
        queried = client.engine._query  # pyright: ignore[reportPrivateUsage]

        def query(window: int, message: Mapping[str, Any]) -> None:
            if message["what"] == "screens":  # the last question of a look
                if client.engine.windows[window].get("fullscreen"):
                    self.looked_at_full_screen.set()
                fields = {"id": message["id"], "value": self.screens}
                client.engine.happen(Happening("answer", 0, fields))
            else:
                queried(window, message)

        self._monkeypatch.setattr(client.engine, "_query", query)
        with client as page:
            then(page)

    def kept(self) -> Any:
        """What stands in the file for the screens that are there."""
        try:
            return json.loads(self.file.read_text("utf-8"))["main"].get(arrangement(self.screens))
        except OSError:
            return None

    def put(self, x: float, y: float, width: float) -> Callable[[TestClient], None]:
        """Move the window, and wait until that is written down: nothing waits for the end."""

        def then(page: TestClient) -> None:
            page.app.window("main").set(x=x, y=y, width=width)
            until(
                lambda: (
                    self.kept()
                    == {"maximized": False, "x": x, "y": y, "width": width, "height": 600}
                )
            )

        return then


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    return Room(tmp_path, monkeypatch)


def shown(page: TestClient) -> Mapping[str, Any]:
    return page.engine.windows[page.app.window("main").id]


def test_each_arrangement_of_screens_has_its_own_bounds(room: Room) -> None:
    room.live(room.put(100, 50, 700))
    room.screens = [LAPTOP, LARGE]
    room.live(room.put(1500, 20, 2000))
    room.screens = [LAPTOP]
    room.live(lambda page: until(lambda: (shown(page)["x"], shown(page)["width"]) == (100, 700)))
    room.screens = [LAPTOP, LARGE]
    room.live(lambda page: until(lambda: (shown(page)["x"], shown(page)["width"]) == (1500, 2000)))


def test_full_screen_and_maximized_leave_the_bounds_before_them(room: Room) -> None:
    def live(page: TestClient) -> None:
        room.put(100, 50, 700)(page)
        window = page.app.window("main")
        window.set(fullscreen=True, x=0, y=0, width=1280)
        room.looked_at_full_screen.pass_through()
        window.fullscreen(False)
        window.set(maximized=True, x=0, y=0, width=1280)
        until(lambda: room.kept()["maximized"])

    room.live(live)
    assert room.kept() == {"maximized": True, "x": 100, "y": 50, "width": 700, "height": 600}
    room.live(lambda page: until(lambda: shown(page)["maximized"] and shown(page)["width"] == 700))


def test_what_changed_just_before_the_end_is_kept(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.live(room.put(100, 50, 700))
    monkeypatch.setattr("pytron.services.bounds._SETTLED_S", 3600)
    heard: dict[str, Gate] = {"resized": Gate(), "state": Gate()}
    hears = Bounds._hear  # pyright: ignore[reportPrivateUsage]

    def hear(self: Bounds, event: Event[Any]) -> None:
        hears(self, event)
        heard[event.name].set()

    monkeypatch.setattr(Bounds, "_hear", hear)

    def resize(page: TestClient) -> None:
        page.app.window("main").resize(640, 410)
        heard["resized"].pass_through()

    room.live(resize)
    assert room.kept() == {"maximized": False, "x": 100, "y": 50, "width": 640, "height": 410}

    def fill(page: TestClient) -> None:
        page.app.window("main").set(fullscreen=True, width=1280)
        heard["state"].pass_through()

    heard["state"].clear()
    room.live(fill)
    assert room.kept()["width"] == 640


def test_a_file_that_holds_something_else_is_as_good_as_none(room: Room) -> None:
    def opens_as_the_app_says(page: TestClient) -> None:
        assert shown(page)["width"] == 500
        assert "x" not in shown(page)

    wrong = {"main": {arrangement(room.screens): {"width": "wide", "x": None, "z": 1}}}
    room.file.parent.mkdir()
    for text in ("[]", "{", '{"main": 3}', json.dumps(wrong)):
        room.file.write_text(text, "utf-8")
        room.live(opens_as_the_app_says)


def test_a_folder_that_cannot_be_written_is_said_once_and_nothing_else(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    room.file.parent.write_text("a file where the folder would be")

    def live(page: TestClient) -> None:
        page.app.window("main").resize(640, 410)
        until(lambda: "the windows' bounds were not kept" in caplog.text)
        page.app.window("main").resize(650, 410)

    room.live(live)
    assert caplog.text.count("the windows' bounds were not kept") == 1
