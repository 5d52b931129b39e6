"""Chromium without a display, as the browser that the server engine opens.

One process serves all tests. Apps open tabs in it by the command that BROWSER names; after each run
its tabs are closed. Its own HTTP interface is all this needs: no driver.
"""

from __future__ import annotations

import atexit
import json
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

_START_S = 60.0


def chromium_program() -> str:
    """The Chromium that the system has: nothing is downloaded."""
    from tools.dev.packages import CHROMIUMS  # this file is also run alone, from anywhere

    found = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if found is None:
        pytest.fail("there is no Chromium: run the tests through dev.py, which installs it")
    return found


class Chromium:
    """A browser that runs until this process ends."""

    def __init__(self) -> None:
        self._profile = Path(tempfile.mkdtemp(prefix="pytron-chromium-"))
        self._process = subprocess.Popen(
            [
                chromium_program(), "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
                "--disable-dev-shm-usage", "--disable-background-networking", "--mute-audio",
                "--disable-background-timer-throttling", "--disable-renderer-backgrounding",
                "--disable-backgrounding-occluded-windows", "--remote-debugging-port=0",
                f"--user-data-dir={self._profile}", "about:blank",
            ],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        atexit.register(self.end)
        self.port = self._found_port()

    def _found_port(self) -> int:
        file = self._profile / "DevToolsActivePort"
        deadline = time.monotonic() + _START_S
        while not file.exists() or "\n" not in file.read_text():
            if self._process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"Chromium did not start (exit code {self._process.poll()})")
            time.sleep(0.05)  # it has no other signal for this
        return int(file.read_text().split("\n", 1)[0])

    def command(self) -> str:
        """The command that opens an address in a new tab, as BROWSER has it."""
        opening = [sys.executable, str(Path(__file__).resolve()), str(self.port)]
        return f"{shlex.join(opening)} %s"

    def close_tabs(self) -> None:
        """Close all tabs but one, so that the browser lives on."""
        pages = [page for page in self._ask("list") if page["type"] == "page"]
        self._ask("new?about:blank")
        for page in pages:
            self._ask(f"close/{page['id']}")

    def _ask(self, what: str) -> Any:
        return ask(self.port, what)

    def end(self) -> None:
        """End it and forget its profile."""
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._profile, ignore_errors=True)


def ask(port: int, what: str) -> Any:
    """Ask the browser by its HTTP interface."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/json/{what}", method="PUT")
    with urllib.request.urlopen(request, timeout=30) as answer:
        text = answer.read().decode()
    return json.loads(text) if text.startswith(("[", "{")) else text


@cache
def chromium() -> Chromium:
    """The one browser of this run of the tests."""
    return Chromium()


@contextmanager
def tabs() -> Generator[Mapping[str, str]]:
    """What makes apps open their windows in Chromium; their tabs are closed at the end."""
    browser = chromium()
    try:
        yield {"BROWSER": browser.command()}
    finally:
        browser.close_tabs()


if __name__ == "__main__":
    ask(int(sys.argv[1]), f"new?{urllib.parse.quote(sys.argv[2], safe='')}")
