"""The `pytron` command; each subcommand is a module here, imported when it is asked for."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, Final, cast

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
from pytron.near import meant

#: Subcommands and what the help says of them, which must not wait for their imports.
COMMANDS: Final[Mapping[str, str]] = {
    "init": "Make a new project in the folder NAME.",
    "run": "Run an app.",
    "serve": "Serve an app to browsers: only what is marked remote=True, a session for each tab.",
    "build": "Build the page: types from Python, then the build of its npm project.",
    "types": "Write pytron.d.ts: the app's functions, events and state for TypeScript.",
    "dev": "Run an app and start it anew whenever its code is saved.",
    "package": "Package an app: freeze it, and prove that the result starts elsewhere.",
    "licence": "Make product keys and licence files for sealed packages.",
    "add": "Add a window, a route or a part of the state to the app's file.",
    "update": "Move this project to the Pytron that is installed.",
    "doctor": "Say what this machine and project lack, and the commands that mend it.",
    "engine": "Install, list, verify and remove engines that are fetched apart.",
    "info": "Show versions, engines, and facts about this machine.",
    "completion": "Print the completion script for a shell.",
}
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
#: Commands that other tools have, the public `pytron-kit` among them → what does that here.
ELSEWHERE: Final[Mapping[str, str]] = {
    "install": "./setup.sh (setup.ps1 on Windows) installs a project's; pip install a package",
    "uninstall": "pip uninstall",
    "show": "pip list shows the packages; pytron info shows Pytron, its engines and this machine",
    "frontend": "pytron build --install installs and builds the page; npm in its folder the rest",
    "plugin": "pip install it, and include its pytron.Api: app.include(api)",
    "login": "nothing here needs an account; pip installs plugins",
    "logout": "nothing here needs an account",
    "workflow": "pytron init puts a workflow for three systems into .github/workflows",
    "start": "pytron run",
    "serve-dev": "pytron dev",
    "create": "pytron init",
    "new": "pytron init",
    "test": "pytest",
    "docs": "pytron types writes what the page can call; Pytron's own are in its folder docs/",
    "android": "apps for Android cannot be built yet; pytron package builds for this system",
}
#: The same for options.
OPTIONS_ELSEWHERE: Final[Mapping[str, str]] = {
    "--chrome": 'pytron run --engine chrome; for a package engine = "chrome" in [tool.pytron]',
    "--web": "pytron run --engine server",
    "--secure": "pytron package --shield",
    "--fortress": "pytron package --shield",
    "--onefile": "pytron package --one-file",
    "--onedir": "it is so without an option",
    "--name": 'name = "…" in [tool.pytron.package]',
    "--icon": 'icon = "…" in [tool.pytron.package]',
}
#: Set by a shell that asks for words.
_COMPLETE: Final = "_PYTRON_COMPLETE"


class _Commands(click.Group):
    """Subcommands that are imported one by one: `--version` must not wait for all of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            if cmd_name in ELSEWHERE:
                raise click.UsageError(f"there is no {cmd_name!r} here: {ELSEWHERE[cmd_name]}")
            hint = meant(cmd_name, COMMANDS, "pytron --help lists all")
            raise click.UsageError(f"there is no command {cmd_name!r}; {hint}")
        command: click.Command = import_module(f"pytron.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="pytron %(version)s")
def commands() -> None:
    """Desktop apps with Python logic and a web page as their face."""


def app_argument(command: Any) -> Any:
    """The argument APP of commands that pass what follows it to the app.

    They take unknown options, which are the app's; before APP there is no app to take them.
    """
    return click.argument("app", required=False, callback=_no_option)(command)


def _no_option(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:  # noqa: ARG001 - click's signature
    if value is not None and value.startswith("-"):
        raise click.NoSuchOption(value, ctx=ctx)
    return value


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; its exit code."""
    if _COMPLETE in os.environ:
        import_module("pytron.cli.completion")  # it knows a shell that click does not
    try:
        result: Any = commands.main(
            args=None if arguments is None else list(arguments),
            prog_name="pytron",
            standalone_mode=False,
        )
    except click.ClickException as error:
        _translated(error).show()
        return error.exit_code
    except click.Abort:
        return _INTERRUPTED
    except (PytronError, OSError) as error:
        known = error if isinstance(error, PytronError) else _of_system(error)
        _tell(known, sys.argv[1:] if arguments is None else arguments)
        return exit_code(known)
    return result if isinstance(result, int) else 0


def _translated(error: click.ClickException) -> click.ClickException:
    """The same, or for an option of another tool what does that here."""
    if isinstance(error, click.NoSuchOption) and error.option_name in OPTIONS_ELSEWHERE:
        ours = OPTIONS_ELSEWHERE[error.option_name]
        return click.UsageError(f"there is no {error.option_name!r} here: {ours}", error.ctx)
    return error


def _tell(error: PytronError, arguments: Sequence[str]) -> None:
    """Say what went wrong: for people, or with --json for scripts (spec/dev.md, `error`)."""
    if "--json" not in arguments:
        if error.code == "exception":  # an app's own code
            click.echo(f"{cast('Mapping[str, Any]', error.data)['trace']}\n", err=True)
        click.echo(f"error: {error}", err=True)
        return
    plain = {"name": type(error).__name__, "message": str(error), "trace": str(error)}
    carried: Any = error.data
    data = cast("dict[str, Any]", carried) if isinstance(carried, dict) else {}
    click.echo(json.dumps({"error": {"code": error.code, **plain, **data}}, indent=2, default=str))


def _of_system(error: OSError) -> PytronError:
    """What a command was refused by the system. An app's own errors do not come this far."""
    reason = error.strerror or str(error)
    if error.filename is None:
        return PytronError(f"the system refuses: {reason}", code="system")
    return ConfigError(
        f"{error.filename} cannot be used or written: {reason}; choose another place, or make this "
        "one yours"
    )


def exit_code(error: PytronError) -> int:
    """The exit code for an error that ends a command."""
    return next(EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES)
