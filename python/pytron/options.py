"""What a window can be opened with, and what that is called on the wire.

Source: spec/view.md, section 3.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from pytron.errors import ConfigError
from pytron.near import meant

#: Python's names of window options → those of spec/view.md, section 3.
OPTIONS = {
    "title": "title",
    "width": "width",
    "height": "height",
    "x": "x",
    "y": "y",
    "min_width": "minwidth",
    "min_height": "minheight",
    "max_width": "maxwidth",
    "max_height": "maxheight",
    "resizable": "resizable",
    "visible": "visible",
    "frameless": "decorations",
    "transparent": "transparent",
    "always_on_top": "ontop",
    "fullscreen": "fullscreen",
    "maximized": "maximized",
    "minimized": "minimized",
    "zoom": "zoom",
    "devtools": "devtools",
    "background": "background",
    "theme": "theme",
    "spellcheck": "spellcheck",
    "context_menu": "contextmenu",
    "backdrop": "backdrop",
}
#: What the windows of every desktop do, by the names of options and methods, as `app.can` asks.
#: What depends on the system or the engine is not in it: that is asked of them.
FRAMED = frozenset(
    f"window.{name}"
    for name in (
        *(OPTIONS.keys() - {"x", "y", "always_on_top", "spellcheck", "backdrop"}),
        *("kiosk", "resize", "show", "hide", "focus", "minimize", "maximize", "restore"),
        *("navigate", "reload", "close", "closing", "status", "bounds", "url", "screenshot"),
    )
)
#: The same, but for Wayland's compositors, which place windows themselves.
PLACED = frozenset({"window.move", "window.always_on_top"})
#: What options that name something can have.
_CHOICES: dict[str, Sequence[object]] = {
    "theme": ("light", "dark", None),
    "context_menu": ("default", "edit", "none"),
    "backdrop": ("mica", "acrylic", "vibrancy", None),
}
#: Sizes and factors → the least and the most; window systems keep sizes in 16 bits.
_RANGES: dict[str, tuple[float, float]] = {
    **dict.fromkeys(("width", "height", "min_width", "min_height"), (1, 32_767)),
    **dict.fromkeys(("max_width", "max_height"), (1, 32_767)),
    **dict.fromkeys(("x", "y"), (-32_767, 32_767)),
    "zoom": (0.1, 10),
}
_COLOUR = "#[0-9a-fA-F]{6}"
_MAY_BE_NONE = frozenset({"x", "y", "min_width", "min_height", "max_width", "max_height"})
#: Options that the engine is not told of: the kit itself keeps to them.
_KEPT = frozenset({"allow", "remember"})


class WindowOptions(TypedDict, total=False):
    """What a window can be opened with. Sizes and positions are logical pixels."""

    title: str
    width: float
    height: float
    x: float | None
    y: float | None
    min_width: float | None
    min_height: float | None
    max_width: float | None
    max_height: float | None
    resizable: bool
    visible: bool
    frameless: bool
    transparent: bool
    always_on_top: bool
    fullscreen: bool
    maximized: bool
    minimized: bool
    zoom: float
    devtools: bool
    background: str | None
    theme: str | None
    spellcheck: bool | Sequence[str]
    context_menu: str
    backdrop: str | None
    kiosk: bool
    remember: bool
    allow: Sequence[str] | None


def to_wire(options: Mapping[str, Any]) -> dict[str, object]:
    """Window options under their names on the wire.

    Raises:
        ConfigError: an unknown option; names near ones. Or a value that it cannot have.
    """
    wire: dict[str, object] = {}
    for name, value in options.items():
        if name in _KEPT:
            continue
        if name == "kiosk":  # the whole screen, and nothing else on it
            wire.update(fullscreen=value, decorations=not value, ontop=value)
            continue
        if name not in OPTIONS:
            known = [*OPTIONS, "kiosk", *sorted(_KEPT)]
            raise ConfigError(f"a window has no option {name!r}; {meant(name, known)}")
        wire[OPTIONS[name]] = _value(name, value)
    _check_limits(options)
    return wire


def _value(name: str, value: Any) -> object:
    """What an option's value is on the wire."""
    choices = _CHOICES.get(name)
    if choices is not None and value not in choices:
        known = ", ".join(repr(choice) for choice in choices)
        raise ConfigError(f"{name}={value!r} is none of {known}")
    if name in _RANGES and not (value is None and name in _MAY_BE_NONE):
        _check_number(name, value)
    if name == "background" and value is not None and not re.fullmatch(_COLOUR, str(value)):
        raise ConfigError(f"background={value!r} is no colour; write it as '#rrggbb'")
    if name == "frameless":
        return not value
    return _languages(value) if name == "spellcheck" else value


def _languages(value: Any) -> list[str] | None:
    if isinstance(value, str):
        raise ConfigError(f"spellcheck={value!r} is one text; give a list: [{value!r}]")
    return ([] if value else None) if isinstance(value, bool) else list(value)


def _check_number(name: str, value: object) -> None:
    least, most = _RANGES[name]
    if not isinstance(value, (int, float)) or not least <= value <= most:
        raise ConfigError(f"{name}={value!r} is no number from {least:g} to {most:g}")


def _check_limits(options: Mapping[str, Any]) -> None:
    """A window that must be larger than it may be opens somehow, and nobody knows how."""
    for side in ("width", "height"):
        least, most = options.get(f"min_{side}"), options.get(f"max_{side}")
        if least is not None and most is not None and least > most:
            raise ConfigError(f"min_{side}={least:g} is more than max_{side}={most:g}")
