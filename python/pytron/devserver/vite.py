"""Vite, for the length of `pytron dev`."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from types import TracebackType
from typing import Any, Final
from urllib.parse import urlsplit

from pytron.devserver.terminal import Terminal
from pytron.errors import EngineError, ToolMissing
from pytron.link import Child

#: How long Vite may take to listen: its first run bundles dependencies.
_TIMEOUT_S: Final = 60.0
_SCRIPT: Final = Path("node_modules") / "vite" / "bin" / "vite.js"


def folder_of(page: Path | None, app_folder: Path) -> Path | None:
    """The npm project of a page that Vite serves; None when there is none."""
    if page is None:
        return None
    for folder in (page, *page.parents):
        if (folder / "package.json").is_file():
            words = (folder / "package.json").read_text("utf-8", errors="replace")
            return folder if '"vite"' in words else None
        if folder == app_folder:
            return None
    return None


class Vite:
    """A running Vite; it is killed with us."""

    def __init__(self, folder: Path, terminal: Terminal) -> None:
        """Describe it; `with` starts it."""
        self._folder = folder
        self._terminal = terminal
        self._address = ""

    def __enter__(self) -> Vite:
        """Start it.

        Raises:
            ToolMissing: Node or Vite is missing.
        """
        node = shutil.which("node")
        if node is None:
            raise ToolMissing("Node is missing, which runs Vite: install it from nodejs.org")
        script = self._folder / _SCRIPT
        if not script.is_file():
            raise ToolMissing(f"Vite is not installed: run `npm install` in {self._folder}")
        # A launcher of our own, not npm's: that would be one more process between us.
        program = [node, str(Path(__file__).with_name("vite.mjs")), str(self._folder)]
        variables = {**os.environ, "FORCE_COLOR": "1" if self._terminal.colourful else "0"}
        self._child = Child(program, variables, output=self._terminal.pipe("vite"))
        return self

    def url(self) -> str:
        """Where it listens; waits for that.

        Raises:
            EngineError: it does not.
        """
        from pytron import link

        hub = link.Hub()
        hub.add(self._child.channel)
        try:
            while not self._address:
                if not hub.wait(_TIMEOUT_S):
                    raise EngineError(f"Vite does not listen after {_TIMEOUT_S:g} s; see above")
                found, more = link.messages(self._child.channel)
                for message in found:
                    self._take(message.fields)
                if not more and not self._address:
                    raise EngineError("Vite has ended before it listened; it says why above")
        finally:
            hub.remove(self._child.channel)
            hub.close()
        return self._address

    def _take(self, fields: dict[str, Any]) -> None:
        address = str(fields.get("url", ""))
        if urlsplit(address).hostname in ("localhost", "127.0.0.1", "::1"):
            self._address = address.rstrip("/")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it."""
        self._child.channel.close()
        self._child.end()
