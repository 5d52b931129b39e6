"""The headless engine with pages: scripts that Node runs, over the client as browsers have it.

`python -m e2e.headless FILE` runs an app whose windows are these.
"""

from __future__ import annotations

import json
import os
import re
import runpy
import struct
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Lock, Thread
from typing import Any, BinaryIO

from pytron import bundled
from pytron.engine import Happening
from pytron.engines import headless

_HOST = Path(__file__).with_suffix(".mjs")
_SCRIPT = re.compile(r'<script type="module">(.*)</script>', re.DOTALL)
_CLIENT = "/_pytron/client.js"
_ASSET_S = 60.0
#: How often a page that is sent nothing is looked at: whether it has been left.
_LOOK_S = 0.2


class Browser(headless.HeadlessEngine):
    """Each window is a process of Node's."""

    def __init__(self) -> None:
        super().__init__()
        self._tabs: dict[int, Tab] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="pytron-headless-")
        self.asking = ThreadPoolExecutor(8)

    def command(self, message: Mapping[str, object]) -> None:
        """The same, with a page."""
        super().command(message)
        window: Any = message["window"]
        if message["kind"] in ("open", "navigate", "reload"):
            self.load(window)
        elif message["kind"] == "close":
            self._leave(window)

    def load(self, window: int) -> None:
        """Show what the window's address is, in place of what it shows."""
        self._leave(window)
        self.discard(window)
        self.asking.submit(self._load, window)

    def _load(self, window: int) -> None:
        url = self.windows[window]["url"]
        path = "/" + url.removeprefix(self.origin).lstrip("/")
        _, _, page = self.get(window, "GET", path, {"accept": "text/html"}, _ASSET_S)
        found = _SCRIPT.search(page.decode())
        assert found is not None, f"{url} has no script:\n{page.decode()}"
        folder = Path(self._folder.name)
        client = folder / "client.mjs"
        client.write_bytes(bundled.client())
        script = folder / f"{window}-{id(found)}.mjs"
        script.write_text(found[1].replace(_CLIENT, client.as_uri()), "utf-8")
        self._tabs[window] = Tab(self, window, self.pages[window], script, url)
        self.happen(Happening("loaded", window, {"url": url}))

    def _leave(self, window: int) -> None:
        if (tab := self._tabs.pop(window, None)) is not None:
            tab.close()

    def quit(self, code: int = 0) -> None:
        """End all pages."""
        for window in list(self._tabs):
            self._leave(window)
        super().quit(code)


class Tab:
    """A page, and the process that runs its script."""

    def __init__(
        self, browser: Browser, window: int, page: headless.HeadlessPage, script: Path, url: str
    ) -> None:
        self._browser, self._window, self._page = browser, window, page
        theirs_in, down = os.pipe()
        up, theirs_out = os.pipe()
        joints = (theirs_in, theirs_out)  # what pages write to the console stays apart
        self._process = subprocess.Popen(
            ["node", str(_HOST), str(script), url, *map(str, joints)], pass_fds=joints
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._down, self._up = os.fdopen(down, "wb"), os.fdopen(up, "rb")
        self._lock = Lock()
        self._open = True
        self._sending = Thread(target=self._send, daemon=True)
        self._sending.start()
        Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        """End it; what it has sent and was not taken is nobody's."""
        self._open = False
        self._process.kill()
        self._process.wait()
        self._sending.join()  # else it would take what is for the next page

    def _send(self) -> None:
        while self._open and not self._page.closed:
            for text, parts in self._page.take(_LOOK_S):
                self._post({"kind": "frame"}, [text, *parts])

    def _listen(self) -> None:
        while (found := _read(self._up)) is not None and self._open:
            head, bodies = found
            if head["kind"] == "frame":
                text, *parts = bodies
                self._browser.frame(self._window, text, [memoryview(part) for part in parts])
            elif head["kind"] == "reload":
                self._browser.load(self._window)
            else:
                self._browser.asking.submit(self._serve, head)

    def _serve(self, asked: Mapping[str, Any]) -> None:
        headers = {name.lower(): value for name, value in asked["headers"].items()}
        status, answered, body = self._browser.get(
            self._window, asked["method"], asked["target"], headers, _ASSET_S
        )
        self._post({"id": asked["id"], "status": status, "headers": answered}, [body])

    def _post(self, head: Mapping[str, object], bodies: Sequence[bytes | memoryview]) -> None:
        sizes = [memoryview(body).nbytes for body in bodies]
        text = json.dumps({"kind": "answer", **head, "sizes": sizes}).encode()
        with suppress(OSError), self._lock:  # the page may have gone
            for piece in (struct.pack("<I", len(text)), text, *bodies):
                self._down.write(piece)
            self._down.flush()


def _read(stream: BinaryIO) -> tuple[dict[str, Any], list[bytes]] | None:
    size = stream.read(4)
    if len(size) < 4:
        return None
    head = json.loads(stream.read(*struct.unpack("<I", size)))
    return head, [stream.read(length) for length in head["sizes"]]


if __name__ == "__main__":
    headless.HeadlessEngine = Browser  # type: ignore[misc]
    sys.argv = sys.argv[1:]
    runpy.run_path(sys.argv[0], run_name="__main__")
