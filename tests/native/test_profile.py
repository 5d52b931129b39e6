"""What a host keeps, and pages that are not its own."""

import http.server
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from native.desk import PAGE, Desk


class Server(http.server.BaseHTTPRequestHandler):
    """A development server: the test page at its own address."""

    def do_GET(self) -> None:
        body = PAGE.encode()
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    listening = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=listening.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{listening.server_port}"
    listening.shutdown()
    thread.join()
    listening.server_close()


def test_trusted_origin_gets_the_bridge_with_parts(desk: Desk, server: str) -> None:
    echo = """
      const address = (part) => __pytron__.origin + "/_pytron/part/" + part[0];
      const bodies = parts.map(async (part) => (await fetch(address(part))).arrayBuffer());
      say({ kind: "echo" }, await Promise.all(bodies));
    """

    def scenario(desk: Desk) -> None:
        options = {"url": f"{server}/", "trust": [server]}
        desk.command("open", window=1, options=options)
        desk.frame("hello")
        assert desk.do("return location.origin") == server
        desk.do(echo, parts=[b"binary", bytes(100_000)])
        assert desk.frame("echo")[1] == [b"binary", bytes(100_000)]

    desk.run(scenario)


def test_foreign_page_is_neither_shown_nor_bridged(desk: Desk, server: str) -> None:
    def scenario(desk: Desk) -> None:
        desk.command("open", window=1, options={"url": f"{server}/"})
        assert desk.event("external")["url"] == f"{server}/"
        desk.command("navigate", window=1, url="pytron://localhost/")
        desk.frame("hello")

    desk.run(scenario)


def test_frame_of_a_listed_origin_is_shown_without_a_bridge(desk: Desk, server: str) -> None:
    source = f"""
      const frame = document.createElement("iframe");
      const loaded = new Promise((done) => frame.addEventListener("load", done));
      frame.src = "{server}/";
      document.body.append(frame);
      await loaded;
      return frame.contentWindow.length;
    """

    def scenario(desk: Desk) -> None:
        desk.open(frames=[server])
        assert desk.do(source) == 0
        # The page in it fails at `__pytron__`, so no second hello comes.
        desk.do(f"location = '{server}/'")
        assert desk.event("external")["url"] == f"{server}/"
        assert desk.do("return location.href") == "pytron://localhost/"

    desk.run(scenario)


def test_page_that_cannot_be_loaded_is_told(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        dead = f"http://127.0.0.1:{unused.getsockname()[1]}"

    def scenario(desk: Desk) -> None:
        desk.command("open", window=1, options={"url": f"{dead}/", "trust": [dead]})
        assert f"{dead}/ could not be loaded" in desk.event("failed", window=1)["message"]

    desk.run(scenario)


def test_profile_is_kept_only_with_a_folder(tmp_path: Path) -> None:
    kept: list[str | None] = []

    def write(desk: Desk) -> None:
        desk.open()
        desk.do("localStorage.setItem('key', 'value')")

    def read(desk: Desk) -> None:
        desk.open()
        kept.append(desk.do("return localStorage.getItem('key')"))

    for folder in (str(tmp_path), None):
        Desk().run(write, data_folder=folder)
        Desk().run(read, data_folder=folder)
    assert kept == ["value", None]
    assert any(tmp_path.iterdir())
