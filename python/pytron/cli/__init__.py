"""The `pytron` command; each subcommand is a module here, imported when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, Final

import click

from pytron import __version__
from pytron.errors import (
    AssetError,
    ConfigError,
    EngineError,
    PackagingError,
    PytronError,
    ToolMissing,
)

#: Subcommands, in the order in which the help lists them.
COMMANDS: Final = ("init", "run", "serve", "build", "types", "package", "engine", "info")
#: Exit codes by error class; 2 is also that of a wrong command line.
EXIT_CODES: Final[Mapping[type, int]] = {
    PytronError: 1,
    ConfigError: 2,
    EngineError: 3,
    AssetError: 4,
    PackagingError: 5,
    ToolMissing: 6,
}
_INTERRUPTED: Final = 130


class _Commands(click.Group):
    """Subcommands that are imported one by one: `--version` must not wait for all of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"pytron.cli.{cmd_name}").command
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="pytron %(version)s")
def commands() -> None:
    """Desktop apps with Python logic and a web page as their face."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; its exit code."""
    try:
        result: Any = commands.main(
            args=None if arguments is None else list(arguments),
            prog_name="pytron",
            standalone_mode=False,
        )
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        return _INTERRUPTED
    except PytronError as error:
        click.echo(f"error: {error}", err=True)
        return exit_code(error)
    return result if isinstance(result, int) else 0


def exit_code(error: PytronError) -> int:
    """The exit code for an error that ends a command."""
    return next(EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES)
