"""A sealed package of Windows from a Windows CPython and the cross-built program."""

from __future__ import annotations

import marshal
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pytron.packager.shield.contents import ASSET, FILE, FILES, MODULE, PACKAGE, SITE
from pytron.packager.shield.needs import is_library, needed
from pytron.packager.shield.seat import Seat, placed
from pytron_shield import runtime, seal

DEADLINE_S = 300
#: Not part of an app, and large.
LEFT_OUT = ("tcl", "tk", "_tkinter", "_test", "_ctypes_test", "pyshellext")


@dataclass
class Wine:
    """Wine with a machine of its own."""

    prefix: Path

    def run(
        self, *command: str | Path, stdin: str = "", variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Start a program of Windows, and wait for its end."""
        environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.prefix.parent),
            "LC_ALL": "C.UTF-8",
            "WINEPREFIX": str(self.prefix),
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree=;mshtml=",
            **(variables or {}),
        }
        return subprocess.run(
            ["wine", *map(str, command)],
            env=environment,
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=DEADLINE_S,
            check=False,
        )


@dataclass
class Package:
    """A folder as it would be installed."""

    folder: Path

    @property
    def program(self) -> Path:
        return self.folder / "attacked.exe"

    @property
    def inside(self) -> Path:
        return self.folder / "_internal"


def version_of(python: Path) -> str:
    """The minor version of a Windows CPython, as its library is named: `12`."""
    (library,) = python.parent.glob("python3[0-9]*.dll")
    return library.stem.removeprefix("python3")


def sealed(
    wine: Wine, python: Path, program: Path, app: str, folder: Path, passphrase: str | None = None
) -> Package:
    """Seal an app's source with that Python, to be opened by that program."""
    sources = folder.parent / "sources"
    sources.mkdir(exist_ok=True)
    for name, text in {**runtime(), "app": app, "_site": SITE}.items():
        (sources / f"{name}.py").write_text(text, "utf-8")
    frozen = folder.parent / "frozen"
    freezer = Path(__file__).with_name("freeze.py")
    done = wine.run(python, "-I", freezer, sources, frozen)
    assert done.returncode == 0, done.stderr
    made = Package(folder)
    made.inside.mkdir(parents=True)
    for library in (*python.parent.glob("python3*.dll"), *(python.parent / "lib").iterdir()):
        if is_library(library) and not library.name.startswith(LEFT_OUT):
            shutil.copy(library, made.inside)
    entries = {
        name: (PACKAGE if package else MODULE, code)
        for name, package, code in marshal.loads(frozen.read_bytes())
    }
    entries["=/site"] = entries.pop("_site")
    entries |= described(made.inside, version_of(python))
    result = seal(
        [(name, kind, content) for name, (kind, content) in entries.items()],
        made.inside / "app.sealed",
        os.urandom(32),
        passphrase=passphrase,
    )
    seat = Seat(
        *(bytes(result.publisher), bytes(result.id), 0, bytes(result.program)),
        *(bytes(32), 0, "org.example.attacked"),
    )
    made.program.write_bytes(placed(program.read_bytes(), seat))
    return made


def described(inside: Path, minor: str) -> dict[str, tuple[int, bytes]]:
    """What the package says of itself: its files, and what the program needs to start."""
    files = sorted(path.name for path in inside.iterdir())
    entries = {FILES + name: (FILE, (inside / name).read_bytes()) for name in files}
    plan = {
        "main": "app",
        "hooks": [],
        "extensions": {
            name.removesuffix(".pyd"): FILES + name for name in files if name.endswith(".pyd")
        },
        "namespaces": [],
        "faulthandler": False,
    }
    needs: list[str] = []
    for name in files:
        wanted = [item for item in needed(inside / name) if item.lower() in files]
        if wanted:
            needs.append("\t".join([FILES + name, *(FILES + item.lower() for item in wanted)]))
    return entries | {
        "=/plan": (ASSET, marshal.dumps(plan)),
        "=/needs": (ASSET, "\n".join(needs).encode()),
        "=/interpreter": (ASSET, f"{minor}\n{FILES}python3{minor}.dll\n".encode()),
        "@/note.txt": (ASSET, "größe".encode()),
    }
