"""The app's file imported a second time: by a child process, or by a file that it imports."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from pytron.config import is_child
from pytron.errors import ConfigError


def check_imported_once(app: Any, what: str) -> None:
    """Refuse to run an app that is a second one of its file, or whose functions went to one.

    A child process imports the file anew. So does, while the file runs as `__main__`, a file that
    it imports and that says `from app import app`: the functions are then exposed on an app that
    nobody runs.

    Args:
        app: the app that is to run.
        what: the method of it that was called, such as `run`.

    Raises:
        ConfigError: this is a child process; or functions are missing here and stand on another.
    """
    if is_child():
        raise ConfigError(
            f"app.{what}() was reached in a child process, which imports the app's file anew; "
            'guard it:\n\nif __name__ == "__main__":\n    raise SystemExit(app.run())'
        )
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
