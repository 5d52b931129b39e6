"""`pytron.report`: what is needed to understand a failure, in one file that can be sent.

It holds no arguments, results, state, assets, keys, or values of the environment.
"""

from __future__ import annotations

import faulthandler
import json
import os
import tempfile
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, cast
from zipfile import ZIP_DEFLATED, ZipFile

from pytron import __version__, blackbox
from pytron.errors import ConfigError
from pytron.facts import facts
from pytron.packaged import is_packaged

#: Settings whose value says nothing of the user; of the others only the name is told.
_TOLD: Final = frozenset({"engine"})
_HIDDEN: Final = "(set)"
#: Variables of Pytron's own that are settings.
_SWITCHES: Final = ("PYTRON_ENGINE", "PYTRON_TRANSPORT", "PYTRON_DEV")


def write(path: str | os.PathLike[str] | None) -> Path:
    """Write the report; where it is."""
    box = blackbox.current()
    target = _target(box.app_id if box else None) if path is None else Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    files = {"report.json": json.dumps(_summary(box), indent=2), "stacks.txt": _stacks()}
    if box is not None:
        files["log.txt"] = "\n".join(list(box.lines))
        crash = blackbox.last_crash(box.app_id)
        if crash is not None:
            files["last-crash.txt"] = crash
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, _without_home(text))
    return target


def _target(app_id: str | None) -> Path:
    now = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S-%f")
    folder = Path(tempfile.gettempdir()) if app_id is None else blackbox.app_folder(app_id)
    return folder / f"report-{now}.zip"


def _summary(box: blackbox.BlackBox | None) -> dict[str, Any]:
    return {
        "made": datetime.now().astimezone().isoformat(timespec="seconds"),
        "pytron": __version__,
        **facts(),
        "frozen": is_packaged(),
        "app": box.app_id if box else None,
        "engine": box.engine if box else None,
        "switches": {name: os.environ[name] for name in _SWITCHES if name in os.environ},
        "settings": _settings(_table(box)) if box else {},
        "crashes": [
            {"time": time, "window": window, "reason": reason}
            for time, window, reason in (list(box.crashes) if box else [])
        ],
        "threads": sorted(thread.name for thread in threading.enumerate()),
        "environment": sorted(os.environ),
    }


def _table(box: blackbox.BlackBox) -> Mapping[str, Any]:
    try:
        return box.settings()
    except ConfigError:  # a report must come about whatever else is broken
        return {"unreadable": True}


def _settings(table: Mapping[str, Any]) -> dict[str, Any]:
    """Names of settings; values only of those that cannot be secrets."""
    shown: dict[str, Any] = {}
    for name, value in table.items():
        if isinstance(value, dict):
            shown[name] = _settings(cast("dict[str, Any]", value))
        elif isinstance(value, bool) or name in _TOLD:
            shown[name] = value if isinstance(value, bool) else str(value)
        else:
            shown[name] = _HIDDEN
    return shown


def _stacks() -> str:
    """Where every thread is: files, lines and functions, no values."""
    with tempfile.TemporaryFile() as file:  # faulthandler writes to a descriptor
        faulthandler.dump_traceback(file, all_threads=True)
        file.seek(0)
        return file.read().decode(errors="replace")


def _without_home(text: str) -> str:
    """The user's name is nobody's business."""
    home = str(Path.home())
    return text if len(home) < 4 else text.replace(json.dumps(home)[1:-1], "~").replace(home, "~")
