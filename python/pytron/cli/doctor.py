"""`pytron doctor`: what this machine and this project lack."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pytron.doctor import Finding

_SIGNS = {"good": ("✓", "green"), "hint": ("!", "yellow"), "bad": ("✗", "red")}


@click.command()
@click.option("--fix", is_flag=True, help="Run the commands that mend what is bad, where safe.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def command(fix: bool, as_json: bool) -> int:
    """Say what this machine and project lack, and the commands that mend it.

    With --fix such a command is run if it only adds something: a missing package, the page's build.
    System packages are installed as root, or by sudo where it asks for no password.
    """
    from pytron.doctor import examine

    found = examine(Path.cwd())
    if fix:
        for finding in found:
            if finding.state == "bad" and finding.run:
                _mend(finding, quiet=as_json)
        found = examine(Path.cwd())
    bad = sum(finding.state == "bad" for finding in found)
    if as_json:
        rows = [{"name": f.name, "state": f.state, "said": f.said, "fix": f.fix} for f in found]
        click.echo(json.dumps({"good": not bad, "findings": rows}, indent=2))
        return 1 if bad else 0
    for finding in found:
        _show(finding)
    click.echo()
    if bad:
        click.secho(f"{bad} to mend; the commands stand above", fg="red", bold=True)
    else:
        click.secho("nothing is missing", fg="green", bold=True)
    return 1 if bad else 0


def _show(finding: Finding) -> None:
    sign, colour = _SIGNS[finding.state]
    click.echo(f"{click.style(sign, fg=colour, bold=True)} {finding.name:<20} {finding.said}")
    if finding.fix and finding.fix != finding.said:
        click.echo(f"  {'':<20} → {click.style(finding.fix, bold=True)}")


def _mend(finding: Finding, *, quiet: bool) -> None:
    words = _allowed(finding)
    if words is None:
        return
    click.echo(f"→ {' '.join(words)}", err=quiet)
    if finding.root and words[-len(finding.run)] == "apt-get":
        _run([*words[: -len(finding.run)], "apt-get", "update"], quiet)
    _run(words, quiet)


def _run(words: Sequence[str], quiet: bool) -> None:
    output = subprocess.DEVNULL if quiet else None
    subprocess.run(words, check=False, stdin=subprocess.DEVNULL, stdout=output)


def _allowed(finding: Finding) -> list[str] | None:
    """The command, if it may be run: as it is, as root, or by a sudo that asks nothing."""
    if not finding.root or (hasattr(os, "geteuid") and os.geteuid() == 0):
        return list(finding.run)
    if shutil.which("sudo") is None:
        return None
    asked = subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True)
    return ["sudo", "-n", *finding.run] if asked.returncode == 0 else None
