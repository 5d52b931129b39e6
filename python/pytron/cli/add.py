"""`pytron add`: parts of an app."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pytron.project.adding import AppFile

_APP = click.option("--app", help="The app's file; by default the one of [tool.pytron], or app.py.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print what was written as JSON.")


@click.group()
def command() -> None:
    """Add a window, a route or a part of the state to the app's file."""


@command.command()
@click.argument("name")
@_APP
@_JSON
def window(name: str, app: str | None, as_json: bool) -> int:
    """Add a window NAME: its page, and the function that opens it."""
    from pytron.project.adding import add_window

    file = _file(app)
    written = add_window(file, name, _page(file))
    opens = f"the page opens it with: await pytron.open_{name.replace('-', '_')}()"
    _tell(written, opens, as_json=as_json)
    return 0


@command.command()
@click.argument("pattern")
@_APP
@_JSON
def route(pattern: str, app: str | None, as_json: bool) -> int:
    """Add a path that Python answers, such as thumb/{id}."""
    from pytron.project.adding import add_route

    has = f"the page has it at /{pattern.strip('/')}"
    _tell(add_route(_file(app), pattern), has, as_json=as_json)
    return 0


@command.command()
@click.argument("name")
@_APP
@_JSON
def state(name: str, app: str | None, as_json: bool) -> int:
    """Add a class NAME to the state."""
    from pytron.project.adding import add_state

    shared = "Python and page share it from now on"
    _tell(add_state(_file(app), name), shared, as_json=as_json)
    return 0


def _file(app: str | None) -> AppFile:
    from pytron.discovery import locate
    from pytron.errors import ConfigError
    from pytron.project.adding import AppFile

    target = locate(app)
    if target.file is None:
        raise ConfigError(f"{target} is a module; give its file: --app path/to/file.py")
    return AppFile(target.file)


def _page(file: AppFile) -> Path:
    """The folder that a new page belongs in: the sources of the page's build, else the page."""
    from pytron.discovery import find_app, locate
    from pytron.errors import ConfigError
    from pytron.project.frontend import sources_of

    found = find_app(locate(str(file.path)))
    if found.frontend is None:
        raise ConfigError("this app has no folder of pages, so a new page has no place")
    sources = sources_of(found.frontend, found.folder)
    folder = found.frontend if sources is None else sources.folder
    if (folder / "next.config.ts").is_file():
        raise ConfigError(
            "pages of Next.js are folders of src/app; make one there, and open it with "
            'app.open_window("name", url="/name")'
        )
    return folder


def _tell(written: list[Path], text: str, *, as_json: bool) -> None:
    if as_json:
        files = [path.as_posix() for path in written]
        click.echo(json.dumps({"files": files, "next": "pytron types"}, indent=2))
        return
    for path in written:
        click.echo(f"wrote {os.path.relpath(path)}")
    click.echo(f"{text}\nnow run: pytron types")
