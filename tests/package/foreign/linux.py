"""CPythons of Linux that are not the system's."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

DEADLINE_S = 300


class LinuxPython:
    """A CPython as Maven's central repository has it: `org.bytedeco:cpython`."""

    program = "attacked"

    def __init__(self, root: Path, version: str) -> None:
        self._root = root
        self._version = version
        self.minor = version.removeprefix("3.")
        self.library = f"libpython{version}.so.1.0"

    def run(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        return subprocess.run(
            [self._root / f"python{self._version}", *words],
            env={"PATH": "/usr/bin:/bin", "PYTHONHOME": str(self._root)}
            | {"LD_LIBRARY_PATH": str(self._root)},
            capture_output=True,
            text=True,
            timeout=DEADLINE_S,
            check=False,
        )

    def files(self) -> Iterator[tuple[Path, str]]:
        """Its libraries, and its extension modules in a folder of their own."""
        for path in self._root.glob("lib*.so*"):
            yield path, path.name
        modules = self._root / "lib" / f"python{self._version}" / "lib-dynload"
        for path in modules.glob("*.so"):
            if "test" not in path.name:
                yield path, f"lib-dynload/{path.name}"
