"""Start a program, watch its output line by line, and leave no orphan behind."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tools.dev.machine import ROOT, WINDOWS

TICK_S = 0.2


@contextmanager
def started(
    command: Sequence[str], *, cwd: Path = ROOT, env: Mapping[str, str] | None = None
) -> Generator["subprocess.Popen[bytes]"]:
    """A running program in a process group of its own, ended with the block."""
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=None if env is None else dict(env),
        stdin=subprocess.DEVNULL,  # nothing here may wait for a key: CI has no keyboard
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=not WINDOWS,
    )
    try:
        yield process
    finally:
        end(process)
        if process.stdout is not None:
            process.stdout.close()


def end(process: "subprocess.Popen[bytes]") -> None:
    """End the program and its children; returns when it has gone."""
    if process.poll() is None:
        _signal_group(process, signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            _kill_group(process)
            process.wait()
    else:
        _kill_group(process)  # children that outlived it


def _signal_group(process: "subprocess.Popen[bytes]", number: int) -> None:
    if WINDOWS:
        subprocess.run(
            ["taskkill", "/F", "/T", "/PID", str(process.pid)], check=False, capture_output=True
        )
        return
    # macOS says "not permitted" of a group of zombies
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _kill_group(process: "subprocess.Popen[bytes]") -> None:
    _signal_group(process, signal.SIGTERM if WINDOWS else signal.SIGKILL)


def run_watched(
    command: Sequence[str],
    *,
    on_line: Callable[[str], None],
    cwd: Path = ROOT,
    env: Mapping[str, str] | None = None,
    on_tick: Callable[[], None] = lambda: None,
    deadline_s: float | None = None,
) -> int:
    """Run a program to its end and return its exit code.

    `on_line` gets each line of its output on another thread, `on_tick` is called a few times a
    second on this one.

    Raises:
        TimeoutError: the program was still running after `deadline_s`; it has been ended.
    """
    begin = time.monotonic()
    with started(command, cwd=cwd, env=env) as process:
        output = process.stdout
        assert output is not None

        def read() -> None:
            for line in output:
                on_line(line.decode("utf-8", "replace").rstrip("\r\n"))

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        while process.poll() is None:
            on_tick()
            if deadline_s is not None and time.monotonic() - begin > deadline_s:
                raise TimeoutError(f"still running after {deadline_s:.0f} s: {' '.join(command)}")
            reader.join(TICK_S)
            if not reader.is_alive():
                try:
                    process.wait(TICK_S)
                except subprocess.TimeoutExpired:
                    continue
        _kill_group(process)  # what it left behind would keep the pipe open for ever
        reader.join(10)
        return process.returncode
