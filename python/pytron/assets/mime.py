"""The media type of a file, by its name.

Our own table: the operating system's registry differs from machine to machine, and on Windows any
program may have given `.js` another type, which leaves a page blank.

Source: IANA media types; RFC 9239 for JavaScript.
"""

from __future__ import annotations

import re
from typing import Final

from pytron.errors import AssetError

_TYPE: Final = re.compile(r"[!-.0-:<-~]+/[!-.0-:<-~]+(?:;[ -~]*)?")

OCTETS: Final = "application/octet-stream"
#: How every PNG begins, whatever its name.
PNG: Final = b"\x89PNG\r\n\x1a\n"

_TEXT: Final = {
    "cjs": "text/javascript",
    "css": "text/css",
    "csv": "text/csv",
    "htm": "text/html",
    "html": "text/html",
    "ics": "text/calendar",
    "js": "text/javascript",
    "jsonl": "application/x-ndjson",
    "json": "application/json",
    "map": "application/json",
    "markdown": "text/markdown",
    "md": "text/markdown",
    "mjs": "text/javascript",
    "rss": "application/rss+xml",
    "svg": "image/svg+xml",
    "tsv": "text/tab-separated-values",
    "txt": "text/plain",
    "vtt": "text/vtt",
    "webmanifest": "application/manifest+json",
    "xhtml": "application/xhtml+xml",
    "xml": "application/xml",
    "yaml": "application/yaml",
    "yml": "application/yaml",
    "geojson": "application/geo+json",
    "gltf": "model/gltf+json",
    "obj": "model/obj",
    "toml": "application/toml",
}

_BINARY: Final = {
    "7z": "application/x-7z-compressed",
    "aac": "audio/aac",
    "apng": "image/apng",
    "arrow": "application/vnd.apache.arrow.file",
    "avif": "image/avif",
    "bin": OCTETS,
    "bmp": "image/bmp",
    "bz2": "application/x-bzip2",
    "eot": "application/vnd.ms-fontobject",
    "epub": "application/epub+zip",
    "flac": "audio/flac",
    "gif": "image/gif",
    "glb": "model/gltf-binary",
    "gz": "application/gzip",
    "heic": "image/heic",
    "ico": "image/x-icon",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "jxl": "image/jxl",
    "ktx2": "image/ktx2",
    "m4a": "audio/mp4",
    "m4v": "video/mp4",
    "mid": "audio/midi",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "mpd": "application/dash+xml",
    "m3u8": "application/vnd.apple.mpegurl",
    "oga": "audio/ogg",
    "ogg": "audio/ogg",
    "ogv": "video/ogg",
    "opus": "audio/ogg",
    "otf": "font/otf",
    "parquet": "application/vnd.apache.parquet",
    "pdf": "application/pdf",
    "png": "image/png",
    "sqlite": "application/vnd.sqlite3",
    "stl": "model/stl",
    "tar": "application/x-tar",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "ts": "video/mp2t",
    "ttc": "font/collection",
    "ttf": "font/ttf",
    "wasm": "application/wasm",
    "wav": "audio/wav",
    "weba": "audio/webm",
    "webm": "video/webm",
    "webp": "image/webp",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "zip": "application/zip",
    "zst": "application/zstd",
}

TYPES: Final = {**{end: f"{kind}; charset=utf-8" for end, kind in _TEXT.items()}, **_BINARY}


def type_of(name: str) -> str | None:
    """Give the media type for a file name or URL path, None when its ending says nothing."""
    last = name.rpartition("/")[2]
    stem, dot, end = last.rpartition(".")
    return TYPES.get(end.lower()) if stem and dot else None


def check_type(kind: str) -> None:
    """Raise unless `kind` can stand in a header as a media type.

    Raises:
        AssetError: it isn't one.
    """
    if not _TYPE.fullmatch(kind):
        raise AssetError(f"{kind!r} is no media type: write it as 'image/png'")


def is_html(kind: str) -> bool:
    """Tell whether a media type is shown as a document that can run scripts."""
    bare = kind.partition(";")[0].strip().lower()
    return bare in ("text/html", "application/xhtml+xml", "image/svg+xml")
