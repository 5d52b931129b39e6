"""`pytron dev`: the app, started anew at every save under windows that live on."""

from __future__ import annotations

import os

import click

from pytron.cli import app_argument


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--engine", help="The engine that shows it: native or chrome.")
@click.option("--no-vite", is_flag=True, help="Show the page as it was built.")
@click.option(
    "--only",
    multiple=True,
    type=click.Choice(["app", "page", "window", "vite", "next"]),
    help="Show only what these write; may be given several times.",
)
@click.option(
    "--level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="info",
    help="The least of what pages write to their consoles; info unless told otherwise.",
)
@click.option("--inspect", is_flag=True, help="With the inspector open.")
@app_argument
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(
    engine: str | None,
    no_vite: bool,
    only: tuple[str, ...],
    level: str,
    inspect: bool,
    app: str | None,
    arguments: tuple[str, ...],
) -> int:
    """Run an app and start it anew whenever its code is saved.

    The windows stay, with their pages, scroll and focus, and so does app.state. Where the page is
    an npm project with Vite or Next.js, that serves it. APP is a file, a folder, or module:name; by
    default what [tool.pytron] names, or app.py here. The ARGUMENTS are the app's own.
    """
    from pathlib import Path

    from pytron import devserver
    from pytron.devserver.pages import sources_of
    from pytron.discovery import locate
    from pytron.project.frontend import page_of

    target = locate(app)
    devserver.check_watching()
    if engine is not None:
        os.environ["PYTRON_ENGINE"] = engine
    folder = target.file.parent if target.file else Path.cwd()
    elsewhere = bool(os.environ.get("PYTRON_FRONTEND"))  # a server that somebody else has started
    page = None if elsewhere else page_of(target.file, folder)
    sources = None if page is None or no_vite else sources_of(page, folder)
    if page is not None and page.suffix:  # an HTML file, and what is beside it
        page = page.parent
    return devserver.develop(
        devserver.Plan(
            str(target.file or app),
            folder,
            arguments,
            sources=sources,
            page=page if sources is None else None,
            only=only,
            level=level,
            inspect=inspect,
        )
    )
