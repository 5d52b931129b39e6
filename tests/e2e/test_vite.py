"""Vite's own server before an app that runs: a tab at its address is a page of the app."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from pytron import App
from pytron.development.joined import JoinedEngine
from pytron.engines.headless import HeadlessEngine
from pytron.engines.server import ServerEngine
from pytron.project.session import Session, place_of, write
from pytron.server.options import ServerOptions
from pytron.testing import Page
from server.browser import Browser, Tab

from tools.dev.machine import ROOT

DEADLINE_S = 60
CONFIG = 'import { pytron } from "vite-plugin-pytron";\nexport default { plugins: [pytron()] };\n'
SOURCE = """
import pytron
app = pytron.App("x", frontend="frontend/dist")
@app.expose
def greet(name: str) -> str: ...
"""


@pytest.fixture
def project() -> Generator[Path]:
    """A project inside the checkout, where Node finds the packages that it has installed."""
    (ROOT / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "build", prefix="vite-") as folder:
        files = {
            "pyproject.toml": "[tool.pytron]\n",
            "app.py": SOURCE,
            "frontend/package.json": '{"type": "module"}',
            "frontend/index.html": "<!doctype html><title>page</title>",
            "frontend/src/main.js": "",
            "frontend/vite.config.js": CONFIG,
        }
        for name, text in files.items():
            path = Path(folder) / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
        yield Path(folder)


def vite(project: Path) -> subprocess.Popen[bytes]:
    node = shutil.which("node")
    assert node is not None, "Node is missing: run the tests through dev.py"
    program = ROOT / "node_modules" / "vite" / "bin" / "vite.js"  # npx would outlive its end
    return subprocess.Popen(
        [node, str(program), "--host", "127.0.0.1", "--port", "0"],
        cwd=project / "frontend",
        env={**os.environ, "PYTRON_PYTHON": sys.executable},
        stdin=subprocess.DEVNULL,
    )


def written(place: Path, process: subprocess.Popen[bytes]) -> str:
    """What a file says that Vite's plugin writes."""
    end = time.monotonic() + DEADLINE_S
    while not place.is_file():
        assert time.monotonic() < end, f"Vite does not write {place.name}"
        with pytest.raises(subprocess.TimeoutExpired):  # it goes on
            process.wait(0.05)
    return place.read_text("utf-8")


def test_window_and_tab_share_one_app(project: Path) -> None:
    app = App("Both", state={"count": 0})

    @app.expose
    def greet(name: str) -> str:
        app.emit("greeted", name)
        return f"Hello, {name}!"

    @app.asset("thumb/{id}")
    def thumb(id: int) -> bytes:
        return b"thumb %d" % id

    token = secrets.token_urlsafe(16)
    options = ServerOptions(browser=False, proxy_token=token)
    window_engine = HeadlessEngine()
    engine = JoinedEngine(window_engine, ServerEngine(options, guests=True))
    with app.running_on(engine, persist=False):
        python = f"http://127.0.0.1:{engine.beside.port}"
        session = Session(python, token, sys.executable, "app.py", "e1", ["thumb/{id}"])
        write(place_of(project), session)
        process = vite(project)
        try:
            told = written(project / ".pytron" / "vite.json", process)
            address = urlsplit(json.loads(told)["url"])
            at_vite = cast("Any", SimpleNamespace(port=address.port))
            browser = Browser(at_vite)
            browser.origin = f"http://{address.netloc}"
            window = Page(window_engine, app.window("main").id, timeout_s=DEADLINE_S)
            window.hello()
            window.subscribe("greeted")
            window.sync()
            tab = Tab(browser).hello()
            assert tab.call("greet", "tab") == "Hello, tab!"
            assert window.event() == ("greeted", "tab")
            assert window.call("greet", "window") == "Hello, window!"
            assert browser.request("GET", "/thumb/3")[2] == b"thumb 3"
            assert b"<title>page" in browser.request("GET", "/", Accept="text/html")[2]
            assert browser.request("GET", "/thumb/3", Sec_Fetch_Site="cross-site")[0] == 403
            types = written(project / "frontend" / "src" / "pytron.d.ts", process)
            assert "greet(name: string)" in types
            window.end()
            assert not forged(python)
        finally:
            process.terminate()
            process.wait(DEADLINE_S)


def forged(python: str) -> bool:
    """Whether Python takes a wrong token for the right one."""
    connection = http.client.HTTPConnection(urlsplit(python).netloc, timeout=DEADLINE_S)
    try:
        connection.request("GET", "/_pytron/session", headers={"pytron-token": "forged"})
        return connection.getresponse().status == 200
    finally:
        connection.close()
