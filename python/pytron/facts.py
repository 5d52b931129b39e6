"""What is installed, and what this machine can do."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from typing import Any

_PACKAGES = ("pytron-kit", "pytron-native", "msgspec", "click")


def facts() -> dict[str, Any]:
    """Versions, and the engines with what they know of this machine."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: _version(name) for name in _PACKAGES},
        "engines": _engines(),
    }


def _version(package: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _engines() -> list[dict[str, Any]]:
    from importlib.metadata import entry_points

    found = [_native(), _chrome(), _server(), _engine("headless")]
    return found + [_engine(point.name) for point in entry_points(group="pytron.engines")]


def _native() -> dict[str, Any]:
    from pytron.engines.native import host_facts
    from pytron.errors import EngineError

    try:
        return _engine("native", facts=host_facts())
    except EngineError as error:
        return _engine("native", problem=str(error))


def _chrome() -> dict[str, Any]:
    from pytron.electron.finding import find
    from pytron.errors import EngineError

    try:
        found = find()
    except EngineError as error:
        return _engine("chrome", problem=str(error))
    return _engine("chrome", facts={"electron": found.version, "program": str(found.program)})


def _server() -> dict[str, Any]:
    from pytron.errors import EngineError
    from pytron.server.listening import check_packages

    try:
        check_packages()
    except EngineError as error:
        return _engine("server", problem=str(error))
    return _engine("server")


def _engine(
    name: str, *, problem: str = "", facts: Mapping[str, object] | None = None
) -> dict[str, Any]:
    return {"name": name, "problem": problem, "facts": dict(facts or {})}
