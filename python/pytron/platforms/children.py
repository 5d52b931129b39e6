"""Processes that must not outlive this one, on POSIX. Each leads a group of its own."""

from __future__ import annotations

import sys

assert sys.platform != "win32"

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress

from pytron.platforms.sockets import Channel, pair


def launch(
    command: Sequence[str], environment: Mapping[str, str], *, output: int | None = None
) -> tuple[Channel, subprocess.Popen[bytes]]:
    """Start a process with a link to it, whose address is in its PYTRON_LINK.

    The thread that calls this must live as long as the process is to: on Linux the system kills
    it when this thread ends, however that comes about.

    Args:
        command: the program and its arguments.
        environment: all its variables.
        output: where it writes to; by default where we do.
    """
    channel, theirs = pair()
    try:
        process = spawn(
            command, {**environment, "PYTRON_LINK": f"fd:{theirs}"}, [theirs], output=output
        )
    except BaseException:
        channel.close()
        raise
    finally:
        os.close(theirs)
    return channel, process


class Adopted:
    """A process of ours that `subprocess` has not started, as far as it is needed here."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        #: Its exit code, once it was waited for.
        self.returncode: int | None = None

    def wait(self) -> int:
        """Wait for its end; its exit code."""
        if self.returncode is None:
            self.returncode = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.returncode


def adopt(pid: int, joined: socket.socket) -> tuple[Channel, Adopted]:
    """A process that was started with the other end of a socket, and leads a group of its own."""
    return Channel(joined, descriptors=True), Adopted(pid)


def spawn(
    command: Sequence[str],
    environment: Mapping[str, str],
    descriptors: Sequence[int] = (),
    *,
    output: int | None = None,
) -> subprocess.Popen[bytes]:
    """Start a process in a group of its own. Ctrl-C in the terminal does not reach it.

    Raises:
        OSError: there is no such program.
    """
    if shutil.which(command[0]) is None:  # `setpriv` would start, and then fail
        raise FileNotFoundError("there is no such program")
    return subprocess.Popen(
        [*_dying_with_us(), *command],
        env=dict(environment),
        pass_fds=tuple(descriptors),
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
    )


def reap(process: subprocess.Popen[bytes] | Adopted) -> int:
    """Wait for a process, and end what it has left behind in its group; its exit code."""
    guard = _guard(process.pid)
    # While it is not reaped its number, and so that of its group, is nobody else's.
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    kill(process)
    if guard is not None:
        guard.kill()  # before that number can be somebody else's
        guard.wait()
        assert guard.stdin is not None
        guard.stdin.close()
    return process.wait()


def _guard(group: int) -> subprocess.Popen[bytes] | None:
    """A shell that ends a process group when this process has gone, by whatever end.

    What the process has started ends by itself when it sees its own parent go; what is stopped
    sees nothing, and only a signal from outside reaches it.
    """
    shell = shutil.which("sh")
    if shell is None:
        return None
    return subprocess.Popen(
        [shell, "-c", 'read -r _; kill -s KILL -- "-$0"', str(group)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def kill(process: subprocess.Popen[bytes] | Adopted) -> None:
    """End a process and all in its group, also those that are stopped."""
    if process.returncode is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def _dying_with_us() -> list[str]:
    """What asks Linux to kill a process with us. Elsewhere the end of the link must do.

    Source: prctl(2), PR_SET_PDEATHSIG; `setpriv` is part of util-linux, and an exec of it costs a
    millisecond where a function between fork and exec could deadlock.
    """
    program = shutil.which("setpriv")
    return [program, "--pdeathsig", "KILL", "--"] if program else []
