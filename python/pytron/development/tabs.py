"""Browser tabs beside the windows of an app in development.

`pytron dev` asks for them where the page comes from a server such as Vite's: that passes on to the
app what is the app's, so a tab at its address is a page of the app too.

Source: spec/dev.md.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from typing import Any

from pytron.development.joined import JoinedEngine
from pytron.dispatcher.dispatch import EPOCH
from pytron.engine import Engine, engine_kind
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
        # Only who has the token is let in: no cookies, and nobody to pair.
        options = ServerOptions(browser=False, proxy_token=self._token)
        kind: Any = engine_kind("server")
        super().__init__(
            first, lambda take: kind(options, guests=True, deliver=take, on_demand=True)
        )

    def resume(self) -> None:
        """Let the windows be heard, and tell where the tabs are served."""
        super().resume()
        served = {
            "kind": "serving",
            "url": self.beside.origin,
            "token": self._token,
            "routes": list(self._routes()),
            "epoch": EPOCH,
        }
        self.first.command(served)
