"""An app that is attacked, on a server of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytron import App
from pytron.engines.server import ServerEngine
from server.browser import Browser, serving


def make(frontend: Path | None = None) -> App[object]:
    app = App("Served", frontend=frontend, ephemeral=True)

    @app.expose
    def secret() -> str:
        return "secret"

    @app.expose(remote=True)
    def greet(name: str) -> str:
        return f"hello {name}"

    @app.asset("private/{name}")
    def private(name: str) -> str:
        return name

    @app.asset("public/{name}", remote=True)
    def public(name: str) -> str:
        return name

    return app


@pytest.fixture
def engine() -> Iterator[ServerEngine]:
    with serving(make()) as started:
        yield started


@pytest.fixture
def remote() -> Iterator[ServerEngine]:
    with serving(make(), remote=True, pending=3) as started:
        yield started


def paired(engine: ServerEngine) -> Browser:
    browser = Browser(engine)
    browser.pair()
    return browser
