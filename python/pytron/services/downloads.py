"""Downloads of pages: where they go, how far they are."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar, TypedDict, TypeVar
from urllib.parse import urlsplit

from pytron.answer import Answer
from pytron.engine import AssetRequest, Capability
from pytron.errors import CallError, ConfigError, PytronError
from pytron.events import Event
from pytron.services.saving import Saving
from pytron.services.service import Service
from pytron.window import Window

F = TypeVar("F", bound=Callable[..., Any])
_log = logging.getLogger(__name__)


class DownloadStarted(TypedDict):
    """A page wants to download something.

    Attributes:
        key: names the download from now on.
        url: what it comes from.
        file: the name that is proposed for it.
        size: in bytes; None when the server does not say.
        window: the number of the page's window.
    """

    key: int
    url: str | None
    file: str
    size: int | None
    window: int | None


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
    pages: ClassVar[tuple[str, ...]] = ("save", "cancel")
    events: ClassVar[Mapping[str, type[Any]]] = {
        "download.started": DownloadStarted,
        "download.progress": DownloadProgress,
        "download.finished": DownloadFinished,
        "download.failed": DownloadFailed,
    }

    def begin(self) -> None:
        """Hear of them."""
        self._folder: Path | None = None
        self._chooser: Callable[..., Any] | None = None
        self._lock = Lock()
        #: Those that the kit writes itself, by their keys; the window host's are above zero.
        self._own: dict[int, Saving] = {}
        self._serial = count(1)
        self._desk.hear("download.started", self._started)
        self._desk.hear("download.asked", self._asked)
        for ending in ("finished", "failed"):
            self._desk.hear(f"download.{ending}", self._ended)
        self._desk.app.on("window.closed", self._left_alone)

    @property
    def folder(self) -> Path | None:
        """Where files go without a question, under a name that is free; None asks the user.

        Raises:
            ConfigError: it is set to a relative path, which every start could take for another.
        """
        return self._folder

    @folder.setter
    def folder(self, folder: Path | str | None) -> None:
        place = None if folder is None else Path(folder).expanduser()
        if place is not None and not place.is_absolute():
            raise ConfigError(
                f"downloads.folder is {str(folder)!r}, which is relative: "
                f"give a whole path, such as app.folders.downloads / {str(folder)!r}"
            )
        self._folder = place

    def close(self) -> None:
        """The app ends."""
        with self._lock:
            own = list(self._own.values())
        for saving in own:
            saving.cancel("the app has ended")

    def on_started(self, handler: F) -> F:
        """Decide with your own handler: it calls `accept` or `cancel` with `event.data["key"]`."""
        self._chooser = handler
        return handler

    def save(self, url: str, *, name: str = "", window: Window | None = None) -> Answer[int]:
        """Save what an address of the app's own gives, as if the page had downloaded it; its key.

        `name` is proposed where the answer itself names no file.
        """
        try:
            window = self._desk.shown("downloads.save", window)
        except CallError as error:
            return Answer.failed("downloads.save", error)
        own = self._desk.runtime("downloads").engine.origin
        address = url if "://" in url else f"{own}/{url.removeprefix('/')}"
        if not address.startswith(f"{own}/"):
            reason = f"{url!r} is not the app's own; only that can be saved so"
            return self._refused("save", reason)
        answer: Answer[int] = Answer("downloads.save")
        answer.settle(self._begin(address, window.id, name))
        return answer

    def accept(self, key: int, path: Path) -> Answer[None]:
        """Let it be written to this file."""
        place = Path(path).absolute()
        if key > 0:
            return self._ask("accept", key=key, path=str(place))
        return self._with_own("accept", key, lambda saving: saving.accept(place))

    def cancel(self, key: int) -> Answer[None]:
        """End it; what was written is removed."""
        if key > 0:
            return self._ask("cancel", key=key)
        return self._with_own("cancel", key, Saving.cancel)

    def can(self, feature: str) -> Capability | None:
        """Own things always; for the rest the window host says so."""
        if feature == "downloads.save":
            return Capability(True, "Python writes what is the app's own")
        host = feature.replace("downloads.", "download.", 1)
        return self._desk.runtime("can").engine.can(host)

    def _with_own(self, what: str, key: int, do: Callable[[Saving], None]) -> Answer[None]:
        answer: Answer[None] = Answer(f"downloads.{what}")
        with self._lock:
            saving = self._own.get(key)
        if saving is None:
            answer.fail(CallError("the download has ended", code="closed"))
        else:
            do(saving)
            answer.settle(None)
        return answer

    def _asked(self, data: Mapping[str, Any]) -> bool:
        """A page wants something of the app's own, which no web engine can download."""
        self._begin(str(data["url"]), data.get("window"), "")
        return False

    def _begin(self, address: str, window: int | None, name: str) -> int:
        runtime = self._desk.runtime("downloads")
        with self._lock:
            key = -next(self._serial)
            saving = self._own[key] = Saving(key, address, window, self._desk.tell, name=name)
        parts = urlsplit(address)
        target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
        wanted = AssetRequest(key, window or 0, "GET", target, {"accept": "*/*"})
        for task in runtime.load(wanted, saving):
            runtime.submit(task)
        return key

    def _ended(self, data: Mapping[str, Any]) -> None:
        with self._lock:
            self._own.pop(data["key"], None)

    def _left_alone(self, _event: Event[Any]) -> None:
        """A window has closed: nobody says any more where its downloads go."""
        try:
            living = {window.id for window in self._desk.runtime("downloads").windows}
        except ConfigError:
            return  # the app has ended
        with self._lock:
            own = list(self._own.values())
        for saving in own:
            if saving.window not in living and not saving.is_placed:
                saving.cancel("the window has closed")

    def _started(self, data: Mapping[str, Any]) -> None:
        key, name = data["key"], Path(str(data.get("file") or "download")).name
        if self._chooser is not None:
            self._desk.call(self._chooser, "download.started", dict(data))
        elif self._folder is not None:
            try:
                place = _free(self._folder, name)
            except OSError as error:
                self._give_up(key, f"{name} cannot be put into {self._folder}: {error}")
            else:
                self.accept(key, place)
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
                # Why it fails is not a user's cancelling.
                self._give_up(key, f"nobody could be asked where {name} goes: {error}")
                return
            if path is None:
                self.cancel(key)
            else:
                self.accept(key, path)

        chosen.when_done(done)

    def _give_up(self, key: int, reason: str) -> None:
        """It has no place to go to: say why, and end it."""
        _log.warning("%s", reason)
        if key > 0:
            self.cancel(key)
        else:
            self._with_own("cancel", key, lambda saving: saving.cancel(reason))


def _free(folder: Path, name: str) -> Path:
    """A path in the folder that no file has."""
    folder.mkdir(parents=True, exist_ok=True)
    path, serial = folder / name, 1
    while path.exists():
        path = folder / f"{Path(name).stem} ({serial}){Path(name).suffix}"
        serial += 1
    return path
