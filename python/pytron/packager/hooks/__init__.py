"""Hooks with which PyInstaller packages Pytron, whoever calls it.

Source: PyInstaller's manual, "Understanding PyInstaller Hooks"; it finds this folder through the
entry point `pyinstaller40`.
"""

from __future__ import annotations

from pathlib import Path


def folders() -> list[str]:
    """Where the hooks are."""
    return [str(Path(__file__).parent)]
