"""Streams of frames to other processes, and those processes: the one way of this system."""

from __future__ import annotations

import sys
from typing import Final

if sys.platform == "win32":
    from pytron.platforms.jobs import kill, launch, reap
    from pytron.platforms.pipes import Channel, Hub, inherited
else:
    from pytron.platforms.children import kill, launch, reap
    from pytron.platforms.sockets import Channel, Hub, inherited

#: Whether a process can wait for its end of a link in place, while nothing else of it runs.
CAN_WAIT: Final = sys.platform != "win32"

__all__ = ["CAN_WAIT", "Channel", "Hub", "inherited", "kill", "launch", "reap"]
