"""Browser tabs beside the windows of an app in development.

`pytron dev` asks for them where the page comes from a server such as Vite's: that passes on to the
app what is the app's, so a tab at its address is a page of the app too.

Source: spec/dev.md.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pytron import config
from pytron.development.joined import JoinedEngine
from pytron.dispatcher.dispatch import EPOCH
from pytron.engine import Capability, Engine, EngineOptions, engine_kind
from pytron.server.options import ServerOptions


class TabbedEngine(JoinedEngine[Any]):
    """An engine for the windows, and a server for tabs, which the keeper is told of."""

    def __init__(self, first: Engine, routes: Callable[[], Iterable[str]]) -> None:
        """Join a server to the engine of the windows.

        Args:
            first: behind a link whose other end is a keeper (spec/view.md, section 7).
            routes: gives the patterns of `@app.asset`.
        """
        self._routes = routes
        self._token = secrets.token_urlsafe(24)
        options = self.options(self._token)
        kind: Any = engine_kind("server")
        super().__init__(first, kind(options, guests=True, on_demand=True))

    def options(self, token: str) -> ServerOptions:
        """Only who has the token is let in: no cookies, and nobody to pair."""
        return ServerOptions(browser=False, proxy_token=token)

    def resume(self) -> None:
        """Let the windows be heard, and tell where the tabs are served."""
        super().resume()
        self.first.command(self.serving())

    def serving(self) -> dict[str, object]:
        """What the keeper is told."""
        return {
            "kind": "serving",
            "url": self.beside.origin,
            "token": self._token,
            "routes": list(self._routes()),
            "epoch": EPOCH,
        }


class ServedEngine(TabbedEngine):
    """The server engine under `pytron dev`: tabs are all the windows there are.

    A tab that came by the proxy of a development server is let in by its token, one that opened
    the server itself by pairing. The keeper sees to it that the next process has the same port and
    the same key, so that tabs find it again.
    """

    first_window = False

    def options(self, token: str) -> ServerOptions:
        """As the environment says, where the keeper says it too."""
        return ServerOptions.of({"browser": False, "proxy_token": token})

    def start(self, options: EngineOptions) -> None:
        """Get both ready."""
        super().start(options)
        self.origin = self.beside.origin

    def serving(self) -> dict[str, object]:
        """What the keeper is told: an address for people, too."""
        return {**super().serving(), "pair": self.beside.pairing_url()}

    def command(self, message: Mapping[str, object]) -> None:
        """Tell the keeper what is for it, and the server the rest."""
        if message["kind"] in ("serving", "said"):
            self.first.command(message)
        else:
            self.beside.command(message)

    def can(self, feature: str) -> Capability:
        """What a tab can do."""
        return self.beside.can(feature)

    def _of(self, window: int) -> Engine:  # noqa: ARG002 - all of them are tabs
        return self.beside


def with_tabs(engine: Engine, routes: Callable[[], Iterable[str]]) -> Engine:
    """The engine of an app that `pytron dev` runs, with tabs beside it where they are wanted."""
    if engine.windowless:
        return ServedEngine(engine, routes)
    return TabbedEngine(engine, routes) if config.has_tabs() else engine
