"""A browser beside the app: Chromium, driven by Playwright, as people who test use it.

What is in the app's own windows, tabs of the server engine too, is driven by `pytron.testing`.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from e2e.chromium import chromium_program
from playwright.sync_api import Browser, sync_playwright
from pytron.testing import TestClient

DEADLINE_MS = 30_000


@pytest.fixture(scope="session")
def browser() -> Generator[Browser]:
    """Chromium without a window."""
    found = chromium_program()
    # Its sandbox refuses root, which CI often is; what it shows here is our own.
    arguments = ["--no-sandbox"] if hasattr(os, "getuid") and os.getuid() == 0 else []
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=arguments)
        yield launched
        launched.close()


@contextmanager
def served(page: TestClient) -> Generator[str]:
    """The address under which a browser gets what the pages of an app that runs would get."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            response = page.get(self.path)
            self.send_response(response.status)
            for name, value in response.headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(response.body)
            except BrokenPipeError:
                self.close_connection = True  # the page has asked for something else meanwhile

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
