"""A display for windows where there is none: Xvfb with a window manager.

Run as `python -m tools.dev.display COMMAND…` it gives the command a fresh display of its own.
"""

import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tools.dev.machine import LINUX, SetupError, find_program

SCREEN = "1280x900x24"
START_DEADLINE_S = 30.0


@contextmanager
def fresh_display(screen: str = SCREEN) -> Generator[dict[str, str]]:
    """Environment variables that lead programs to a new virtual display, gone with the block.

    A window manager runs on it when openbox is there: without one, nothing can be maximised.

    Raises:
        SetupError: Xvfb is missing or did not start.

    Platforms: Linux; elsewhere the machine's own display is used.
    """
    if not LINUX:
        yield {}
        return
    program = find_program("Xvfb")
    if program is None:
        raise SetupError("no display, and Xvfb is not installed", "run `python3 dev.py setup`")
    with _managed([program, "-screen", "0", screen]) as variables:
        yield variables


@contextmanager
def fresh_screens() -> Generator[dict[str, str]]:
    """Environment variables that lead programs to a display with screens that come and go.

    `xrandr` plugs them in and out: they are called DUMMY0 (there from the start) to DUMMY15.

    Raises:
        SetupError: Xorg is missing or did not start.

    Platforms: Linux.
    """
    program = find_program("Xorg")
    if program is None:
        raise SetupError(
            "Xorg is not installed", "run `python3 dev.py test --all`, which brings it"
        )
    with tempfile.TemporaryDirectory(prefix="pytron-screens-") as folder:
        settings = Path(folder, "xorg.conf")
        settings.write_text(_DUMMIES)
        command = [program, "-config", str(settings), "-logfile", str(Path(folder, "log"))]
        with _managed([*command, "-novtswitch", "-sharevts"]) as variables:
            yield variables


#: A graphics card of no hardware, and no keyboard or mouse: those of the machine are not for tests.
_DUMMIES = """
Section "Device"
  Identifier "card"
  Driver "dummy"
  VideoRam 65536
EndSection
Section "Monitor"
  Identifier "monitor"
  HorizSync 5-1000
  VertRefresh 5-200
EndSection
Section "Screen"
  Identifier "screen"
  Device "card"
  Monitor "monitor"
  DefaultDepth 24
EndSection
Section "ServerFlags"
  Option "AutoAddDevices" "false"
  Option "AutoEnableDevices" "false"
  Option "AutoAddGPU" "false"
EndSection
"""


@contextmanager
def _managed(command: Sequence[str]) -> Generator[dict[str, str]]:
    """A display of this server's, with a window manager on it where there is one."""
    with ExitStack() as stack:
        number = stack.enter_context(_server(command))
        variables = {
            "DISPLAY": f":{number}",
            "WAYLAND_DISPLAY": "",
            "GDK_BACKEND": "x11",
            "NO_AT_BRIDGE": "1",  # no accessibility bus here: looking for it costs seconds
            "GTK_A11Y": "none",
        }
        manager = find_program("openbox")
        if manager is not None:
            stack.enter_context(_openbox(manager, variables))
        yield variables


@contextmanager
def _server(command: Sequence[str]) -> Generator[int]:
    """The number of a new display; the server chooses a free one and tells when it is ready."""
    reader, writer = os.pipe()
    words = [*command, "-displayfd", str(writer), "-nolisten", "tcp", "-noreset"]
    with _up(words, {}, reader, writer) as number:
        yield int(number)


@contextmanager
def _openbox(program: str, variables: Mapping[str, str]) -> Generator[None]:
    """Openbox, up and managing windows when the block begins."""
    with tempfile.TemporaryDirectory(prefix="pytron-display-") as folder:
        ready = Path(folder, "ready")
        command = [program, "--startup", f"sh -c 'echo ready > {ready}'"]
        with _up(command, variables, _pipe(ready)):
            yield


@contextmanager
def fresh_wayland() -> Generator[dict[str, str]]:
    """Environment variables that lead programs to a Wayland compositor without a screen.

    Raises:
        SetupError: weston is missing or did not start.

    Platforms: Linux.
    """
    words = ["--backend=headless-backend.so", "--width=1280", "--height=900"]
    with _weston(words, "", {}) as variables:
        yield {**variables, "DISPLAY": ""}


