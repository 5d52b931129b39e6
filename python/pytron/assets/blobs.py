"""Bytes and files that Python publishes under a URL nobody can guess."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import quote

from pytron.assets.answers import Answer, Content, Request, etag_of, failure, serve
from pytron.assets.files import file_content
from pytron.assets.mime import OCTETS, check_type, type_of
from pytron.assets.paths import is_safe_parameter
from pytron.errors import AssetError

PREFIX: Final = "/_pytron/blob/"

Source = Callable[[], "Iterator[bytes] | AsyncIterator[bytes]"]


class _Blob:
    """Something published: bytes, a file, or a function that makes an iterator."""

    def __init__(self, data: bytes | Path | Source, kind: str, ends_s: float, once: bool) -> None:
        self.data = data
        self.kind = kind
        self.ends_s = ends_s
        self.once = once
        self.size_bytes = len(data) if isinstance(data, bytes) else 0
        self.etag = etag_of(data) if isinstance(data, bytes) else None


class Blobs:
    """All that is published now, within limits."""

    def __init__(self, limit_bytes: int, limit_count: int, clock: Callable[[], float]) -> None:
        self._limit_bytes = limit_bytes
        self._limit_count = limit_count
        self._clock = clock
        self._lock = threading.Lock()
        self._blobs: dict[str, _Blob] = {}
        self._held_bytes = 0

    def publish(
        self, data: Any, kind: str | None, lifetime_s: float | None, once: bool, name: str | None
    ) -> str:
        """Keep `data` and give its path; see `Assets.publish`."""
        if name is not None and not is_safe_parameter(name):
            raise AssetError(f"{name!r} can't be the name of a blob: use a plain file name")
        if kind is not None:
            check_type(kind)
        if lifetime_s is not None and not lifetime_s > 0:
            raise AssetError(f"a lifetime of {lifetime_s} s: use more than 0, or None for no end")
        held = _hold(data)
        label = name or (held.name if isinstance(held, Path) else "")
        kind = kind or type_of(label) or OCTETS
        ends_s = self._clock() + lifetime_s if lifetime_s is not None else float("inf")
        blob = _Blob(held, kind, ends_s, once)
        import secrets  # only where something is published

        token = secrets.token_urlsafe(18)
        with self._lock:
            self._expire()
            self._check_room(blob.size_bytes)
            self._blobs[token] = blob
            self._held_bytes += blob.size_bytes
        return PREFIX + token + (f"/{quote(name, safe='')}" if name else "")

    def withdraw(self, url: str) -> bool:
        """Forget a published path; tell whether it was still there."""
        _, found, rest = url.partition(PREFIX)
        with self._lock:
            return bool(found) and self._drop(rest.partition("/")[0])

    def answer(self, request: Request, names: list[str]) -> Answer:
        """Serve the blob whose token comes first in `names`."""
        with self._lock:
            self._expire()
            blob = self._blobs.get(names[0]) if len(names) in (1, 2) else None
        if blob is None:
            return failure(404, "the blob is not there: it was withdrawn, or its time is over")
        try:
            content = _content(blob)
        except OSError:
            return failure(404, "the published file has gone")
        answer = serve(request, content)
        if blob.once and request.method == "GET" and _is_last(answer):
            with self._lock:
                first = self._drop(names[0])
            return answer if first else failure(404, "the blob has been fetched already")
        return answer

    def _check_room(self, size_bytes: int) -> None:
        if self._held_bytes + size_bytes > self._limit_bytes:
            raise AssetError(
                f"published blobs hold {self._held_bytes} of {self._limit_bytes} bytes, "
                f"{size_bytes} more don't fit: withdraw some, give them a lifetime, or publish a "
                "path or an iterator",
                code="too_large",
            )
        if len(self._blobs) >= self._limit_count:
            raise AssetError(
                f"{self._limit_count} blobs are published: withdraw some, or give them a lifetime",
                code="too_large",
            )

    def _expire(self) -> None:
        now = self._clock()
        for token in [token for token, blob in self._blobs.items() if blob.ends_s <= now]:
            self._drop(token)

    def _drop(self, token: str) -> bool:
        blob = self._blobs.pop(token, None)
        if blob is None:
            return False
        self._held_bytes -= blob.size_bytes
        return True


def _hold(data: Any) -> bytes | Path | Source:
    """Give what to keep: bytes that nobody else can change, a real file, or a source."""
    if isinstance(data, Path):
        if not data.is_file():
            raise AssetError(f"{data} is no file: publish it when it has been written")
        return data.resolve()
    if callable(data):
        return cast("Source", data)
    if isinstance(data, bytes):
        return data
    try:
        return memoryview(data).tobytes()
    except TypeError:
        raise AssetError(
            f"a {type(data).__name__} can't be published: use bytes, an array, a Path, or a "
            "function that returns an iterator of bytes"
        ) from None


def _content(blob: _Blob) -> Content:
    if isinstance(blob.data, bytes):
        return Content(blob.data, len(blob.data), blob.kind, blob.etag)
    if isinstance(blob.data, Path):
        status = blob.data.stat()
        if not stat.S_ISREG(status.st_mode):
            raise FileNotFoundError(os.fspath(blob.data))
        return file_content(blob.data, status, blob.kind)
    return Content(blob.data(), None, blob.kind, cache="no-store")


def _is_last(answer: Answer) -> bool:
    """Tell whether an answer carries the end of what it serves."""
    if answer.status == 200:
        return True
    span = dict(answer.headers).get("Content-Range", "")
    end, _, size = span.rpartition("/")
    return answer.status == 206 and end.rpartition("-")[2] == str(int(size) - 1)
