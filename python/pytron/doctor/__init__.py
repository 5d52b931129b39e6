"""What this machine and this project lack, each with the command that mends it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from pytron.doctor.finding import Finding
from pytron.platforms import SYSTEM

__all__ = ["Finding", "examine"]


def examine(folder: Path) -> list[Finding]:
    """Look at the machine, and at the project that the folder belongs to."""
    from pytron.doctor import project, python

    system = import_module(f"pytron.doctor.{SYSTEM}")
    return [*python.findings(), *system.findings(), *project.findings(folder, system.owner_of)]
