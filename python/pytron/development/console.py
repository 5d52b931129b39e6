"""What pages write to their consoles, for the terminal of development."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from pytron.dispatcher.session import Session

#: The log of pages, for what they do not catch as for what they write.
_log = logging.getLogger("pytron.page")

#: Told the level, the label of the window, and the text.
Say = Callable[[str, str, str], object]

LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_MOST: Final = 8_192
#: A page must not move the cursor of a terminal, or colour it: only lines and tabs are let through.
_VISIBLE: Final = {
    code: f"\\x{code:02x}" for code in (*range(32), *range(0x7F, 0xA0)) if code not in (9, 10)
}


def log(level: str, label: str, text: str) -> None:
    """Put a line into Python's log."""
    _log.log(LEVELS[level], "[%s] %s", label, text)


def heard(session: Session, data: Any, say: Say = log) -> None:
    """Pass on what a page's part of the tool has sent; what is malformed is left out."""
    for level, text in _lines(data):
        say(level, session.label, text)


def _lines(data: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(data, dict):
        return
    fields = cast("dict[str, Any]", data)
    lines: Any = fields.get("lines")
    for line in cast("list[Any]", lines) if isinstance(lines, list) else []:
        match line:
            case [str(level), str(text)] if level in LEVELS:
                yield level, text[:_MOST].replace("\r\n", "\n").translate(_VISIBLE)
            case _:
                continue
    lost: Any = fields.get("lost")
    if isinstance(lost, int) and lost > 0:
        yield "warning", f"{lost} more lines came too fast to be shown"


class PageLog(logging.Handler):
    """Lets what is logged of pages be said where their consoles are."""

    def __init__(self, say: Say) -> None:
        super().__init__(logging.DEBUG)
        self._say = say

    def emit(self, record: logging.LogRecord) -> None:
        """Say a record."""
        try:
            level = next((n for n, number in LEVELS.items() if record.levelno <= number), "error")
            label, _, text = record.getMessage().removeprefix("[").partition("] ")
            self._say(level, label, text.translate(_VISIBLE))
        except Exception:  # noqa: BLE001 - as every handler: a bad record must not end its caller
            self.handleError(record)
