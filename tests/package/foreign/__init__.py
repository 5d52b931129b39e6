"""Sealed packages of other Pythons: of Windows, under Wine, and of every version for Linux."""
