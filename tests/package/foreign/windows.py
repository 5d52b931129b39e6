"""Programs of Windows, under Wine."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pytron.packager.shield.needs import is_library

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


class WindowsPython:
    """A CPython of Windows."""

    program = "attacked.exe"

    def __init__(self, wine: Wine, executable: Path) -> None:
        self._wine = wine
        self._executable = executable
        (library,) = executable.parent.glob("python3[0-9]*.dll")
        self.library = library.name
        self.minor = library.stem.removeprefix("python3")

    def run(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        return self._wine.run(self._executable, *words)

    def files(self) -> Iterator[tuple[Path, str]]:
        """Its libraries, all in one folder."""
        root = self._executable.parent
        for path in (*root.glob("python3*.dll"), *(root / "lib").iterdir()):
            if is_library(path) and not path.name.startswith(LEFT_OUT):
                yield path, path.name
