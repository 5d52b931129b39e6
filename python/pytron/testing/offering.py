"""Files that a scripted page gives as arguments: what a `Blob` is in a browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, cast


class Blob(NamedTuple):
    """Bytes that a test's page gives as a file: `page.call("save", Blob(b"...", name="a.txt"))`."""

    data: bytes
    name: str = ""
    type: str = ""
    #: What reading it fails with, as when the file is gone.
    problem: str | None = None


class Offers:
    """The files among the arguments of a page's calls, and the pieces that are asked for."""

    def __init__(self) -> None:
        self._blobs: dict[int, Blob] = {}
        #: Offset and size of each piece that Python asked for.
        self.pulled: list[tuple[int, int]] = []

    def take(self, arguments: object) -> tuple[object, list[dict[str, Any]]]:
        """The arguments with null for each file, and what the call says of these."""
        offers: list[dict[str, Any]] = []
        return self._without(arguments, ["args"], offers), offers

    def _without(self, value: object, path: list[Any], offers: list[dict[str, Any]]) -> object:
        if isinstance(value, Blob):
            identity = len(self._blobs) + 1
            self._blobs[identity] = value
            offer = {"at": path, "upload": identity, "size": len(value.data), "type": value.type}
            offers.append({**offer, "name": value.name} if value.name else offer)
            return None
        if isinstance(value, list):
            items = cast("list[object]", value)
            return [self._without(item, [*path, i], offers) for i, item in enumerate(items)]
        if isinstance(value, dict):
            members = cast("dict[str, object]", value)
            return {key: self._without(item, [*path, key], offers) for key, item in members.items()}
        return value

    def piece(self, pull: Mapping[str, Any]) -> tuple[dict[str, Any], list[memoryview]]:
        """The answer to a `pull`, with its binary."""
        blob, offset, size = self._blobs[pull["id"]], pull["offset"], pull["size"]
        self.pulled.append((offset, size))
        message: dict[str, Any] = {"kind": "piece", "id": pull["id"], "offset": offset}
        if blob.problem is not None:
            return {**message, "error": blob.problem}, []
        place = {"at": ["data"], "part": 0, "type": "bytes"}
        part = memoryview(blob.data)[offset : offset + size]
        return {**message, "data": None, "bin": [place]}, [part]
