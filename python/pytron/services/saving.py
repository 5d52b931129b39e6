"""What a page downloads from the app itself: the kit has it, so the kit writes the file."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from email.message import Message
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from pytron.engine import Body, FileBody

Tell = Callable[[str, Mapping[str, Any]], None]
_log = logging.getLogger(__name__)
#: How often progress is told.
EVERY_S: Final = 0.1
_PIECE = 1 << 20


class Saving:
    """One such download. It waits for its place, then writes; a thread of its own does both."""

    def __init__(
        self, key: int, url: str, window: int | None, tell: Tell, *, name: str = ""
    ) -> None:
        self.key = key
        self.window = window
        self._url = url
        self._name = name
        self._tell = tell
        self._decided = Event()
        self._place: Path | None = None
        self._cancelled: str | None = None

    def accept(self, place: Path) -> None:
        """Write it to this file."""
        self._place = place
        self._decided.set()

    def cancel(self, reason: str = "cancelled") -> None:
        """End it; what was written is removed."""
        self._cancelled = self._cancelled or reason
        self._decided.set()

    @property
    def is_placed(self) -> bool:
        """Whether it is known where it goes."""
        return self._decided.is_set()

    def answer(
        self, request: int, status: int, headers: Sequence[tuple[str, str]], body: Body
    ) -> None:
        """Take what the app's assets answer."""
        del request
        arguments = (status, {key.lower(): value for key, value in headers}, body)
        Thread(target=self._run, args=arguments, name="pytron-download", daemon=True).start()

    def _run(self, status: int, headers: Mapping[str, str], body: Body) -> None:
        try:
            if status != 200:
                self._fail(f"{self._url}: status {status}")
                return
            self._write(headers, body)
        except OSError as error:
            self._fail(str(error))
        except Exception as error:  # noqa: BLE001 - told as the download's end
            _log.exception("the download of %s failed", self._url)
            self._fail(f"{self._url}: {error}")
        finally:
            close = getattr(body, "close", None)
            if close is not None:
                close()

    def _write(self, headers: Mapping[str, str], body: Body) -> None:
        size = _size_of(headers, body)
        name = _name_of(headers) or self._name or _last_part(self._url)
        started = {"url": self._url, "file": name, "size": size, "window": self.window}
        self._tell("download.started", {"key": self.key, **started})
        self._decided.wait()
        place = self._place
        if place is None or self._cancelled:
            self._fail(self._cancelled or "cancelled")
            return
        part = place.with_name(f"{place.name}.{self.key & 0xFFFF:04x}.part")
        try:
            with part.open("xb") as file:
                received = self._copy(file.write, body, size)
            if not self._cancelled:
                part.replace(place)
        finally:
            part.unlink(missing_ok=True)
        if self._cancelled:
            self._fail(self._cancelled)
            return
        self._progress(received, size)
        self._tell("download.finished", {"key": self.key, "path": str(place)})

    def _copy(
        self,
        write: Callable[[bytes | bytearray | memoryview], object],
        body: Body,
        size: int | None,
    ) -> int:
        received, told = 0, 0.0
        for piece in _pieces(body):
            if self._cancelled:
                break
            write(piece)
            received += len(piece)
            if time.monotonic() - told >= EVERY_S:
                told = time.monotonic()
                self._progress(received, size)
        return received

    def _progress(self, received: int, size: int | None) -> None:
        self._tell("download.progress", {"key": self.key, "received": received, "size": size})

    def _fail(self, error: str) -> None:
        self._tell("download.failed", {"key": self.key, "error": error})


def _pieces(body: Body) -> Iterator[bytes | bytearray | memoryview]:
    if isinstance(body, (bytes, bytearray, memoryview)):
        yield body
    elif isinstance(body, FileBody):
        with body.open() as file:
            left = body.length
            while left > 0 and (piece := file.read(min(left, _PIECE))):
                left -= len(piece)
                yield piece
    elif isinstance(body, Iterator):
        yield from body
    else:
        raise TypeError("the kit reads asynchronous bodies before it answers")


def _size_of(headers: Mapping[str, str], body: Body) -> int | None:
    if isinstance(body, FileBody):
        return body.length
    if isinstance(body, (bytes, bytearray, memoryview)):
        return memoryview(body).nbytes
    said = headers.get("content-length", "")
    return int(said) if said.isdigit() else None


def _name_of(headers: Mapping[str, str]) -> str:
    """What a `Content-Disposition` calls the file."""
    message = Message()
    message["content-disposition"] = headers.get("content-disposition", "")
    return message.get_filename("") or ""


def _last_part(url: str) -> str:
    return unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2])
