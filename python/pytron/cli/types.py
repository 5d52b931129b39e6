"""`pytron types`: the app's Python as types for its page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pytron.app import App
    from pytron.typegen.files import Output

_PATH = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("app", required=False)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="Where to write; by default pytron.d.ts with the page's sources. - is the terminal.",
)
@click.option("--mock", type=_PATH, help="Also write a mocked Python for the page's unit tests.")
@click.option(
    "--jsconfig",
    is_flag=True,
    help="For pages without Node: also write what editors need to check plain JavaScript.",
)
@click.option("--check", is_flag=True, help="Write nothing; fail and show what has drifted.")
@click.option("--renew", is_flag=True, help="Write only what is there and has drifted.")
@click.option("--json", "as_json", is_flag=True, help="Print the result and the contract as JSON.")
def command(
    app: str | None,
    out: Path | None,
    mock: Path | None,
    jsconfig: bool,
    check: bool,
    renew: bool,
    as_json: bool,
) -> int:
    """Write pytron.d.ts: the app's functions, events and state for TypeScript.

    APP is a file, a folder, or module:name; by default what [tool.pytron] names, or app.py here.
    """
    from pytron.discovery import find_app, locate, setting_path
    from pytron.typegen import declarations, describe
    from pytron.typegen.files import default_place, outputs

    found = find_app(locate(app))
    found.check()
    contract = describe(found)
    if out == Path("-"):
        click.echo(declarations(contract), nl=False)
        return 0
    chosen = out or setting_path("types", found.folder)
    place = (chosen or default_place(found.folder, found.frontend)).resolve()
    page = _page_of(found) if jsconfig else None
    wanted = list(outputs(contract, place, mock_place=mock and mock.resolve(), page=page))
    if renew:
        wanted = [output for output in wanted if output.path.is_file() and output.drift()]
    drifts = [output.drift() for output in wanted]
    if not check:
        for output in wanted:
            output.write()
    if as_json:
        files = [
            {"path": output.path.as_posix(), "changed": bool(drift)}
            for output, drift in zip(wanted, drifts, strict=True)
        ]
        _print_json({"files": files, "contract": contract})
    elif check:
        for drift in drifts:
            click.echo(drift, nl=False)
    else:
        _tell(wanted, drifts)
    return _checked(drifts, quiet=as_json) if check else 0


def _page_of(app: App[Any]) -> Path:
    """The folder of the app's page, which must be one without a build."""
    from pytron.errors import ConfigError

    page = app.frontend
    if page is None:
        raise ConfigError("--jsconfig is for pages in a folder; this app has no frontend folder")
    return page.parent if page.is_file() else page


def _tell(wanted: list[Output], drifts: list[str]) -> None:
    for output, drift in zip(wanted, drifts, strict=True):
        click.echo(f"{'wrote' if drift else 'up to date:'} {_shown(output.path)}")


def _shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _checked(drifts: list[str], *, quiet: bool) -> int:
    if not any(drifts):
        return 0
    if not quiet:
        click.echo("error: the types have drifted from Python; run: pytron types", err=True)
    return 1


def _print_json(value: object) -> None:
    from pytron import codec

    click.echo(json.dumps(codec.decode(codec.encode_plain(value)), ensure_ascii=False, indent=2))
