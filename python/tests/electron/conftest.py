"""A mirror of Electron's releases on this machine, which can misbehave."""

from __future__ import annotations

import hashlib
import io
import stat
import threading
import zipfile
from collections.abc import Callable, Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pytron.electron import releases
from pytron.electron.releases import Release
from pytron.platforms import electron_program, electron_target

VERSION = "99.1.2"


def make_zip(entries: dict[str, bytes | str], modes: dict[str, int] | None = None) -> bytes:
    """A zip with modes; an entry that is a str is a link to it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            info = zipfile.ZipInfo(name)
            link = isinstance(content, str)
            mode = (modes or {}).get(name, 0o644)
            info.external_attr = (stat.S_IFLNK | 0o777 if link else stat.S_IFREG | mode) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return made.getvalue()


def electron_zip() -> bytes:
    """What is essential in a release: a program, data, a folder, a link."""
    program = electron_program(Path()).as_posix()
    noise = hashlib.shake_256(b"electron").digest(3 << 20)  # nothing that a zip makes small
    return make_zip(
        {
            program: b"#!/bin/sh\necho electron\n",
            "version": VERSION.encode(),
            "resources/big.bin": noise,
            "Framework/Versions/A/file": b"library",
            "Framework/Versions/Current": "A",
            "Framework/file": "Versions/Current/file",
        },
        {program: 0o755},
    )


class Mirror:
    """Serves one file, with ranges; each request may be spoilt by what is queued in `faults`."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.etag = '"one"'
        self.ranges = True
        self.faults: list[Callable[[bytes], bytes]] = []
        self.asked: list[tuple[str, str | None]] = []
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                mirror.serve(self)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/"

    def serve(self, request: BaseHTTPRequestHandler) -> None:
        asked = request.headers.get("Range")
        self.asked.append((request.path, asked))
        if not request.path.endswith(".zip"):
            request.send_error(404)
            return
        start = 0
        known = request.headers.get("If-Range", self.etag) == self.etag
        if asked and self.ranges and known:
            start = int(asked.removeprefix("bytes=").partition("-")[0])
        body = self.content[start:]
        if not body:
            request.send_error(416)
            return
        request.send_response(206 if start else 200)
        if start:
            last = len(self.content) - 1
            request.send_header("Content-Range", f"bytes {start}-{last}/{len(self.content)}")
        request.send_header("Content-Length", str(len(body)))
        request.send_header("ETag", self.etag)
        request.end_headers()
        spoil = self.faults.pop(0) if self.faults else None
        request.wfile.write(spoil(body) if spoil else body)
        request.close_connection = True

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def archive() -> bytes:
    return electron_zip()


@pytest.fixture
def mirror(archive: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Mirror]:
    """A mirror with one known version; cache and engines are in the test's folder."""
    served = Mirror(archive)
    known = {VERSION: {electron_target(): hashlib.sha256(archive).hexdigest()}}
    monkeypatch.setattr(releases, "pins", lambda: known)
    for name in ("http_proxy", "HTTP_PROXY", "ELECTRON_CUSTOM_DIR", "ELECTRON_CUSTOM_FILENAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("PYTRON_ELECTRON_PATH", raising=False)
    monkeypatch.setenv("electron_config_cache", str(tmp_path / "cache"))
    monkeypatch.setenv("PYTRON_ENGINES_FOLDER", str(tmp_path / "engines"))
    monkeypatch.setenv("ELECTRON_MIRROR", served.url)
    yield served
    served.close()


@pytest.fixture
def release(mirror: Mirror) -> Release:
    assert mirror.url
    return releases.release()


def left_over(folder: Path) -> list[str]:
    """All files and folders directly in a folder."""
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
