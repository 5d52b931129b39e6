"""Landscapes to look at, drawn as SVG: hills, a sun, and the light of an hour of the day."""

import math
import random
from pathlib import Path

_HOURS = {
    "Dawn": ("#f8d7c4", "#f2a48c", "#7f5f83", 0.46),
    "Morning": ("#dff1f7", "#9ed2e0", "#3f7f83", 0.34),
    "Noon": ("#eaf6ff", "#8fc7f2", "#3d8a5f", 0.2),
    "Heat": ("#fff0cf", "#f4c468", "#b0703c", 0.26),
    "Evening": ("#fde0a8", "#ef8f5a", "#6a4a6a", 0.6),
    "Dusk": ("#c9b4dd", "#7a6bb0", "#2f2f5c", 0.66),
    "Night": ("#27365f", "#131b3a", "#070b1c", 0.3),
    "Fog": ("#eef0f0", "#cfd6d6", "#7d8c8c", 0.4),
}


def draw(folder: Path) -> list[Path]:
    """Write one picture for each hour; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths: list[Path] = []
    for number, name in enumerate(_HOURS):
        paths.append(folder / f"{name}.svg")
        paths[-1].write_text(_landscape(number, name), "utf-8")
    return paths


def _landscape(seed: int, name: str) -> str:
    light, sky, ground, height = _HOURS[name]
    chance = random.Random(seed)
    sun = f'<circle cx="{chance.randint(160, 480)}" cy="{480 * height:.0f}" r="38" fill="{light}"/>'
    hills = "".join(_hill(chance, layer, light, ground) for layer in range(4))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480" viewBox="0 0 640 480">'
        f'<linearGradient id="s" x2="0" y2="1"><stop stop-color="{sky}"/>'
        f'<stop offset="1" stop-color="{light}"/></linearGradient>'
        f'<rect width="640" height="480" fill="url(#s)"/>{sun}{hills}</svg>'
    )


def _hill(chance: random.Random, layer: int, light: str, ground: str) -> str:
    base, phase, width = 270 + 55 * layer, chance.random() * 6, 90 + chance.random() * 90
    points = " ".join(
        f"{x},{base - 34 * math.sin(x / width + phase) - 14 * math.sin(x / 31 + phase):.0f}"
        for x in range(0, 641, 16)
    )
    colour = _between(light, ground, 0.4 + 0.2 * layer)  # what is far is pale
    return f'<polygon points="0,480 {points} 640,480" fill="{colour}"/>'


def _between(one: str, other: str, share: float) -> str:
    pairs = [(int(one[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)
