"""The files of this checkout, as git sees them: tracked or new, never ignored."""

import subprocess
from functools import cache
from pathlib import Path

from tools.dev.machine import ROOT


@cache
def checkout_files() -> tuple[Path, ...]:
    """All files that are, or would be, committed."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.split(b"\0")
    paths = (ROOT / name.decode() for name in names if name)
    return tuple(sorted(path for path in paths if path.is_file()))


def text_files() -> list[tuple[str, str]]:
    """The relative path and the text of every text file."""
    found: list[tuple[str, str]] = []
    for path in checkout_files():
        try:
            text = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError:  # a picture, a font, a vector of bytes
            continue
        found.append((path.relative_to(ROOT).as_posix(), text))
    return found
