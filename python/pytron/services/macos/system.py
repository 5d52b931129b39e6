"""The machine's facts on macOS, from its own tools. Only type-checked so far, not run."""

from __future__ import annotations

import re
from typing import Any

from pytron.errors import CallError
from pytron.services.desk import Desk
from pytron.services.looking import Facts, Looking
from pytron.services.programs import run

_REMEDY = "it is a part of macOS"
#: The colours that System Settings offers, by the numbers it keeps.
_COLOURS = {
    -1: "#8c8c8c",
    0: "#ff5257",
    1: "#f7821b",
    2: "#ffc600",
    3: "#62ba46",
    4: "#007aff",
    5: "#a550a7",
    6: "#f74f9e",
}


class System(Looking):
    """Asks the tools that every macOS has."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, Facts(power, idle, accent, locked, language))


def power() -> dict[str, Any]:
    """From the power manager."""
    return power_of(run(["/usr/bin/pmset", "-g", "batt"], remedy=_REMEDY))


def power_of(text: str) -> dict[str, Any]:
    """What `pmset -g batt` says."""
    level = re.search(r"(\d+)%", text)
    return {
        "battery": "'Battery Power'" in text,
        "percent": float(level[1]) if level else None,
    }


def idle() -> float:
    """Since the last key or move."""
    return idle_of(run(["/usr/sbin/ioreg", "-c", "IOHIDSystem", "-d", "4"], remedy=_REMEDY))


def idle_of(text: str) -> float:
    """What the registry of devices says, in nanoseconds."""
    found = re.search(r'"HIDIdleTime"\s*=\s*(\d+)', text)
    if found is None:
        raise CallError("macOS does not tell when the user was here last", code="unsupported")
    return int(found[1]) / 1e9


def accent() -> str | None:
    """None when the user has chosen that each app has its own."""
    try:
        said = run(["/usr/bin/defaults", "read", "-g", "AppleAccentColor"], remedy=_REMEDY)
    except CallError:
        return None  # it is written only once it was chosen
    return colour_of(said)


def colour_of(text: str) -> str | None:
    """The colour of a number."""
    try:
        return _COLOURS.get(int(text))
    except ValueError:
        return None


def locked() -> bool:
    """Whether the screen is locked."""
    return locked_of(run(["/usr/sbin/ioreg", "-n", "Root", "-d", "1"], remedy=_REMEDY))


def locked_of(text: str) -> bool:
    """What the registry of devices says of the session; nothing when it is not locked."""
    return re.search(r'"CGSSessionScreenIsLocked"\s*=\s*Yes', text) is not None


def language() -> str:
    """The first of the languages that the user wants programs in."""
    return language_of(run(["/usr/bin/defaults", "read", "-g", "AppleLanguages"], remedy=_REMEDY))


def language_of(text: str) -> str:
    """What `defaults` says: a list in parentheses, quoted where a name has a hyphen."""
    found = re.search(r"[A-Za-z][\w-]*", text)
    return found[0].replace("_", "-") if found else "en"
