"""Whose a file of a package is: Python's, a library's, or the app's own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any, Final

PYTHON: Final = "Python itself"
APP: Final = "the app's own files"
#: What the step that freezes has found out, in the build's scratch.
FACTS: Final = "frozen.json"
_INSTALLED: Final = ("site-packages", "dist-packages")
_LIBRARIES: Final = (".so", ".dll", ".pyd", ".dylib")
_PYTHONS: Final = ("python", "libpython", "lib-dynload/", "base_library")


def facts_of(work: Path) -> Mapping[str, Any]:
    """What was found out about what was frozen; nothing where Nuitka has compiled it."""
    path = work / FACTS
    if not path.is_file():
        return {"importers": {}, "pure": [], "files": [], "pyz": ""}
    found: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def sources_of(facts: Mapping[str, Any]) -> dict[str, str]:
    """Where the files of a package come from, by their names in it."""
    return {name: source for name, source, _ in facts["files"]}


def owner_of_module(module: str, source: str) -> str:
    """Whose a module is: its top-level package's, or Python's for the standard library."""
    parts = Path(source).parts
    if any(folder in parts for folder in _INSTALLED):
        return module.partition(".")[0]
    if "lib" in (part.lower() for part in parts) and module:
        return PYTHON
    return module.partition(".")[0] or PYTHON


def owner_of_file(inside: str, source: str) -> str:
    """Whose a file is, by its name in the package and by where it comes from."""
    parts = Path(source).parts
    for folder in _INSTALLED:
        if folder in parts:
            return _distribution(parts[parts.index(folder) + 1])
    top, _, rest = inside.partition("/")
    # Of a library that is installed from its sources, and where nothing is known of the file.
    if rest and top in _libraries() and (not source or top in parts):
        return top
    if inside.startswith(_PYTHONS):
        return PYTHON
    if any(ending in inside.rpartition("/")[2] for ending in _LIBRARIES):
        return top if rest else PYTHON
    return APP


@cache
def _libraries() -> frozenset[str]:
    """The top-level packages of what is installed here; a checkout of Pytron is not listed."""
    return frozenset({*packages_distributions(), "pytron"})


def _distribution(name: str) -> str:
    """`numpy` for `numpy`, `numpy.libs`, `numpy-2.4.dist-info` and `numpy.py`."""
    if name.endswith((".dist-info", ".egg-info")):
        return name.partition("-")[0]
    return name.partition(".")[0]
