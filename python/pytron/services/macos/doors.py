"""Where a second start finds the first: as on Linux. Only type-checked."""

from __future__ import annotations

from pytron.services.linux.doors import Door, claim

__all__ = ["Door", "claim"]
