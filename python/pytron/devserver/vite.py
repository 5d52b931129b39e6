"""Vite, for the length of `pytron dev`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Any, Final
from urllib.parse import urlsplit

from pytron import link
from pytron.devserver.terminal import Terminal
from pytron.errors import AssetError, EngineError
from pytron.link import Child
from pytron.project.node import check_node, package_of

#: How long Vite may take to listen: its first run bundles dependencies.
_TIMEOUT_S: Final = 60.0


_REMEDY: Final = (
    "; mend vite.config, or where it is the port, end the program that has it or leave out "
    "strictPort"
)


def folder_of(page: Path, app_folder: Path) -> Path | None:
    """The npm project of a page that Vite serves; None when there is none.

    Raises:
        ConfigError: its package.json is no good.
    """
    for folder in (page, *page.parents):
        if (folder / "package.json").is_file():
            package = package_of(folder)
            used = {**package.get("dependencies", {}), **package.get("devDependencies", {})}
            return folder if "vite" in used else None
        if folder == app_folder:
            return None
    return None


class Vite:
    """A running Vite; it is killed with us."""

    def __init__(self, folder: Path, terminal: Terminal, record: Path) -> None:
        """Describe it; `with` starts it.

        Args:
            folder: the page's npm project.
            terminal: shows what it writes.
            record: the session file, for its plugin.
        """
        self._folder = folder
        self._terminal = terminal
        self._record = record
        self._address = ""
        self._ends = False
        #: Whether Pytron's plugin is among those of the project.
        self.has_plugin = False

    def __enter__(self) -> Vite:
        """Start it.

        Raises:
            ToolMissing: Node is missing or too old.
            AssetError: Vite is not installed.
        """
        check_node()
        if not _is_installed(self._folder):
            raise AssetError(
                f"the packages of the page are not installed in {self._folder}; run: "
                "pytron build --install"
            )
        # A launcher of our own, not npm's: that would be one more process between us.
        program = [str(shutil.which("node")), str(Path(__file__).with_name("vite.mjs"))]
        colour = "1" if self._terminal.colourful else "0"
        variables = {**os.environ, "FORCE_COLOR": colour, "PYTRON_DEV_FILE": str(self._record)}
        self._child = Child(
            [*program, str(self._folder)], variables, output=self._terminal.pipe("vite")
        )
        return self

    def url(self) -> str:
        """Where it listens; waits for that.

        Raises:
            EngineError: it does not.
        """
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
                    self._terminal.tail("vite")  # what it says comes first
                    raise EngineError("Vite has ended before it listened; it says why above")
        finally:
            hub.remove(self._child.channel)
            hub.close()
        return self._address

    def _take(self, fields: dict[str, Any]) -> None:
        if fields.get("kind") == "failed":
            self._terminal.tail("vite")  # what it says comes first
            raise EngineError(f"Vite does not start: {fields.get('message')}{_REMEDY}")
        address = str(fields.get("url", ""))
        if urlsplit(address).hostname in ("localhost", "127.0.0.1", "::1"):
            self._address = address.rstrip("/")
            self.has_plugin = bool(fields.get("plugin"))

    def watch(self, died: Callable[[str], object]) -> None:
        """Tell from another thread how it ended, if it ends by itself."""

        def wait() -> None:
            self._child.wait()
            if not self._ends:
                died(self._child.fate())

        Thread(target=wait, name="pytron-vite", daemon=True).start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it."""
        self._ends = True
        self._child.channel.close()
        self._child.end()


def _is_installed(folder: Path) -> bool:
    """Whether Node finds Vite from there: in the folder's packages, or those of a workspace."""
    if (folder / ".pnp.cjs").is_file():
        return True
    return any((place / "node_modules" / "vite").exists() for place in (folder, *folder.parents))
