"""Pytron: desktop apps with Python logic and a web page as their face."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytron.app import App
from pytron.context import Context, current
from pytron.dispatcher import Api, TypedEvent, expose
from pytron.errors import (
    AssetError,
    CallError,
    ConfigError,
    EngineError,
    PackagingError,
    ProtocolError,
    PytronError,
    StateError,
    ToolMissing,
)
from pytron.events import Event
from pytron.window import Window

if TYPE_CHECKING:
    import os
    from pathlib import Path

__version__ = "1.0.0.dev0"

__all__ = [
    "Api",
    "App",
    "AssetError",
    "CallError",
    "ConfigError",
    "Context",
    "EngineError",
    "Event",
    "PackagingError",
    "ProtocolError",
    "PytronError",
    "StateError",
    "ToolMissing",
    "TypedEvent",
    "Window",
    "__version__",
    "current",
    "expose",
    "report",
]


def report(path: str | os.PathLike[str] | None = None) -> Path:
    """Pack what is needed to understand a failure into a zip file: `pytron.report("it.zip")`.

    Versions, engine, names of settings and of environment variables, the end of Pytron's log,
    where every thread is, why pages died, and the stacks of the last crash of Python itself. No
    arguments, results, state or assets; messages of errors as they are in the log.

    Args:
        path: the file to write; by default one in the app's data folder.

    Returns:
        Where it is.
    """
    from pytron import reporting  # heavy, and hardly ever needed

    return reporting.write(path)
