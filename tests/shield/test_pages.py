"""The pages of a compiled program: sealed before the compiler runs, opened by a module of its own.

The module is run by a plain interpreter that takes itself for such a program.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pytron.errors import PackagingError
from pytron.packager.pipeline import Build, Position
from pytron.packager.settings import Product, Settings
from pytron.packager.shield import PAYLOAD, SealPages

pytest.importorskip("pytron_shield")

LARGE = bytes(range(256)) * 4096 * 2  # eight chunks
PROGRAM = """
import sys
from pathlib import Path
from pytron import packaged, sealed
folder = Path(sys.argv[1])
packaged.is_compiled = lambda: True
packaged.folder = lambda: folder
sys.path.insert(0, sys.argv[1])
page = sealed.find(folder / "page" / "index.html")
large = sealed.find(folder / "page" / "img" / "large.bin")
assert sealed.find(folder / "page" / "none.html") is None
assert sealed.is_folder(folder / "page") and not sealed.is_folder(folder / "other")
assert b"".join(large.parts().cut(300_000, 1_000_000)) == large.read()[300_000:1_300_000]
assert page.digest != large.digest
sys.stdout.buffer.write(page.read() + large.read())
"""


class Notes:
    """Remembers what was said."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def begin(self, step: str, at: Position) -> None: ...
    def heard(self, line: str) -> None: ...

    def note(self, text: str) -> None:
        self.notes.append(text)

    def end(self, step: str, seconds: float) -> None: ...


def product_in(folder: Path, frontend: Path | None) -> Product:
    return Product(
        name="Sample",
        slug="sample",
        identifier="org.example.sample",
        version="1.0",
        settings=Settings(include=["notes/*.txt"]),
        folder=folder,
        script=folder / "app.py",
        module=None,
        frontend=frontend,
        icon=None,
    )


def seal(root: Path, voice: Notes | None = None) -> Path:
    """A folder with the sealed pages of an app and the module that opens them."""
    folder = root / "app"
    (folder / "page" / "img").mkdir(parents=True)
    (folder / "app.py").touch()
    (folder / "page" / "index.html").write_bytes(b"<h1>page</h1>")
    (folder / "page" / "img" / "large.bin").write_bytes(LARGE)
    build = Build(
        product_in(folder, folder / "page"), root / "work", root / "dist", voice or Notes()
    )
    SealPages().run(build)
    assert build.sealed_pages is not None
    return build.sealed_pages


def opened(folder: Path) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", PROGRAM, str(folder)]
    return subprocess.run(command, capture_output=True, check=False, timeout=120)


def test_pages_are_read_from_the_payload_whole_and_in_parts(tmp_path: Path) -> None:
    voice = Notes()
    folder = seal(tmp_path, voice)
    assert b"<h1>page" not in (folder / PAYLOAD).read_bytes()
    done = opened(folder)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout == b"<h1>page</h1>" + LARGE
    assert "readable stay" in voice.notes[-1]
    assert "notes/*.txt" in voice.notes[-1]


@pytest.mark.parametrize(
    ("at", "words"),
    [(40, "not made by this program's publisher"), (300, "is damaged"), (-1, "index is damaged")],
)
def test_a_changed_payload_ends_the_program_in_one_line(
    tmp_path: Path, at: int, words: str
) -> None:
    folder = seal(tmp_path)
    payload = bytearray((folder / PAYLOAD).read_bytes())
    payload[at] ^= 1
    (folder / PAYLOAD).write_bytes(payload)
    done = opened(folder)
    assert done.returncode == 3
    assert done.stdout == b""
    (line,) = done.stderr.decode().splitlines()
    assert words in line


def test_the_payload_of_another_build_ends_the_program(tmp_path: Path) -> None:
    folder = seal(tmp_path / "one")
    other = seal(tmp_path / "two")
    (folder / PAYLOAD).write_bytes((other / PAYLOAD).read_bytes())
    assert opened(folder).returncode == 3


def test_an_app_without_a_page_has_nothing_to_seal(tmp_path: Path) -> None:
    build = Build(product_in(tmp_path, None), tmp_path / "work", tmp_path / "dist", Notes())
    (tmp_path / "app.py").touch()
    with pytest.raises(PackagingError, match="leave out --shield"):
        SealPages().run(build)
