"""What serves the page for the length of `pytron dev`: Vite, or Next.js."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from pytron import bundled, link
from pytron.devserver.terminal import Terminal
from pytron.errors import AssetError, EngineError
from pytron.link import Child
from pytron.project.node import check_node, package_of

#: How long it may take to listen: its first run bundles dependencies.
_TIMEOUT_S: Final = 60.0


_REMEDY: Final = (
    "; mend its configuration, or where it is the port, end the program that has it or leave out "
    "what asks for that one"
)
#: What serves pages in development, by the package that a project has → what people call it.
_TITLES: Final = {"vite": "Vite", "next": "Next.js"}


class Sources(NamedTuple):
    """A page's npm project, and what serves it: `vite` or `next`."""

    folder: Path
    server: str


def sources_of(page: Path, app_folder: Path) -> Sources | None:
    """The npm project of a page that has a development server; None when there is none.

    Raises:
        ConfigError: its package.json is no good.
    """
    for folder in (page, *page.parents):
        if (folder / "package.json").is_file():
            package = package_of(folder)
            used = {**package.get("dependencies", {}), **package.get("devDependencies", {})}
            found = next((name for name in ("next", "vite") if name in used), None)
            return None if found is None else Sources(folder, found)
        if folder == app_folder:
            return None
    return None


class PageServer:
    """A running Vite, or Next.js; it is killed with us."""

    def __init__(self, sources: Sources, terminal: Terminal, record: Path) -> None:
        """Describe it; `with` starts it.

        Args:
            sources: the page's npm project.
            terminal: shows what it writes.
            record: the session file, for what passes on to Python.
        """
        self._folder, self._name = sources
        #: What people call it.
        self.title = _TITLES[self._name]
        self._terminal = terminal
        self._record = record
        self._address = ""
        self._ends = False
        #: Whether it shows errors of Python over the page itself.
        self.has_plugin = False

    def __enter__(self) -> PageServer:
        """Start it.

        Raises:
            ToolMissing: Node is missing or too old.
            AssetError: its packages are not installed.
        """
        check_node()
        if not _is_installed(self._folder, self._name):
            raise AssetError(
                f"the packages of the page are not installed in {self._folder}; run: "
                "pytron build --install"
            )
        # A launcher of our own, not npm's: that would be one more process between us.
        launcher = Path(__file__).with_name(f"{self._name}.mjs")
        program = [str(shutil.which("node")), str(launcher), str(self._folder)]
        if self._name == "next":
            program.append(str(bundled.page_proxy()))
        colour = "1" if self._terminal.colourful else "0"
        variables = {**os.environ, "FORCE_COLOR": colour, "PYTRON_DEV_FILE": str(self._record)}
        self._child = Child(program, variables, output=self._terminal.pipe(self._name))
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
                    raise EngineError(
                        f"{self.title} does not listen after {_TIMEOUT_S:g} s; see above"
                    )
                found, more = link.messages(self._child.channel)
                for message in found:
                    self._take(message.fields)
                if not more and not self._address:
                    self._terminal.tail(self._name)  # what it says comes first
                    raise EngineError(
                        f"{self.title} has ended before it listened; it says why above"
                    )
        finally:
            hub.remove(self._child.channel)
            hub.close()
        return self._address

    def _take(self, fields: dict[str, Any]) -> None:
        if fields.get("kind") == "failed":
            self._terminal.tail(self._name)  # what it says comes first
            raise EngineError(f"{self.title} does not start: {fields.get('message')}{_REMEDY}")
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

        Thread(target=wait, name="pytron-pages", daemon=True).start()

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


def _is_installed(folder: Path, name: str) -> bool:
    """Whether Node finds a package from there: in its own packages, or those of a workspace."""
    if (folder / ".pnp.cjs").is_file():
        return True
    return any((place / "node_modules" / name).exists() for place in (folder, *folder.parents))
