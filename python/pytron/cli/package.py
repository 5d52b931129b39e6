"""`pytron package`: what users can install, proved to start on their machines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click


class _Terminal:
    """Says what goes on, a line for each step."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet

    def begin(self, step: str) -> None:
        if not self._quiet:
            click.echo(f"{step} ...")

    def note(self, text: str) -> None:
        if not self._quiet:
            click.echo(f"  {text}")

    def end(self, step: str, seconds: float) -> None:
        if not self._quiet:
            click.echo(f"{step}: done in {seconds:.1f} s")


@click.command()
@click.option("--out", type=click.Path(path_type=Path), help="Where results go; dist by default.")
@click.option("--one-file", is_flag=True, default=None, help="One program that unpacks itself.")
@click.option("--nuitka", is_flag=True, help="Compile with Nuitka instead of PyInstaller.")
@click.option("--shield", is_flag=True, help="Seal code and data; they are opened in memory.")
@click.option("--no-build", is_flag=True, help="Take the page as it was built before.")
@click.option("--no-prove", is_flag=True, help="Do not start what was built.")
@click.option("--installer", "installers", multiple=True, help="Also an installer: deb, nsis, dmg.")
@click.option("--report", is_flag=True, help="Explain every megabyte, as a table and a page.")
@click.option("--sign", is_flag=True, help="Sign programs and installers.")
@click.option("--sign-dry-run", is_flag=True, help="Only show how they would be signed.")
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
@click.argument("app", required=False)
def command(
    out: Path | None,
    one_file: bool | None,
    app: str | None,
    as_json: bool,
    no_build: bool,
    no_prove: bool,
    **wishes: Any,
) -> int:
    """Package an app: freeze it, and prove that the result starts elsewhere.

    APP is a file, a folder, or module:name; by default what [tool.pytron] names, or app.py here.
    """
    from pytron.discovery import locate
    from pytron.packager.pipeline import Build, run
    from pytron.packager.settings import product_of
    from pytron.packager.steps import Wishes, steps_for

    product = product_of(locate(app), one_file=one_file)
    place = (out or product.folder / "dist").resolve()
    work = product.folder / "build" / "pytron" / product.slug
    build = Build(product, work, place, _Terminal(quiet=as_json))
    run(build, steps_for(product, Wishes(build=not no_build, prove=not no_prove, **wishes)))
    results: dict[str, Any] = {kind: str(path) for kind, path in build.results.items()}
    if as_json:
        click.echo(json.dumps({"results": results, "facts": build.facts}, indent=2))
        return 0
    for kind, path in results.items():
        click.echo(f"{kind}: {path}")
    return 0
