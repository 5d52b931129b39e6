"""A sealed package of another Python than the one that runs the tests."""

from __future__ import annotations

import marshal
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from pytron.packager.shield.contents import ASSET, FILE, FILES, MODULE, PACKAGE, SITE
from pytron.packager.shield.needs import needed
from pytron.packager.shield.seat import Seat, placed
from pytron_shield import runtime, seal

FREEZER = Path(__file__).with_name("freeze.py")


class Python(Protocol):
    """A Python that a package is made of."""

    #: The minor version: `12`.
    minor: str
    #: The name of its library.
    library: str
    #: How the package's program is named.
    program: str

    def run(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        ...

    def files(self) -> Iterator[tuple[Path, str]]:
        """Its libraries, and where in a package they lie."""
        ...


@dataclass
class Package:
    """A folder as it would be installed."""

    folder: Path
    name: str

    @property
    def program(self) -> Path:
        return self.folder / self.name

    @property
    def inside(self) -> Path:
        return self.folder / "_internal"

    def copy(self, folder: Path) -> Package:
        return Package(shutil.copytree(self.folder, folder), self.name)


def sealed(python: Python, program: Path, app: str, folder: Path) -> Package:
    """Seal an app's source with that Python, to be opened by that program."""
    sources = folder.parent / "sources"
    sources.mkdir(exist_ok=True)
    for name, text in {**runtime(), "app": app, "_site": SITE}.items():
        (sources / f"{name}.py").write_text(text, "utf-8")
    frozen = folder.parent / "frozen"
    done = python.run("-I", FREEZER, sources, frozen)
    assert done.returncode == 0, done.stderr
    made = Package(folder, python.program)
    for path, place in python.files():
        target = made.inside / place
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    entries = {
        name: (PACKAGE if package else MODULE, code)
        for name, package, code in marshal.loads(frozen.read_bytes())
    }
    entries["=/site"] = entries.pop("_site")
    entries |= described(made.inside, python)
    result = seal(
        [(name, kind, content) for name, (kind, content) in entries.items()],
        made.inside / "app.sealed",
        os.urandom(32),
    )
    seat = Seat(
        *(bytes(result.publisher), bytes(result.id), 0, bytes(result.program)),
        *(bytes(32), 0, "org.example.attacked"),
    )
    made.program.write_bytes(placed(program.read_bytes(), seat))
    made.program.chmod(0o755)
    return made


def described(inside: Path, python: Python) -> dict[str, tuple[int, bytes]]:
    """What the package says of itself: its files, and what the program needs to start."""
    files = sorted(path.relative_to(inside).as_posix() for path in inside.rglob("*.*"))
    files = [name for name in files if (inside / name).is_file()]
    entries = {FILES + name: (FILE, (inside / name).read_bytes()) for name in files}
    extensions = {
        PurePosixPath(name).name.split(".")[0]: FILES + name
        for name in files
        if name.endswith(".pyd") or name.startswith("lib-dynload/")
    }
    plan = {
        "main": "app",
        "hooks": [],
        "extensions": extensions,
        "namespaces": [],
        "faulthandler": False,
    }
    by_name = {PurePosixPath(name).name.lower(): FILES + name for name in files}
    needs: list[str] = []
    for name in files:
        wanted = [
            by_name[item.lower()] for item in needed(inside / name) if item.lower() in by_name
        ]
        if wanted:
            needs.append("\t".join([FILES + name, *wanted]))
    return entries | {
        "=/plan": (ASSET, marshal.dumps(plan)),
        "=/needs": (ASSET, "\n".join(needs).encode()),
        "=/interpreter": (ASSET, f"{python.minor}\n{FILES}{python.library}\n".encode()),
        "@/json/note.txt": (ASSET, "größe".encode()),
    }
