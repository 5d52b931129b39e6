"""Seals a frozen app: its code and its data go into one payload, opened in memory.

Source: spec/shield.md.
"""

from pytron.packager.shield.pages import MODULE, SealPages
from pytron.packager.shield.seal import PAYLOAD, Seal, check

__all__ = ["MODULE", "PAYLOAD", "Seal", "SealPages", "check"]
