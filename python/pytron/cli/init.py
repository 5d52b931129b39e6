"""`pytron init`: a new project."""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pytron.project.creating import Choice
    from pytron.project.naming import Names

_PACKAGE_MANAGERS = ("npm", "pnpm", "yarn", "bun")


@click.command()
@click.argument("name", required=False)
@click.option("--template", help="What the page is made with; --list shows them.")
@click.option(
    "--package-manager",
    type=click.Choice(_PACKAGE_MANAGERS),
    help="Who installs the page's packages; npm by default.",
)
@click.option(
    "--python",
    type=click.Choice(["pip", "uv"]),
    help="Who installs Python packages; pip by default.",
)
@click.option("--list", "listing", is_flag=True, help="List the templates and make nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON; asks nothing.")
def command(
    name: str | None,
    template: str | None,
    package_manager: str | None,
    python: str | None,
    listing: bool,
    as_json: bool,
) -> int:
    """Make a new project in the folder NAME.

    On a terminal it asks for what is not given. It needs no network, overwrites nothing, and leaves
    nothing behind when it fails.
    """
    from pytron.errors import ConfigError
    from pytron.project.creating import Choice, create
    from pytron.project.naming import names_of
    from pytron.project.templates import TEMPLATES, template_of

    if listing:
        _list(as_json)
        return 0
    asks = _asks() and not as_json
    if name is None:
        if not asks:
            raise ConfigError("a project needs a name; for example: pytron init my-app")
        name = str(click.prompt("name of the app"))
    names = names_of(name, Path.cwd())
    if template is None:
        template = _ask("template", tuple(TEMPLATES), "vanilla") if asks else "vanilla"
    kind = template_of(template)
    if package_manager is None:
        ask = asks and kind.node
        package_manager = _ask("package manager", _PACKAGE_MANAGERS, "npm") if ask else "npm"
    if python is None:
        python = _ask("Python packages by", ("pip", "uv"), "pip") if asks else "pip"
    choice = Choice(kind, package_manager, python)
    files = create(names, choice)
    if as_json:
        found = {"folder": str(names.folder), "name": names.slug, "title": names.title}
        click.echo(json.dumps({**found, "template": template, "files": files}, indent=2))
    else:
        _tell(names, choice)
    return 0


def _asks() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty() and not os.environ.get("CI")


def _ask(what: str, choices: tuple[str, ...], default: str) -> str:
    return str(click.prompt(what, type=click.Choice(choices), default=default))


def _list(as_json: bool) -> None:
    from pytron.project.templates import TEMPLATES

    if as_json:
        click.echo(json.dumps({kind.name: kind.about for kind in TEMPLATES.values()}, indent=2))
        return
    for kind in TEMPLATES.values():
        click.echo(f"  {kind.name:<12} {kind.about}")


def _tell(names: Names, choice: Choice) -> None:
    folder = Path(os.path.relpath(names.folder))
    click.secho(f"made {names.title} in {folder}", bold=True)
    click.echo("\nto open it:")
    if folder != Path():
        click.echo(f"  cd {_quoted(folder)}")
    if choice.template.node:
        click.echo("  pytron build --install     # the page: its packages, then its build")
    click.echo("  pytron run")
    click.echo(f"\nedit app.py and {choice.template.edit}; README.md has the rest")


def _quoted(path: Path) -> str:
    text = str(path)
    if re.fullmatch(r"[\w./-]+", text):
        return text
    return f'"{text}"' if re.fullmatch(r"[\w ./-]+", text) else shlex.quote(text)
