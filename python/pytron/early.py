"""Starting the chrome engine before the app: its own start takes longer than all of Python's.

Whatever is imported here comes before Electron's start, `typing` and `pathlib` included, which take
as long as the rest: so nothing is that this can do without.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress

TYPE_CHECKING = False  # `typing` has it, too
if TYPE_CHECKING:
    from socket import socket
    from types import FrameType

    from pytron.link import Child

#: What must not reach Electron: these turn it into something else, or load code into it.
_SCRUBBED = ("ELECTRON_RUN_AS_NODE", "NODE_OPTIONS", "ELECTRON_NO_ASAR", "NODE_PATH")
#: By this util-linux asks Linux to kill a process with us; see `platforms.children`.
_DYING_WITH_US = ("setpriv", "--pdeathsig", "KILL", "--")
#: Where one of these is, it has to be asked whether this is the program itself.
_NOT_PLAIN = ("multiprocessing.process", "pytron.inspection")


class Begun:
    """An Electron that waits to be told which app it is for."""

    def __init__(self, program: str, pid: int, link: socket) -> None:
        self.program = program
        self.pid = pid
        self.link = link


_begun: Begun | None = None


def command(program: str, shell: str) -> list[str]:
    """Electron's command line."""
    switches = [] if os.environ.get("ELECTRON_ENABLE_LOGGING") else ["--log-level=3"]
    if os.environ.get("PYTRON_ELECTRON_SANDBOX") == "0":
        switches.append("--no-sandbox")
    if os.environ.get("PYTRON_DEBUG_PORT"):
        from pytron.config import debug_port

        if port := debug_port():
            switches.append(f"--remote-debugging-port={port}")
    if wayland_only():
        switches.append("--ozone-platform=wayland")
    return [program, *switches, shell]


def environment() -> dict[str, str]:
    """Electron's variables."""
    return {name: text for name, text in os.environ.items() if name not in _SCRUBBED}


def wayland_only() -> bool:
    """Whether Wayland is the one way to a screen."""
    return bool(os.environ.get("WAYLAND_DISPLAY") and not os.environ.get("DISPLAY"))


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
    # A prompt has no file. Windows has no such call, and its links cannot be waited for in place.
    if "__file__" not in frame.f_globals or not hasattr(os, "posix_spawnp"):
        return
    if os.environ.get("PYTRON_LINK") or not _is_wanted(frame) or not _is_the_program():
        return
    program = _program()
    if program is not None:
        _start(program)


def _is_wanted(frame: FrameType) -> bool:
    engines = os.environ.get("PYTRON_ENGINE") or _of_settings(frame)
    return engines.partition(",")[0].strip() == "chrome"


def _of_settings(frame: FrameType) -> str:
    """The engine of `[tool.pytron]`; what `App` is given is not known yet."""
    from pytron.config import Origin
    from pytron.errors import PytronError

    with suppress(PytronError, OSError, TypeError):
        origin = Origin.of_frame(frame)
        # Others need not wait until their settings have been read twice.
        if origin.mentions("chrome"):
            engine = origin.settings.get("engine") or ""
            return engine if isinstance(engine, str) else ",".join(engine)
    return ""


def _is_the_program() -> bool:
    """Whether this is no child of it, and nobody who only looks at it."""
    is_packaged = getattr(sys, "frozen", False) or "__compiled__" in globals()
    if not is_packaged and not any(name in sys.modules for name in _NOT_PLAIN):
        return True
    from pytron.config import is_child
    from pytron.engine import begins_early
    from pytron.inspection import is_looking

    return begins_early("chrome") and not is_child() and not is_looking()


def _program() -> str | None:
    named = os.environ.get("PYTRON_ELECTRON_PATH", "")
    for path in (os.path.join(named, "electron"), named) if named else ():  # noqa: PTH118 - no pathlib
        if os.path.isfile(path) and os.access(path, os.X_OK):  # noqa: PTH113 - the same
            return path
    from pytron.electron.finding import find
    from pytron.errors import PytronError

    with suppress(PytronError, OSError):
        return str(find().program)
    return None


def _start(program: str) -> None:
    global _begun
    import atexit
    import socket
    from signal import SIGPIPE, SIGXFSZ

    shell = os.path.join(os.path.dirname(__file__), "_bundled", "electron")  # noqa: PTH118, PTH120
    if not os.path.isfile(os.path.join(shell, "main.js")):  # noqa: PTH113, PTH118 - not built
        return  # Electron would say so in a window of its own
    ours, theirs = socket.socketpair()
    os.set_inheritable(theirs.fileno(), True)
    variables = {**environment(), "PYTRON_LINK": f"fd:{theirs.fileno()}"}

    def spawned(words: list[str]) -> int:
        return os.posix_spawnp(
            words[0],
            words,
            variables,
            file_actions=[(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)],
            setsid=True,  # a group of its own: Ctrl-C in the terminal does not reach it
            setsigdef=[SIGPIPE, SIGXFSZ],  # Python ignores them
        )

    try:
        words = command(program, shell)
        try:
            pid = spawned([*_DYING_WITH_US, *words])
        except FileNotFoundError:  # not Linux, or without it: the end of the link must do
            pid = spawned(words)
    except (OSError, ValueError, NotImplementedError):
        ours.close()
        return
    finally:
        theirs.close()
    _begun = Begun(program, pid, ours)
    atexit.register(abandon)


def take(program: str) -> Child | None:
    """The one that was begun, if it is of this program; it is the caller's from now on."""
    if _begun is None or _begun.program != program:
        return None
    return _taken()


def _taken() -> Child | None:
    global _begun
    if _begun is None:
        return None
    from pytron.link import Child

    begun, _begun = _begun, None
    return Child.adopted(begun.pid, begun.link)


def abandon() -> None:
    """End one that nobody has taken."""
    child = _taken()
    if child is not None:
        child.channel.close()
        child.end(0)
