"""Downloads of pages: where they go, how far they are."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar, TypedDict, TypeVar

from pytron.answer import Answer
from pytron.errors import ConfigError, PytronError
from pytron.services.service import Service

F = TypeVar("F", bound=Callable[..., Any])
_log = logging.getLogger(__name__)


class DownloadStarted(TypedDict):
    """A page wants to download something.

    Attributes:
        key: names the download from now on.
        url: what it comes from.
        name: proposed for the file.
        size: in bytes; None when the server does not say.
    """

    key: int
    url: str | None
    name: str
    size: int | None


class DownloadProgress(TypedDict):
    """So many bytes of it are there."""

    key: int
    received: int
    size: int | None


class DownloadFinished(TypedDict):
    """It is there."""

    key: int
    path: Path


class DownloadFailed(TypedDict):
    """It has ended without a file."""

    key: int
    error: str


class Downloads(Service):
    """`app.downloads`. Each asks the user where it goes, unless `folder` or `on_started` says so.

    Events: `download.started`, `download.progress` (`received`, `size`), `download.finished`
    (`path`), `download.failed` (`error`), each with the download's `key`.
    """

    name: ClassVar[str] = "downloads"
    wire: ClassVar[str] = "download"
    pages: ClassVar[tuple[str, ...]] = ("cancel",)
    events: ClassVar[Mapping[str, type[Any]]] = {
        "download.started": DownloadStarted,
        "download.progress": DownloadProgress,
        "download.finished": DownloadFinished,
        "download.failed": DownloadFailed,
    }

    def begin(self) -> None:
        """Hear of them."""
        #: Where files go without a question, under a name that is free.
        self.folder: Path | None = None
        self._chooser: Callable[..., Any] | None = None
        self._desk.hear("download.started", self._started)

    def on_started(self, handler: F) -> F:
        """Decide with your own handler: it calls `accept` or `cancel` with `event.data["key"]`."""
        self._chooser = handler
        return handler

    def accept(self, key: int, path: Path) -> Answer[None]:
        """Let it be written to this file."""
        return self._ask("accept", key=key, path=str(Path(path).absolute()))

    def cancel(self, key: int) -> Answer[None]:
        """End it; what was written is removed."""
        return self._ask("cancel", key=key)

    def _started(self, data: Mapping[str, Any]) -> None:
        key, name = data["key"], Path(str(data.get("name") or "download")).name
        if self._chooser is not None:
            self._desk.call(self._chooser, "download.started", dict(data))
        elif self.folder is not None:
            self.accept(key, _free(self.folder, name))
        else:
            self._ask_user(key, name, data.get("window"))

    def _ask_user(self, key: int, name: str, number: int | None) -> None:
        runtime = self._desk.runtime("downloads")
        window = next((one for one in runtime.windows if one.id == number), None)
        try:
            chosen = self._desk.app.dialogs.save_file(
                title="Save file", name=name or "download", window=window
            )
        except ConfigError:
            return  # the app has ended

        def done() -> None:
            try:
                path = chosen.result(0)
            except PytronError as error:
                _log.warning("nobody could be asked where %s goes: %s", name, error)
                path = None
            if path is None:
                self.cancel(key)
            else:
                self.accept(key, path)

        chosen.when_done(done)


def _free(folder: Path, name: str) -> Path:
    """A path in the folder that no file has."""
    folder.mkdir(parents=True, exist_ok=True)
    path, serial = folder / name, 1
    while path.exists():
        path = folder / f"{Path(name).stem} ({serial}){Path(name).suffix}"
        serial += 1
    return path
