"""`pytron serve`: the app for browsers of other people, on other machines."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Any, cast

import click

from pytron.cli import app_argument

#: Options that are set where they are not said: those of a server that strangers reach.
_DEFAULTS = {
    "port": 8000,
    "frame_bytes": 16 << 20,
    "frame_rate": 200.0,
    "pending": 1_000,
    "per_address": 64,
    "requests_per_minute": 1_200,
}


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--host", help="The address to listen on; 127.0.0.1 by default.")
@click.option("--port", type=int, help="The port; 8000 by default, 0 takes a free one.")
@click.option("--url", help="The address that browsers use, where it is another: https://….")
@click.option("--origins", help="Other origins whose pages may connect, with commas.")
@click.option("--tls-cert", help="A file of certificates; the server then speaks TLS.")
@click.option("--tls-key", help="The file of its key.")
@click.option("--public", is_flag=True, help="Let every visitor in, without pairing.")
@click.option("--proxies", help="Addresses of proxies whose X-Forwarded-For is believed.")
@click.option("--connections", type=int, help="WebSockets open at a time; 10000.")
@click.option("--per-address", type=int, help="The same, for one address; 64.")
@click.option("--frame-bytes", type=int, help="The largest message a page may send; 16 MiB.")
@click.option("--frame-rate", type=float, help="Frames a second of one page, for long; 200.")
@click.option("--requests-per-minute", type=float, help="HTTP requests of one address; 1200.")
@click.option("--keep-s", type=float, help="How long a lost session is kept; 120.")
@click.option("--drain-s", type=float, help="How long the end waits for calls; 10.")
@click.option("--metrics-token", help="Gives /_pytron/metrics to who sends this bearer token.")
@click.option("--key-file", help="Keeps the key of the cookies: browsers stay paired.")
@click.option("--hub", help="Makes what several processes share: module:function.")
@click.option("--log/--no-log", default=True, help="Write the access log to stderr.")
@app_argument
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(
    app: str | None, arguments: tuple[str, ...], public: bool, log: bool, **given: Any
) -> int:
    """Serve an app to browsers: only what is marked remote=True, a session for each tab.

    APP is a file, a folder, or module:name; by default what [tool.pytron] names, or app.py here.
    The ARGUMENTS are the app's own, in sys.argv. Each option is also PYTRON_SERVER_… in the
    environment, and a key of [tool.pytron.server].
    """
    from pytron.config import Origin
    from pytron.discovery import locate, run_app
    from pytron.errors import ConfigError
    from pytron.server.options import ServerOptions

    target = locate(app)
    folder = target.file.parent if target.file is not None else Path.cwd()
    table: Any = Origin(folder, target.file).settings.get("server", {})
    if not isinstance(table, dict):
        raise ConfigError("[tool.pytron.server] must be a table")
    settings = cast("dict[str, Any]", table)
    said = {name: value for name, value in given.items() if value is not None}
    if public:
        said["pairing"] = False
    from_environment = {
        name for name in _DEFAULTS if os.environ.get(f"PYTRON_SERVER_{name.upper()}")
    }
    for name, value in {**_DEFAULTS, **settings, **said, "remote": True, "browser": False}.items():
        if name in said or name not in from_environment:
            os.environ[f"PYTRON_SERVER_{name.upper()}"] = _as_text(value)
    ServerOptions.of()  # what does not fit is said before the app is imported
    os.environ["PYTRON_ENGINE"] = "server"
    if log:
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    sys.argv = [str(target.file or target.module), *arguments]
    return run_app(target)


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, list | tuple):
        return ",".join(str(part) for part in cast("list[Any]", value))
    return str(value)
