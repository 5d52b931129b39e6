"""Pytron: desktop apps with Python logic and a web page as their face."""

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
]
