"""`pytron engine`: install, list, verify and remove the chrome engine's Electron."""

from __future__ import annotations

import json
import sys

import click

from pytron.electron import finding, installs, releases
from pytron.errors import EngineError

_BAR = 30
_STEP_PERCENT = 10
_ENGINES = click.Choice(["chrome"])


@click.group()
def command() -> None:
    """Install, list, verify and remove engines that are fetched apart."""


@command.command()
@click.argument("name", type=_ENGINES, default="chrome")
@click.option("--version", help="Which Electron, such as 45.5.0; by default the newest known.")
@click.option("--mirror", help="Where its releases are, instead of GitHub (or ELECTRON_MIRROR).")
@click.option("--sha256", help="The hash of its zip, for a version that Pytron does not know.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def install(
    name: str, version: str | None, mirror: str | None, sha256: str | None, as_json: bool
) -> int:
    """Fetch an Electron for the chrome engine, check it and unpack it."""
    release = releases.release(version, mirror=mirror, checksum=sha256)
    shown = _Progress()
    made = installs.install(release, shown.show)
    shown.finish()
    if as_json:
        found = {"engine": name, "version": made.version, "path": str(made.program)}
        click.echo(json.dumps(found, indent=2))
        return 0
    click.echo(f"chrome {made.version} is installed: {made.program}")
    click.echo('an app uses it with PYTRON_ENGINE=chrome, or engine="chrome" in its App(…)')
    return 0


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def list_(as_json: bool) -> int:
    """Show what is installed, and which is used."""
    found = finding.installs()
    try:
        used = finding.find().program
    except EngineError:
        used = None
    rows = [
        {
            "engine": "chrome",
            "version": each.version,
            "path": str(each.program),
            "used": each.program == used,
        }
        for each in found
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return 0
    for row in rows:
        click.echo(f"chrome {row['version']}{'  (used)' if row['used'] else ''}  {row['path']}")
    if used is not None and not any(row["used"] for row in rows):
        click.echo(f"chrome  (used, from PYTRON_ELECTRON_PATH)  {used}")
    elif not rows:
        click.echo("none is installed; run `pytron engine install chrome`")
    return 0


@command.command()
@click.argument("name", type=_ENGINES)
@click.option("--version", help="Only this version; by default all.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def verify(name: str, version: str | None, as_json: bool) -> int:
    """Check every file of what is installed; exit code 1 when one is not what it was."""
    versions = [version] if version else [each.version for each in finding.installs()]
    if not versions:
        raise EngineError("the chrome engine is not installed; run `pytron engine install chrome`")
    found = {each: installs.verify(each) for each in versions}
    damaged = any(found.values())
    if as_json:
        rows = [{"engine": name, "version": each, "wrong": found[each]} for each in versions]
        click.echo(json.dumps(rows, indent=2))
        return int(damaged)
    for each, wrong in found.items():
        click.echo(f"chrome {each}: {'damaged' if wrong else 'whole'}")
        for line in wrong:
            click.echo(f"  {line}")
        if wrong:
            click.echo(
                f"  remedy: pytron engine remove chrome --version {each}, "
                f"then pytron engine install chrome --version {each}"
            )
    return int(damaged)


@command.command()
@click.argument("name", type=_ENGINES, default="chrome")
@click.option("--version", help="Which one; by default all.")
@click.option("--json", "as_json", is_flag=True, help="Print what was removed as JSON.")
def remove(name: str, version: str | None, as_json: bool) -> int:
    """Remove what is installed."""
    versions = [version] if version else [each.version for each in finding.installs()]
    removed = [(each, str(installs.remove(each).folder)) for each in versions]
    if as_json:
        rows = [{"engine": name, "version": each, "folder": folder} for each, folder in removed]
        click.echo(json.dumps(rows, indent=2))
        return 0
    for _, folder in removed:
        click.echo(f"removed {folder}")
    if not removed:
        click.echo("nothing is installed")
    return 0


class _Progress:
    """A bar on a terminal; a line for every tenth in a log."""

    def __init__(self) -> None:
        self._on_terminal = sys.stderr.isatty()
        self._last: tuple[str, int] | None = None

    def show(self, what: str, have: int, total: int) -> None:
        """Show how far it is."""
        percent = 100 * have // total if total else 0
        step = percent if self._on_terminal else percent // _STEP_PERCENT * _STEP_PERCENT
        if (what, step) == self._last:
            return
        if self._last is not None and self._last[0] != what:
            self.finish()
        self._last = (what, step)
        size = f"{have / 1e6:.0f} of {total / 1e6:.0f} MB" if total else f"{have / 1e6:.0f} MB"
        if self._on_terminal:
            filled = _BAR * percent // 100
            bar = "#" * filled + "-" * (_BAR - filled)
            click.echo(f"\r{what:<9} [{bar}] {percent:3d}%  {size}   ", nl=False, err=True)
        else:
            click.echo(f"{what} {percent}%, {size}", err=True)

    def finish(self) -> None:
        """Leave the bar's line."""
        if self._on_terminal and self._last is not None:
            click.echo("", err=True)
