"""`pytron run`: the app, as `python app.py` runs it."""

from __future__ import annotations

import os
import sys

import click

from pytron.cli import app_argument


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--engine", help="The engine that shows it: native, headless, or an installed one.")
@click.option("--dev", is_flag=True, help="As in development: tracebacks in the page's errors.")
@click.option("--inspect", is_flag=True, help="In development, and with the inspector open.")
@app_argument
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(
    engine: str | None, dev: bool, inspect: bool, app: str | None, arguments: tuple[str, ...]
) -> int:
    """Run an app.

    APP is a file, a folder, or module:name; by default what [tool.pytron] names, or app.py here.
    The ARGUMENTS are the app's own, in sys.argv.
    """
    from pytron.discovery import locate, run_app

    target = locate(app)
    if engine is not None:
        os.environ["PYTRON_ENGINE"] = engine
    if dev or inspect:
        os.environ["PYTRON_DEV"] = "1"
    if inspect:
        os.environ["PYTRON_INSPECT"] = "1"
    sys.argv = [str(target.file or target.module), *arguments]
    return run_app(target)