@contextmanager
def fresh_scales() -> Generator[dict[str, str]]:
    """Environment variables that lead programs to a Wayland compositor with two screens.

    Left one of 600x400 at scale 1, and right of it one of 640x480 at scale 2. Both are windows on
    the display that DISPLAY names, whose pointer and keys they follow.

    Raises:
        SetupError: weston or Xvfb is missing or did not start.

    Platforms: Linux.
    """
    program = find_program("Xvfb")
    if program is None:
        raise SetupError("Xvfb is not installed", "run `python3 dev.py setup`")
    with _server([program, "-screen", "0", "2000x1000x24"]) as number:
        display = {"DISPLAY": f":{number}"}
        words = ["--backend=x11-backend.so", "--output-count=2"]
        with _weston(words, _SCALES, display) as variables:
            yield {**variables, **display}


_SCALES = """
[output]
name=X1
mode=600x400
scale=1
[output]
name=X2
mode=640x480
scale=2
"""


@contextmanager
def _weston(
    words: Sequence[str], settings: str, environment: Mapping[str, str]
) -> Generator[dict[str, str]]:
    """A compositor with these words and settings, and the variables that lead to it."""
    program = find_program("weston")
    if program is None:
        raise SetupError("weston is not installed", "run `python3 dev.py test`, which brings it")
    with tempfile.TemporaryDirectory(prefix="pytron-wayland-") as name:
        folder = Path(name)  # sockets and their lock; only its owner may enter
        ready, file, script = folder / "ready", folder / "weston.ini", folder / "started"
        script.write_text(f"#!/bin/sh\necho ready > {ready}\n")
        script.chmod(0o700)
        file.write_text(f"[autolaunch]\npath={script}\n[core]\nidle-time=0\n{settings}")
        command = [program, *words, "--use-pixman", "--socket=wayland-t", f"--config={file}"]
        with _up(command, {**environment, "XDG_RUNTIME_DIR": name}, _pipe(ready)):
            yield {
                "XDG_RUNTIME_DIR": name,
                "WAYLAND_DISPLAY": str(folder / "wayland-t"),
                "GDK_BACKEND": "wayland",
                "NO_AT_BRIDGE": "1",
            }


def _pipe(path: Path) -> int:
    """The end to read of a new pipe with a name."""
    os.mkfifo(path)
    return os.open(path, os.O_RDONLY | os.O_NONBLOCK)


@contextmanager
def _up(
    command: Sequence[str], variables: Mapping[str, str], reader: int, writer: int | None = None
) -> Generator[bytes]:
    """The line that a program writes into a pipe once it is up; it ends with the block.

    Args:
        command: the program and its words.
        variables: of its environment, beside our own.
        reader: the end of the pipe to read; it is closed.
        writer: the other end, if the program is to inherit it; it is closed here.

    Raises:
        SetupError: it did not start, with the last of what it said.
    """
    with tempfile.TemporaryFile() as log, os.fdopen(reader, "rb") as answer:
        process = subprocess.Popen(
            command,
            env={**os.environ, **variables},
            pass_fds=[] if writer is None else [writer],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C ends the tests first, their display after them
        )
        try:
            if writer is not None:
                os.close(writer)
            ready, _, _ = select.select([answer], [], [], START_DEADLINE_S)
            line = answer.readline().strip() if ready else b""
            if not line:
                log.seek(0)
                said = log.read().decode("utf-8", "replace").strip() or "it said nothing"
                raise SetupError(
                    f"{Path(command[0]).name} did not start: {said[-500:]}",
                    f"try it by hand: {' '.join(command)}",
                )
            yield line
        finally:
            process.terminate()
            process.wait()


def main(command: Sequence[str]) -> int:
    """Run a command on a fresh display and return its exit code."""
    if not command:
        sys.stderr.write("usage: python -m tools.dev.display COMMAND [ARGUMENT…]\n")
        return 2
    try:
        with fresh_display() as variables:
            return subprocess.run(command, env={**os.environ, **variables}, check=False).returncode
    except SetupError as error:
        sys.stderr.write(f"{error}\nRemedy: {error.remedy}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
