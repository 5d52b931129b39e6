"""What was found out about this machine's graphics, so that the next start begins with it.

It belongs to one app and one state of the machine: another web view, driver or kernel may show
what this one does not, and after a while it is tried again in any case.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, cast

from pytron.engine import EngineOptions
from pytron.engines.native import host_facts
from pytron.errors import EngineError
from pytron.platforms import graphics_facts

_log = logging.getLogger(__name__)

_NAME: Final = "graphics.json"
#: `PYTRON_GRAPHICS=again` forgets it.
_VARIABLE: Final = "PYTRON_GRAPHICS"
#: What nobody can see from here may have changed: Mesa, the compositor, a monitor.
KEEP_S: Final = 30 * 24 * 3600


class Remembered:
    """The remedy of an app's last start that needed one. Apps that keep nothing have none."""

    def __init__(self, options: EngineOptions, clock: Callable[[], float] = time.time) -> None:
        folder = options.data_folder  # of its pages; this is the app's, not theirs
        self._file = None if folder is None else Path(folder).with_name(_NAME)
        self._clock = clock

    def remedy(self) -> dict[str, str]:
        """The variables that windows are to be opened with; empty when none are known to help."""
        if os.environ.get(_VARIABLE) == "again":
            self.forget()
        if self._file is None or not self._file.is_file():  # nearly always: so look no further
            return {}
        try:
            kept: Any = json.loads(self._file.read_text("utf-8"))
            since = float(kept["since"])
            found = {str(k): str(v) for k, v in cast("dict[Any, Any]", kept["remedy"]).items()}
            good = kept["machine"] == _machine() and 0 <= self._clock() - since < KEEP_S
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            good, since, found = False, 0.0, {}
        if not good:
            self.forget()
            return {}
        _log.info(
            "windows are opened with %s, since on %s they stayed blank without it; to try again: "
            "%s=again, or remove %s",
            " ".join(f"{name}={value}" for name, value in found.items()),
            time.strftime("%Y-%m-%d", time.localtime(since)),
            _VARIABLE,
            self._file,
        )
        return found

    def keep(self, remedy: Mapping[str, str]) -> None:
        """Begin with it the next time."""
        if self._file is None:
            return
        kept = {"since": int(self._clock()), "machine": _machine(), "remedy": dict(remedy)}
        part = self._file.with_suffix(f".{os.getpid()}.part")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(kept, indent=2) + "\n", "utf-8")
            part.replace(self._file)
        except OSError as error:
            _log.warning("that %s helps cannot be kept: %s", ", ".join(remedy), error)

    def forget(self) -> None:
        """Begin without it the next time."""
        if self._file is not None:
            with suppress(OSError):
                self._file.unlink(missing_ok=True)


def _machine() -> dict[str, str]:
    """All that decides whether windows are seen, as far as it can be told."""
    try:
        web_view = str(host_facts().get("version", ""))
    except EngineError:
        web_view = ""
    return {"web_view": web_view, **graphics_facts()}
