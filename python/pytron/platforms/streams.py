"""Streams of frames to other processes, and those processes: the one way of this system."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    from pytron.platforms.jobs import adopt, kill, launch, reap
    from pytron.platforms.pipes import Channel, Hub, inherited
else:
    from pytron.platforms.children import adopt, kill, launch, reap
    from pytron.platforms.sockets import Channel, Hub, inherited

__all__ = ["Channel", "Hub", "adopt", "inherited", "kill", "launch", "reap"]
