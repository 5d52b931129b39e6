"""Requests, answers, and what every answer has in common."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from pytron.assets.ranges import format_date, is_fresh, is_same, parse_range
from pytron.sealed import SealedParts

Headers = list[tuple[str, str]]

#: Hashing more than this for an ETag costs more than sending it again.
MAX_HASHED_BYTES: Final = 16 * 1024 * 1024


class Request(NamedTuple):
    """What a page asks for.

    Attributes:
        method: `GET` or `HEAD`; others are refused.
        target: the path and query, as they came.
        headers: names in lower case.
        window: the label of the window that asks.
        remote: a remote session asks, for which only what is marked so is.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    window: str
    remote: bool = False


class FileSlice(NamedTuple):
    """A part of a file, which the engine reads itself."""

    path: Path
    offset: int
    length: int


Body = bytes | memoryview | FileSlice | Iterator[bytes] | AsyncIterator[bytes]


class Answer(NamedTuple):
    """What the page gets."""

    status: int
    headers: Headers
    body: Body


class Response:
    """What a route returns to say more than the body."""

    def __init__(
        self,
        body: Any = b"",
        type: str | None = None,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Make a response.

        Args:
            body: whatever a route may return: bytes, text, a path, an array, an iterator.
            type: the media type; without it the body and the URL decide.
            status: the HTTP status.
            headers: more headers.
        """
        self.body = body
        self.type = type
        self.status = status
        self.headers = dict(headers or {})


class Content(NamedTuple):
    """Something that can be served, whole or in part.

    Attributes:
        size: in bytes, None when only the end will tell.
        modified_s: when it was last changed, as seconds since 1970.
    """

    body: Body
    size: int | None
    type: str
    etag: str | None = None
    modified_s: float | None = None
    headers: Sequence[tuple[str, str]] = ()
    cache: str = "no-cache"


def serve(request: Request, content: Content, status: int = 200) -> Answer:
    """Answer a GET or HEAD with `content`, minding its conditions and range."""
    headers: Headers = [("X-Content-Type-Options", "nosniff"), ("Cache-Control", content.cache)]
    if content.etag is not None:
        headers.append(("ETag", content.etag))
    if content.modified_s is not None:
        headers.append(("Last-Modified", format_date(content.modified_s)))
    whole = status == 200
    if whole and is_fresh(request.headers, content.etag, content.modified_s):
        return Answer(304, [*headers, *content.headers], b"")
    headers += [("Content-Type", content.type), *content.headers]
    size = content.size
    if size is None:
        return Answer(status, headers, b"" if request.method == "HEAD" else content.body)
    body, length = content.body, size
    if whole:
        headers.append(("Accept-Ranges", "bytes"))
        asked = request.headers.get("range") if request.method == "GET" else None
        if asked is not None and is_same(request.headers, content.etag, content.modified_s):
            part = parse_range(asked, size)
            if part is not None and not part[1]:
                return failure(416, "there is nothing there", ("Content-Range", f"bytes */{size}"))
            if part is not None:
                start, length = part
                status = 206
                headers.append(("Content-Range", f"bytes {start}-{start + length - 1}/{size}"))
                body = _cut(body, start, length)
    headers.append(("Content-Length", str(length)))
    return Answer(status, headers, b"" if request.method == "HEAD" else body)


def _cut(body: Body, start: int, length: int) -> Body:
    if isinstance(body, FileSlice):
        return FileSlice(body.path, body.offset + start, length)
    if isinstance(body, SealedParts):
        return body.cut(start, length)
    assert isinstance(body, bytes | memoryview)  # only these and files have a size
    return memoryview(body)[start : start + length]


def failure(status: int, reason: str, *headers: tuple[str, str]) -> Answer:
    """Answer that it can't be done, with the reason as text."""
    body = f"{status} {reason}\n".encode(errors="replace")
    return Answer(
        status,
        [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "no-store"),
            ("Content-Length", str(len(body))),
            *headers,
        ],
        body,
    )


def etag_of(data: bytes | memoryview) -> str | None:
    """Give a strong ETag for bytes, None when there are too many to hash."""
    if len(data) > MAX_HASHED_BYTES:
        return None
    import hashlib  # heavy, and only for bodies

    return f'"{hashlib.blake2b(data, digest_size=15).hexdigest()}"'
