"""The interpreter, and Pytron's own parts in it."""

from __future__ import annotations

import platform
import struct
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from pytron import __version__
from pytron.doctor.finding import Finding, good
from pytron.facts import facts

_OLDEST_TESTED, _NEWEST_TESTED = (3, 10), (3, 14)


def findings() -> Iterator[Finding]:
    """What was found."""
    yield _interpreter()
    yield _versions()
    for engine in facts()["engines"]:
        name, problem = engine["name"], engine["problem"]
        if name == "chrome":
            continue  # it may be left out: what is installed stands below
        if problem:
            yield Finding(f"engine {name}", "bad" if name == "native" else "hint", problem, problem)
        else:
            yield good(f"engine {name}", "ready")
    yield _electron()


def _interpreter() -> Finding:
    text = f"{platform.python_implementation()} {platform.python_version()} ({sys.executable})"
    if platform.python_implementation() != "CPython":
        return Finding("Python", "bad", text, "run it with CPython 3.10 or newer")
    if struct.calcsize("P") != 8:
        return Finding("Python", "bad", f"{text}, 32 bit", "install a 64-bit Python")
    if sys.version_info[:2] > _NEWEST_TESTED:
        return Finding("Python", "hint", f"{text} is newer than what Pytron is tested with")
    return good("Python", text)


def _versions() -> Finding:
    try:
        kit = version("pytron-kit")
    except PackageNotFoundError:
        return Finding("Pytron", "hint", f"{__version__}, not installed but on the path")
    if kit != __version__:
        return Finding(
            "Pytron",
            "bad",
            f"another project's pytron-kit {kit} is installed beside this {__version__}",
            "pip uninstall pytron-kit, then install the wheel of this Pytron",
        )
    try:
        native = version("pytron-native")
    except PackageNotFoundError:
        return Finding(
            "Pytron", "hint", f"{kit}, without pytron-native", "pip install its wheel beside it"
        )
    if native != kit:
        return Finding(
            "Pytron",
            "bad",
            f"pytron-kit {kit} and pytron-native {native} differ",
            "install the two wheels of one version",
        )
    return good("Pytron", f"{kit}, with pytron-native")


def _electron() -> Finding:
    from pytron.electron.finding import installs

    found = installs()
    if found:
        versions = ", ".join(each.version for each in found)
        return good("engine chrome", f"Electron {versions}")
    return good("engine chrome", "not installed; `pytron engine install chrome` brings it")
