"""Counts of what the server does, for those who watch it.

Source: the Prometheus text format, version 0.0.4.
"""

from __future__ import annotations

from collections import Counter
from threading import Lock
from typing import Final

#: Name → kind and what it counts.
_NAMES: Final = {
    "connections": ("gauge", "WebSockets that are open"),
    "sessions": ("gauge", "windows, with or without a connection"),
    "opened_total": ("counter", "sessions that began"),
    "resumed_total": ("counter", "sessions that went on over another connection"),
    "lost_total": ("counter", "sessions that could not go on"),
    "frames_total": ("counter", "frames, by way"),
    "bytes_total": ("counter", "bytes of frames, by way"),
    "refused_total": ("counter", "requests that were refused, by cause"),
    "requests_total": ("counter", "HTTP requests, by status"),
}


class Frames:
    """How many frames went one way, and how many bytes in all."""

    __slots__ = ("count", "size")

    def __init__(self) -> None:
        self.count = self.size = 0


class Metrics:
    """Counters. Any thread may count."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        #: Frames, and their bytes. Only on the server's loop: these are counted for each.
        self.up, self.down = Frames(), Frames()
        self._lock = Lock()

    def add(self, name: str, amount: float = 1, label: str = "") -> None:
        """Count, with a label where the name has one: `way="up"`."""
        with self._lock:
            self._counts[name, label] += amount  # type: ignore[assignment]

    def value(self, name: str, label: str = "") -> float:
        """The count so far."""
        return self._counts[name, label]

    def text(self) -> str:
        """All counts, as Prometheus reads them."""
        with self._lock:
            counts = dict(self._counts)
        for way, frames in (("up", self.up), ("down", self.down)):
            counts["frames_total", f'way="{way}"'] = frames.count
            counts["bytes_total", f'way="{way}"'] = frames.size
        lines: list[str] = []
        for name, (kind, what) in _NAMES.items():
            lines += [f"# HELP pytron_{name} {what}", f"# TYPE pytron_{name} {kind}"]
            found = {label: value for (n, label), value in counts.items() if n == name}
            for label, value in sorted((found or {"": 0}).items()):
                lines.append(f"pytron_{name}{{{label}}} {value}" if label else
                             f"pytron_{name} {value}")  # fmt: skip
        return "\n".join(lines) + "\n"
