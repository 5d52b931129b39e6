"""`pytron build`: the page, ready to be shown and packaged."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pytron.app import App


@click.command()
@click.argument("app", required=False)
@click.option("--install", is_flag=True, help="Install the page's packages first.")
@click.option("--no-types", is_flag=True, help="Leave pytron.d.ts as it is.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON at the end.")
def command(app: str | None, install: bool, no_types: bool, as_json: bool) -> int:
    """Build the page: types from Python, then the build of its npm project.

    A page without package.json needs no build. APP is a file, a folder, or module:name; by default
    what [tool.pytron] names, or app.py here.
    """
    from pytron.discovery import find_app, locate
    from pytron.project import frontend

    found = find_app(locate(app))
    page = found.frontend
    manager = _setting(found.folder)
    sources = None if page is None else frontend.sources_of(page, found.folder, manager)
    if sources is None:
        place = None if page is None else str(page)
        _tell({"page": place, "built": False}, as_json, _no_build(page))
        return 0
    if install:
        frontend.install(sources)
    if not no_types:
        _write_types(found)
    frontend.build(sources)
    shown = os.path.relpath(sources.page)
    _tell({"page": str(sources.page), "built": True}, as_json, f"built {shown}")
    return 0


def _setting(folder: Path) -> str | None:
    from pytron.config import Origin

    found = Origin(folder, None).settings.get("package-manager")
    return None if found is None else str(found)


def _no_build(page: Path | None) -> str:
    if page is None:
        return "nothing to build: the app shows an address, or no page"
    return f"nothing to build: {os.path.relpath(page)} is shown as it is"


def _write_types(app: App[Any]) -> None:
    from pytron.discovery import setting_path
    from pytron.typegen import describe
    from pytron.typegen.files import default_place, outputs

    place = setting_path("types", app.folder) or default_place(app.folder, app.frontend)
    for output in outputs(describe(app), place, mock_place=None, page=None):
        output.write()


def _tell(result: dict[str, Any], as_json: bool, text: str) -> None:
    click.echo(json.dumps(result, indent=2) if as_json else text)
