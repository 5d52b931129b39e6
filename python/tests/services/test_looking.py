"""The machine's facts where nobody tells of changes. What Windows and macOS say is not run here."""

from __future__ import annotations

from queue import Queue
from typing import Any

import pytest
from pytron import App, CallError
from pytron.services.looking import Facts, Looking
from pytron.services.macos import system as macos
from pytron.services.windows import system as windows
from pytron.testing import TestClient


def test_changes_between_two_looks_are_told_once() -> None:
    app = App("Looking")
    heard: Queue[tuple[str, Any]] = Queue()
    for name in ("power", "network", "accent", "lock", "unlock", "resume"):
        app.on(f"system.{name}", lambda event: heard.put((event.name, event.data)))
    now: dict[str, Any] = {
        "power": {"battery": False, "percent": 90.0},
        "accent": "#112233",
        "locked": False,
    }

    def accent() -> str | None:
        if now["accent"] == "gone":
            raise CallError("nobody knows", code="unsupported")
        return now["accent"]

    facts = Facts(lambda: now["power"], lambda: 1.0, accent, lambda: now["locked"], lambda: "de-DE")
    with TestClient(app):
        looking = Looking(app._desk_of(), facts)
        before = looking.look({}, 0)
        before = looking.look(before, 2)
        now.update(power={"battery": True, "percent": 89.0}, accent="#445566", locked=True)
        before = looking.look(before, 2)
        found = [heard.get(timeout=60) for _ in range(3)]
        assert sorted(found, key=str) == [
            ("system.accent", {"colour": "#445566"}),
            ("system.lock", {}),
            ("system.power", {"battery": True, "percent": 89.0}),
        ]
        now.update(accent="gone", locked=False)
        before = looking.look(before, 3600)
        assert sorted(heard.get(timeout=60)[0] for _ in range(2)) == [
            "system.resume",
            "system.unlock",
        ]
        now["accent"] = "#778899"  # it was not known meanwhile: nobody can say that it changed
        looking.look(before, 2)
        language = looking.ask("system.locale", None, {})
        assert language is not None
        assert language.result(60) == "de-DE"
        assert looking.can("system.idle_s")
    assert heard.empty()


@pytest.mark.parametrize(
    ("line", "battery", "percent", "said"),
    [
        (1, 1, 80, {"battery": False, "percent": 80.0}),
        (0, 2, 20, {"battery": True, "percent": 20.0}),
        (1, 128, 255, {"battery": False, "percent": None}),
        (0, 255, 255, {"battery": True, "percent": None}),
    ],
)
def test_windows_says_how_it_is_powered(
    line: int, battery: int, percent: int, said: dict[str, Any]
) -> None:
    assert windows.power_of(line, battery, percent) == said


def test_windows_says_its_colour() -> None:
    assert windows.colour_of(0xFFD77800) == "#0078d7"


def test_macos_says_how_it_is_powered() -> None:
    battery = (
        "Now drawing from 'Battery Power'\n"
        " -InternalBattery-0 (id=1)\t87%; discharging; 5:12 remaining present: true\n"
    )
    assert macos.power_of(battery) == {"battery": True, "percent": 87.0}
    assert macos.power_of("Now drawing from 'AC Power'\n") == {"battery": False, "percent": None}


def test_macos_says_how_long_nobody_was_there() -> None:
    assert macos.idle_of('    | |   "HIDIdleTime" = 2500000000\n') == 2.5
    with pytest.raises(CallError, match="does not tell"):
        macos.idle_of("")
    assert macos.locked_of('"CGSSessionScreenIsLocked"=Yes')
    assert not macos.locked_of('"kCGSessionOnConsoleKey"=Yes')
    assert macos.colour_of("5\n") == "#a550a7"
    assert macos.colour_of("99") is None
    assert macos.colour_of("x") is None


@pytest.mark.parametrize(
    ("text", "name"),
    [('(\n    "de-DE",\n    "en-GB"\n)\n', "de-DE"), ("(\n    fr\n)\n", "fr"), ("(\n)\n", "en")],
)
def test_macos_says_the_language(text: str, name: str) -> None:
    assert macos.language_of(text) == name
