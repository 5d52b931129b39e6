"""Installers, each a module of its own with a step called `Installer`."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from pytron.errors import PackagingError
from pytron.packager.pipeline import Step


def installer(name: str) -> Step:
    """The step for a format.

    Raises:
        PackagingError: there is none of that name.
    """
    known = sorted(module.name for module in iter_modules(__path__))
    if name not in known:
        raise PackagingError(f"there is no installer {name!r}; there are: {', '.join(known)}")
    step: Step = import_module(f"{__name__}.{name}").Installer()
    return step
