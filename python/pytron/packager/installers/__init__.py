"""Installers, each a module of its own with a step called `Installer`; others are plug-ins.

A package that is installed offers one by an entry point in the group `pytron.installers`; an app
has one of its own as `module:Class`, found in the app's folder.
"""

from __future__ import annotations

import shutil
import sys
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, Final

from pytron.errors import PackagingError, ToolMissing
from pytron.packager.pipeline import Step

GROUP: Final = "pytron.installers"


def installer(name: str, folder: Path) -> Step:
    """The step for a format.

    Args:
        name: one of ours, one that an installed package offers, or `module:Class`.
        folder: the app's, where such a module is looked for.

    Raises:
        PackagingError: there is none of that name, or it is no step.
    """
    if ":" in name:
        return _step(_of_app(name, folder), name)
    ours = {module.name for module in iter_modules(__path__)}
    if name in ours:
        return _step(import_module(f"{__name__}.{name}").Installer, name)
    others = {point.name: point for point in entry_points(group=GROUP)}
    if name in others:
        return _step(others[name].load(), name)
    raise PackagingError(
        f"there is no installer {name!r}; there are: {', '.join(sorted(ours | {*others}))}; "
        "one of the app's own is named module:Class"
    )


def tool(program: str, missing: str) -> str:
    """Where a program is that an installer is made by.

    Raises:
        ToolMissing: it is not installed; the message is `missing`.
    """
    found = shutil.which(program)
    if found is None:
        raise ToolMissing(missing)
    return found


def _of_app(name: str, folder: Path) -> Any:
    module, _, kind = name.partition(":")
    sys.path.insert(0, str(folder))
    try:
        return getattr(import_module(module), kind)
    except (ImportError, AttributeError, ValueError) as error:
        raise PackagingError(
            f"the installer {name!r} is not found: {error}; it is looked for in {folder}"
        ) from error
    finally:
        sys.path.remove(str(folder))


def _step(kind: Any, name: str) -> Step:
    try:
        step: Step = kind()
    except TypeError as error:
        raise PackagingError(
            f"the installer {name!r} cannot be made: {error}; it is a class that takes nothing"
        ) from error
    if not isinstance(getattr(step, "title", None), str) or not callable(
        getattr(step, "run", None)
    ):
        raise PackagingError(f"the installer {name!r} is no step: it needs a title, and run(build)")
    return step
