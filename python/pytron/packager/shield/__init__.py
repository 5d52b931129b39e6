"""Seals a frozen app: its code and its data go into one payload, opened in memory.

Source: spec/shield.md.
"""

from pytron.packager.shield.seal import Seal

__all__ = ["Seal"]
