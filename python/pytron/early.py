"""Starting the chrome engine before the app: its own start takes longer than all of Python's.

Light, as it is imported with every app, and what it imports itself comes before Electron's start.
"""

from __future__ import annotations

import os
from contextlib import suppress
from types import FrameType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from pytron.link import Child


class Begun(NamedTuple):
    """An Electron that waits to be told which app it is for."""

    program: Path
    child: Child


_begun: Begun | None = None


def begin(frame: FrameType | None) -> None:
    """Start Electron for the program that is about to make its app, if that is its engine.

    Whatever is wrong, and whether this was for nothing, the run finds out.

    Args:
        frame: the code that has asked for `App`; only the program itself counts.
    """
    while frame is not None and frame.f_globals.get("__name__") == "importlib._bootstrap":
        frame = frame.f_back  # the `from` of an import statement
    if frame is None or frame.f_globals.get("__name__") != "__main__" or _begun is not None:
        return
    if "__file__" in frame.f_globals and _is_wanted(frame):  # a prompt has no file
        _start()


def _is_wanted(frame: FrameType) -> bool:
    engine: object = os.environ.get("PYTRON_ENGINE") or _of_settings(frame)
    names = engine.split(",") if isinstance(engine, str) else engine
    if not isinstance(names, list) or not names or str(names[0]).strip() != "chrome":
        return False
    from pytron.config import is_child
    from pytron.engine import begins_early
    from pytron.inspection import is_looking

    return begins_early("chrome") and not is_child() and not is_looking()


def _of_settings(frame: FrameType) -> object:
    """The engine of `[tool.pytron]`; what `App` is given is not known yet."""
    from pytron.config import Origin
    from pytron.errors import PytronError

    with suppress(PytronError, OSError):
        origin = Origin.of_frame(frame)
        # Others need not wait until their settings have been read twice.
        return origin.settings.get("engine") if origin.mentions("chrome") else None
    return None


def _start() -> None:
    global _begun
    from pytron.electron.starting import command, environment, find
    from pytron.errors import PytronError
    from pytron.link import Child
    from pytron.platforms.streams import CAN_WAIT

    if not CAN_WAIT:
        return
    with suppress(PytronError, OSError):
        program = find().program
        _begun = Begun(program, Child(command(program), environment()))
        import atexit

        atexit.register(abandon)


def take(program: Path) -> Child | None:
    """The one that was begun, if it is of this program; it is the caller's from now on."""
    global _begun
    if _begun is None or _begun.program != program:
        return None
    begun, _begun = _begun, None
    return begun.child


def abandon() -> None:
    """End one that nobody has taken."""
    global _begun
    if _begun is not None:
        begun, _begun = _begun, None
        begun.child.channel.close()
        begun.child.end(0)
