"""What the page may ask about files: `pytron.files.…`."""

from pathlib import Path

import pytron

files = pytron.Api("files")
HERE = Path(__file__).parent


@files.expose
def names() -> list[str]:
    """The Python files of this example."""
    return sorted(path.name for path in HERE.glob("*.py"))


@files.expose
def lines(name: str) -> int:
    """How long one of them is."""
    if name not in names():
        raise FileNotFoundError(f"there is no {name} here")
    return len((HERE / name).read_text(encoding="utf-8").splitlines())
