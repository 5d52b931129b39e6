"""`pytron update`: the project moves to the Pytron that is installed."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; fail if there is something to change.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(check: bool, as_json: bool) -> int:
    """Move this project to the Pytron that is installed.

    Its copy of Pytron in vendor/ and what asks for it (requirements.txt, pyproject.toml,
    package.json) become those of this version, so that page and Python never differ.
    """
    from pytron import __version__
    from pytron.errors import ConfigError
    from pytron.project import updating

    root = updating.project_of(Path.cwd())
    if root is None:
        raise ConfigError("this is no project of Pytron: no pyproject.toml here has [tool.pytron]")
    changed = updating.behind(root) if check else updating.update(root)
    if as_json:
        click.echo(json.dumps({"version": __version__, "changed": changed}, indent=2))
        return 1 if check and changed else 0
    for name in changed:
        click.echo(f"{'differs:' if check else 'wrote'} {name}")
    if not changed:
        click.echo(f"up to date with Pytron {__version__}")
        return 0
    if check:
        click.echo("error: the project is of another Pytron; run: pytron update", err=True)
        return 1
    click.echo("now install them: ./setup.sh (setup.ps1 on Windows)")
    return 0
