"""Start with the user's session."""

from __future__ import annotations

from pytron.services.links import Autostart

__all__ = ["Autostart"]
