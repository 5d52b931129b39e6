"""Looking at an app without running it: its file is imported, and `App.run` opens nothing."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

_looking = False


class Inspected(BaseException):
    """Ends an `App.run` that is reached while a tool only looks at the app.

    Not an `Exception`: no handler of the app's file is to hold it up.
    """

    def __init__(self, app: Any) -> None:
        super().__init__("this app is only looked at, and does not run")
        self.app = app


@contextmanager
def looking() -> Generator[None]:
    """Let no app run for the length of a `with` block."""
    global _looking
    before, _looking = _looking, True
    try:
        yield
    finally:
        _looking = before


def is_looking() -> bool:
    """Whether a tool only looks at apps."""
    return _looking


def stop(app: Any) -> None:
    """End a run that must not happen.

    Raises:
        Inspected: a tool only looks at the app.
    """
    if _looking:
        raise Inspected(app)
