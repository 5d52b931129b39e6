"""The app's file imported a second time: what a circular import makes where nothing fails."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from pytron.errors import ConfigError


def check_imported_once(app: Any) -> None:
    """Refuse to run an app whose functions went to a second one made by the same file.

    The file runs as `__main__`; when a file that it imports says `from app import app`, Python
    runs it again as `app`, and the functions are exposed on an app that nobody runs.

    Raises:
        ConfigError: functions are missing here and stand on the other app.
    """
    main = vars(sys.modules["__main__"])
    file = main.get("__file__")
    if not file or all(value is not app for value in main.values()):
        return
    place = Path(file).resolve()
    for name, module in list(sys.modules.items()):
        content: dict[str, Any] = getattr(module, "__dict__", {})
        if content is main or not _is_of(place, content.get("__file__")):
            continue
        for twin in list(content.values()):
            lost = _only_there(app, twin)
            if lost:
                raise _imported_twice(place, name, lost)


def _is_of(place: Path, file: object) -> bool:
    """Whether a module is of that file; of the many that are not, none is looked up on the disk."""
    return isinstance(file, str) and file.endswith(place.name) and Path(file).resolve() == place


def _only_there(app: Any, twin: Any) -> list[str]:
    if type(twin) is not type(app):
        return []
    return sorted(twin.functions.keys() - app.functions.keys())


def _imported_twice(place: Path, name: str, lost: list[str]) -> ConfigError:
    from pytron.failures import CIRCULAR  # only where it is said: it imports traceback

    return ConfigError(
        f"{place} runs twice: a file that it imports has imported it again, as {name!r}, and "
        f"{', '.join(lost)} went to that second app, which does not run; {CIRCULAR}"
    )
