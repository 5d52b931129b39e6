"""Pytron: desktop apps with Python logic and a web page as their face."""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` takes as long to import as an engine to be started
if TYPE_CHECKING:
    import os
    from pathlib import Path
    from typing import Any, Final

    from pytron.app import App
    from pytron.context import Context, current
    from pytron.dispatcher import Api, TypedEvent, Upload, expose
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
    "Upload",
    "Window",
    "__version__",
    "current",
    "expose",
    "report",
]

#: Where a name is that is imported when it is first used: the command's help must not wait for all.
_PLACES: Final = {
    "App": "app",
    "Context": "context",
    "current": "context",
    "Api": "dispatcher",
    "TypedEvent": "dispatcher",
    "Upload": "dispatcher",
    "expose": "dispatcher",
    "Event": "events",
    "Window": "window",
}


def __getattr__(name: str) -> Any:
    """The public name, from its module (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    if name == "App":
        import sys

        from pytron import early

        program = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
        early.begin(program)
        from pytron import ahead  # heavier than Electron's start can wait for

        ahead.begin_for(program)
    value = getattr(import_module(f"{__name__}.{_PLACES.get(name, 'errors')}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """What users import, for completion in a prompt."""
    return sorted({*globals(), *__all__})


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
