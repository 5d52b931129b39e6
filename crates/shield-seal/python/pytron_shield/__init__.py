"""Seals packaged apps; `_seal.pyi` is the contract of the part in Rust."""

from __future__ import annotations

import sys
from pathlib import Path

from pytron_shield._seal import (
    Payload,
    Sealed,
    ShieldError,
    answer,
    fingerprint,
    issue,
    seal,
    verifying_key,
)

__all__ = [
    "Payload",
    "Sealed",
    "ShieldError",
    "answer",
    "fingerprint",
    "issue",
    "program",
    "runtime",
    "seal",
    "verifying_key",
]

_HERE = Path(__file__).parent


def program() -> Path:
    """The program that opens sealed packages on this system."""
    return _HERE / "boot" / ("shield-boot.exe" if sys.platform == "win32" else "shield-boot")


def runtime() -> dict[str, str]:
    """The program's part in Python: sources by module name."""
    return {path.stem: path.read_text("utf-8") for path in (_HERE / "runtime").glob("*.py")}
