"""What has come for an engine that is not asked by its own loop: tabs bring it on threads."""

from __future__ import annotations

from queue import Empty, SimpleQueue
from threading import Event

from pytron.engine import Incoming


def take_all(
    incoming: SimpleQueue[Incoming | None], ended: Event, timeout_s: float | None
) -> list[Incoming]:
    """What `receive` gives: all that is there; waits for the first of it.

    None wakes whoever waits, and once `ended` is set it is the end: for every later call, too.
    """
    items: list[Incoming] = []
    try:
        item = incoming.get(timeout=timeout_s)
        while item is not None:
            items.append(item)
            if incoming.empty():
                return items
            item = incoming.get_nowait()
    except Empty:
        return items
    if not ended.is_set():
        return items
    incoming.put(None)
    return []
