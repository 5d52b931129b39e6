"""The two pictures: the calendar of writing days and the rhythm of one note."""

import math
from datetime import date, timedelta
from typing import Literal

from .picture import Canvas, Colour, mixed

Shade = Literal["light", "dark"]

WEEKS = 26
_STEPS = 4
_EMPTY: dict[Shade, Colour] = {"light": (226, 229, 234), "dark": (43, 47, 54)}
_LOW: dict[Shade, Colour] = {"light": (189, 204, 255), "dark": (45, 60, 122)}
_HIGH: dict[Shade, Colour] = {"light": (43, 70, 214), "dark": (142, 164, 255)}
_LONG: dict[Shade, Colour] = {"light": (240, 172, 0), "dark": (255, 205, 64)}


def sane(scale: int) -> int:
    """Pixels for each of the page's, within reason: what a page asks for costs memory."""
    return min(max(scale, 1), 4)


def first_day(today: date, weeks: int = WEEKS) -> date:
    """The Monday with which the calendar begins."""
    return today - timedelta(days=today.weekday(), weeks=weeks - 1)


def calendar(days: dict[date, int], today: date, shade: Shade, scale: int) -> bytes:
    """A PNG with a column for each week and a row for each weekday; full colour is the busiest."""
    cell, gap = 9 * scale, 3 * scale
    canvas = Canvas(WEEKS * (cell + gap) - gap, 7 * (cell + gap) - gap)
    start, busiest = first_day(today), max(days.values(), default=0)
    for offset in range((today - start).days + 1):
        edits = days.get(start + timedelta(days=offset), 0)
        colour = _EMPTY[shade]
        if edits:
            # The square root keeps quiet days apart when one import made a very busy one.
            step = math.ceil(math.sqrt(edits / busiest) * _STEPS)
            colour = mixed(_LOW[shade], _HIGH[shade], (step - 1) / (_STEPS - 1))
        week, weekday = divmod(offset, 7)
        x, y = week * (cell + gap), weekday * (cell + gap)
        canvas.box(x, y, cell, cell, 2 * scale, colour)
    return canvas.png()


def rhythm(lengths: list[int], shade: Shade, scale: int, width: int = 320) -> bytes:
    """A PNG with one bar for each sentence; those of over 25 words stand out."""
    height, gap = 56 * scale, 2 * scale
    canvas = Canvas(width * scale, height)
    # Longer notes show their end: that is where one is writing.
    shown = lengths[-(canvas.width // (3 * scale + gap)) :]
    bar = min(8 * scale, (canvas.width + gap) // max(len(shown), 1) - gap)
    tallest = max(shown, default=1)
    for place, length in enumerate(shown):
        tall = max(round(length / tallest * height), 3 * scale)
        colour = (_LONG if length > 25 else _HIGH)[shade]
        canvas.box(place * (bar + gap), height - tall, bar, tall, scale, colour)
    return canvas.png()
