"""The clipboard: text, HTML, pictures, files, and what changes in it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal, TypedDict, TypeVar, get_args

from pytron.answer import Answer
from pytron.assets.mime import PNG
from pytron.services.service import Service

T = TypeVar("T")
Format = Literal["text", "html", "image", "files"]
#: How every PNG ends: its last chunk with that one's checksum.
_PNG_END = b"IEND\xaeB`\x82"


class ClipboardChange(TypedDict):
    """Something else was copied. What it is, `formats` and the rest tell."""


class Clipboard(Service):
    """`app.clipboard`. Reading gives None when the clipboard holds nothing of that kind."""

    name: ClassVar[str] = "clipboard"
    asks: ClassVar[Mapping[str, str]] = {
        **{f"read_{kind}": "read" for kind in get_args(Format)},
        **{f"write_{kind}": "write" for kind in get_args(Format)},
        "clear": "write",
    }
    pages: ClassVar[tuple[str, ...]] = (
        "read_text", "write_text", "read_html", "write_html", "read_image", "write_image",
        "read_files", "write_files", "formats", "clear", "watch",
    )  # fmt: skip
    events: ClassVar[Mapping[str, type[Any]]] = {"clipboard.changed": ClipboardChange}

    def read_text(self) -> Answer[str | None]:
        """The text."""
        return self._ask("read", format="text")

    def write_text(self, text: str) -> Answer[None]:
        """Put text there."""
        return self._ask("write", text=text)

    def read_html(self) -> Answer[str | None]:
        """The text with its form, as HTML."""
        return self._ask("read", format="html")

    def write_html(self, html: str, text: str | None = None) -> Answer[None]:
        """Put HTML there, and the same as plain text for programs that take only that."""
        return self._ask("write", html=html, text=text)

    def read_image(self) -> Answer[bytes | None]:
        """The picture, as a PNG."""
        folder = _private_folder()
        path = folder / "image.png"
        answer = self._ask("read", format="image", path=str(path))
        return _then_remove(
            folder, answer.map(lambda found: None if found is None else path.read_bytes())
        )

    def write_image(self, png: bytes) -> Answer[None]:
        """Put a picture there, given as a PNG."""
        if not png.startswith(PNG) or _PNG_END not in png:
            reason = f"the {len(png)} bytes are no whole PNG; save the picture as one first"
            return self._refused("write_image", reason)
        folder = _private_folder()
        path = folder / "image.png"
        path.write_bytes(png)
        return _then_remove(folder, self._ask("write", image=str(path)))

    def read_files(self) -> Answer[list[Path]]:
        """The files that were copied; none when there are none."""
        answer = self._ask("read", format="files")
        return answer.map(lambda paths: [Path(path) for path in paths or ()])

    def write_files(self, paths: Sequence[Path]) -> Answer[None]:
        """Put files there, to be pasted in a file manager."""
        given = [Path(path).absolute() for path in paths]
        for path in given:
            if not path.exists():
                return self._refused("write_files", f"{path} does not exist")
        return self._ask("write", files=[str(path) for path in given])

    def formats(self) -> Answer[list[Format]]:
        """What it holds now: any of `text`, `html`, `image`, `files`."""
        return self._ask("formats")

    def clear(self) -> Answer[None]:
        """Empty it."""
        return self._ask("write")

    def watch(self, on: bool = True) -> Answer[None]:
        """Tell of changes, by the event `clipboard.changed`, or no longer."""
        return self._ask("watch", on=on)


def _private_folder() -> Path:
    """A new folder that only this user can read; in memory where that is."""
    shared = Path("/dev/shm")
    place = str(shared) if os.access(shared, os.W_OK) else None
    return Path(tempfile.mkdtemp(prefix="pytron-", dir=place))


def _then_remove(folder: Path, answer: Answer[T]) -> Answer[T]:
    remove: Callable[[], Any] = lambda: shutil.rmtree(folder, ignore_errors=True)  # noqa: E731
    answer.when_done(remove)
    return answer
