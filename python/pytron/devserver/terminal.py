"""One terminal for several programs: what each writes, line by line, under its label."""

from __future__ import annotations

import os
import re
import sys
import threading
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, TextIO

#: Lines of a program that are remembered, to say why it ended.
_TAIL: Final = 200
#: How long the last lines of a program may take to arrive once it has ended.
_END_TIMEOUT_S: Final = 1.0
_COLOURS: Final = {"app": 36, "page": 34, "window": 35, "vite": 33, "dev": 32}
#: What pages write, by its level; what is serious is coloured.
_LEVELS: Final = {"debug": 0, "info": 0, "warning": 33, "error": 31}
#: What WebKit writes of a console by itself, and pages tell with more of it. Errors that it finds
#: stay: a page whose script cannot be read tells nothing.
_TOLD: Final = re.compile(r"^\S+:\d+:\d+: CONSOLE (DEBUG|LOG|INFO|WARN|ERROR) ")
#: The label of the app's first window, whose lines need not say which one they are of.
_FIRST: Final = "main"


class Terminal:
    """Shows lines of programs. Any thread may write."""

    def __init__(
        self,
        labels: Sequence[str],
        only: Collection[str] = (),
        *,
        level: str = "info",
        out: TextIO | None = None,
    ) -> None:
        """Show lines with these labels; with `only`, just those of some. `level`: of pages."""
        levels = list(_LEVELS)
        self._levels = frozenset(levels[levels.index(level) :])
        self._out = out or sys.stdout
        self._only = frozenset(only) | {"dev"} if only else frozenset(labels) | {"dev"}
        self._width = max(map(len, [*labels, "dev"]))
        self._colourful = not os.environ.get("NO_COLOR") and (
            self._out.isatty() or bool(os.environ.get("FORCE_COLOR"))
        )
        self._tails: dict[str, deque[str]] = {}
        self._readers: dict[str, threading.Thread] = {}
        self._lock = threading.Lock()

    @property
    def colourful(self) -> bool:
        """Whether programs should write in colours."""
        return self._colourful

    def say(self, text: str, label: str = "dev") -> None:
        """Show a text, line by line."""
        if label not in self._only:
            return
        head = f"{label:>{self._width}} │ "
        if self._colourful:
            head = f"\x1b[{_COLOURS.get(label, 37)}m{head}\x1b[0m"
        with self._lock:
            for line in text.splitlines() or [""]:
                self._out.write(f"{head}{line}\n")
            self._out.flush()

    def said(self, fields: Mapping[str, Any]) -> None:
        """Show what a page wrote to its console: `level`, `label` of its window, `text`."""
        level, label, text = str(fields["level"]), str(fields["label"]), str(fields["text"])
        if level not in self._levels:
            return
        if level in ("warning", "error"):
            text = f"{level}: {text}"
        if self._colourful and _LEVELS[level]:
            text = "\n".join(f"\x1b[{_LEVELS[level]}m{line}\x1b[0m" for line in text.splitlines())
        self.say(text if label == _FIRST else f"[{label}] {text}", "page")

    def pipe(self, label: str) -> int:
        """A descriptor whose lines are shown; the caller gives it to a program and closes it."""
        reader, writer = os.pipe()
        tail = self._tails[label] = deque(maxlen=_TAIL)

        def read() -> None:
            with open(reader, encoding="utf-8", errors="replace") as lines:  # noqa: PTH123
                for line in lines:
                    tail.append(line.rstrip("\r\n"))
                    if not _TOLD.match(line):
                        self.say(tail[-1], label)

        reading = threading.Thread(target=read, name=f"pytron-{label}", daemon=True)
        self._readers[label] = reading
        reading.start()
        return writer

    def tail(self, label: str) -> list[str]:
        """The last lines of a program that has ended."""
        if label in self._readers:  # all of them, unless something it started holds the pipe
            self._readers[label].join(_END_TIMEOUT_S)
        return list(self._tails.get(label, ()))
