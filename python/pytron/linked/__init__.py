"""Engines in another process: everything that they share, whatever is at the other end."""

from pytron.linked.engine import LinkedEngine
from pytron.linked.program import Program

__all__ = ["LinkedEngine", "Program"]
