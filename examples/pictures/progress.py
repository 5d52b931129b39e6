"""How far long work is: on the taskbar, and in the page."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

from library import app

T = TypeVar("T")


async def each(what: str, things: Sequence[T], work: Callable[[T], object]) -> None:
    """Work on one thing after the other, off the loop, and show how far that is."""
    try:
        for number, thing in enumerate(things):
            await _show({"what": what, "share": number / len(things)})
            await asyncio.to_thread(work, thing)
    finally:
        await _show(None)


async def _show(how_far: dict[str, str | float] | None) -> None:
    await app.emit_async("working", how_far)
    if app.can("badge.progress"):
        await app.badge.progress(None if how_far is None else float(how_far["share"]))
