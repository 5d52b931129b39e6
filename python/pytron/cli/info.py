"""`pytron info`: what is installed, and what this machine can do."""

from __future__ import annotations

import json
from typing import Any

import click

from pytron import __version__
from pytron.facts import facts


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def command(as_json: bool) -> int:
    """Show versions, engines, and facts about this machine."""
    found: dict[str, Any] = {"pytron": __version__, **facts()}
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
