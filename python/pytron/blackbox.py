"""What is remembered of a run, for `pytron.report`: the last lines of the log, and crashes.

Lines are kept as text, never the records: their tracebacks would hold on to arguments.
"""

from __future__ import annotations

import faulthandler
import logging
from collections import deque
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import IO, Any, Final

from pytron.platforms import apps_folder

_log = logging.getLogger(__name__)

LINES: Final = 500
LINE_CHARACTERS: Final = 8_192
CRASHES: Final = 20

Settings = Callable[[], Mapping[str, Any]]

_FAULTS: Final = "faults.txt"
_LAST: Final = "last-crash.txt"


class BlackBox(logging.Handler):
    """The memory of one run. It listens to the logger `pytron` and those below."""

    def __init__(self, app_id: str, engine: str, settings: Settings) -> None:
        super().__init__()
        self.app_id = app_id
        self.engine = engine
        self.settings = settings
        self.lines: deque[str] = deque(maxlen=LINES)
        #: When a page died, in which window, and why.
        self.crashes: deque[tuple[str, str, str]] = deque(maxlen=CRASHES)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record; show it, too, if nobody else would."""
        try:
            self.lines.append(self.format(record)[:LINE_CHARACTERS])
        except Exception:  # noqa: BLE001 - as every handler: a bad record must not end its caller
            self.handleError(record)
        # Python shows warnings of an app without handlers, but counts this one as one.
        last = logging.lastResort
        if last is not None and record.levelno >= last.level and not self._has_others(record.name):
            last.handle(record)

    def _has_others(self, name: str) -> bool:
        logger: logging.Logger | None = logging.getLogger(name)
        while logger is not None:
            if any(handler is not self for handler in logger.handlers):
                return True
            logger = logger.parent if logger.propagate else None
        return False


_current: BlackBox | None = None


def current() -> BlackBox | None:
    """The memory of the run that goes on, or of the last one in this process."""
    return _current


def page_died(window: str, reason: str) -> None:
    """Remember the crash of a page."""
    if _current is not None:
        now = datetime.now(timezone.utc).isoformat(timespec="seconds")
        _current.crashes.append((now, window, reason))


@contextmanager
def recording(app_id: str, engine: str, settings: Settings, *, keep: bool) -> Generator[BlackBox]:
    """Remember what happens in a `with` block.

    Args:
        app_id: names the app's data folder.
        engine: the name of its engine.
        settings: gives those of `[tool.pytron]`.
        keep: let a crash of Python itself leave its stacks in the data folder, for the next run.
    """
    global _current
    box = _current = BlackBox(app_id, engine, settings)
    logger = logging.getLogger("pytron")
    logger.addHandler(box)
    faults = _watch_faults(app_folder(app_id)) if keep else None
    try:
        yield box
    finally:
        if faults is not None:
            faulthandler.disable()
            faults.close()
        logger.removeHandler(box)


def app_folder(app_id: str) -> Path:
    """Where the app keeps its data."""
    return apps_folder() / app_id


def last_crash(app_id: str) -> str | None:
    """The stacks that the last crash of the app left; None if it never crashed."""
    try:
        return (app_folder(app_id) / _LAST).read_text("utf-8", errors="replace")
    except OSError:
        return None


def _watch_faults(folder: Path) -> IO[bytes] | None:
    """Have faulthandler write into the app's folder, unless somebody else uses it already.

    The file is opened to append: two processes of one app may share it.
    """
    if faulthandler.is_enabled():
        return None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / _FAULTS
        if path.exists() and path.stat().st_size:
            path.replace(folder / _LAST)
            _log.warning("this app crashed when it last ran; pytron.report() packs what is known")
        file = path.open("ab", buffering=0)
    except OSError as error:
        _log.info("crashes of Python will leave no trace: %s", error)
        return None
    with suppress(RuntimeError, OSError, ValueError):
        faulthandler.enable(file)
        return file
    file.close()
    return None
