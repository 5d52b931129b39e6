"""`pytron licence`: product keys, and licence files for those who bought the app."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def command() -> None:
    """Make product keys and licence files for sealed packages.

    Those packages are sealed with scheme = "licence".
    """


@command.command()
@click.argument("key", type=click.Path(path_type=Path), default="product.key")
def new(key: Path) -> int:
    """Make a product's KEY: whoever has it can issue licences and open every package."""
    from pytron.packager.shield.licences import ProductKey

    ProductKey.new().write(key)
    click.echo(f"{key}: keep it out of the repository, and a copy of it in a safe place")
    return 0


@command.command()
@click.argument("out", type=click.Path(path_type=Path), default="licence.json")
@click.option("--key", type=click.Path(path_type=Path), default="product.key", help="The product.")
@click.option("--holder", required=True, help="For whom.")
@click.option("--expires", metavar="YYYY-MM-DD", help="The last day, in UTC; none by default.")
@click.option("--machine", default="", metavar="FINGERPRINT", help="Only on this machine.")
@click.option("--user", default="", metavar="FINGERPRINT", help="Only for this user of a machine.")
def issue(out: Path, key: Path, holder: str, expires: str | None, machine: str, user: str) -> int:
    """Write a licence file; an app without a licence says the fingerprints of its machine."""
    from pytron.errors import PackagingError
    from pytron.packager.shield import licences

    made = licences.issue(
        licences.ProductKey.read(key), holder=holder, expires=expires, machine=machine, user=user
    )
    try:
        out.write_text(made + "\n", "utf-8")
    except OSError as error:
        raise PackagingError(f"{out} cannot be written: {error}") from error
    click.echo(f"{out}: for {holder}")
    return 0
