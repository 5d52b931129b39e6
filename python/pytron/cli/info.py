"""`pytron info`: what is installed, and what this machine can do."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from typing import Any

import click

_PACKAGES = ("pytron-kit", "pytron-native", "msgspec", "click")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def command(as_json: bool) -> int:
    """Show versions, engines, and facts about this machine."""
    found = _found()
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return 0
    click.echo(f"pytron {found['pytron']}, Python {found['python']}, {found['platform']}")
    for name, version in found["packages"].items():
        click.echo(f"  {name} {version or 'is not installed'}")
    for engine in found["engines"]:
        click.echo(f"engine {engine['name']}: {engine['problem'] or 'ready'}")
        for name, value in engine["facts"].items():
            click.echo(f"  {name}: {value}")
    return 0


def _found() -> dict[str, Any]:
    from pytron import __version__

    return {
        "pytron": __version__,
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

    found = [_native(), _engine("headless")]
    return found + [_engine(point.name) for point in entry_points(group="pytron.engines")]


def _native() -> dict[str, Any]:
    from pytron.engines.native import host_facts
    from pytron.errors import EngineError

    try:
        return _engine("native", facts=host_facts())
    except EngineError as error:
        return _engine("native", problem=str(error))


def _engine(
    name: str, *, problem: str = "", facts: Mapping[str, object] | None = None
) -> dict[str, Any]:
    return {"name": name, "problem": problem, "facts": dict(facts or {})}
