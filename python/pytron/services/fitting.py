"""Where a window fits on the screens that are there. All in logical pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytron.services.bounds import Kept
    from pytron.services.system import Screen

#: So much of a title bar must be on a screen for the user to take hold of it.
_HOLD_WIDTH, _HOLD_HEIGHT = 100, 24


def arrangement(screens: Sequence[Screen]) -> str:
    """A name for these screens as they stand to each other."""
    return " ".join(sorted(
        f"{screen['width']:g}x{screen['height']:g}{screen['x']:+g}{screen['y']:+g}@{screen['scale']:g}"
        for screen in screens
    ))  # fmt: skip


def fit(kept: Kept, screens: Sequence[Screen]) -> Kept:
    """Bounds that are not larger than the window's screen, and that can be taken hold of there."""
    if "x" not in kept or "y" not in kept:
        screen = next((one for one in screens if one["primary"]), screens[0])
        return _no_larger(kept, screen)
    screen = max(screens, key=lambda one: _nearness(kept, one))
    fitting = _no_larger(kept, screen)
    if _can_be_held(fitting, screens):
        return fitting
    right = screen["x"] + screen["width"] - fitting.get("width", 0)
    bottom = screen["y"] + screen["height"] - fitting.get("height", 0)
    x = max(screen["x"], min(kept["x"], right))
    y = max(screen["y"], min(kept["y"], bottom))
    return {**fitting, "x": x, "y": y}


def _no_larger(kept: Kept, screen: Screen) -> Kept:
    fitting = kept.copy()
    if "width" in kept:
        fitting["width"] = min(kept["width"], screen["width"])
    if "height" in kept:
        fitting["height"] = min(kept["height"], screen["height"])
    return fitting


def _nearness(kept: Kept, screen: Screen) -> tuple[float, float]:
    """The more of the window is on a screen the better; with none of it, the nearer."""
    left, top, right, bottom = _overlap(kept, screen, kept.get("height", 0))
    away = max(0, left - right) + max(0, top - bottom)
    return max(0, right - left) * max(0, bottom - top), -away


def _can_be_held(kept: Kept, screens: Sequence[Screen]) -> bool:
    enough = min(_HOLD_WIDTH, kept.get("width", _HOLD_WIDTH))
    for screen in screens:
        left, top, right, bottom = _overlap(kept, screen, _HOLD_HEIGHT)
        if right - left >= enough and bottom - top >= _HOLD_HEIGHT:
            return True
    return False


def _overlap(kept: Kept, screen: Screen, height: float) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of what window and screen share; the wrong way round if none."""
    x, y = kept.get("x", 0), kept.get("y", 0)
    return (
        max(x, screen["x"]),
        max(y, screen["y"]),
        min(x + kept.get("width", 0), screen["x"] + screen["width"]),
        min(y + height, screen["y"] + screen["height"]),
    )
