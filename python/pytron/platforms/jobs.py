"""Processes that must not outlive this one, on Windows: each has a job of its own.

Only type-checked so far, not run.
"""

from __future__ import annotations

import sys

assert sys.platform == "win32"

import ctypes
import socket
import subprocess
from collections.abc import Mapping, Sequence
from ctypes import wintypes
from typing import Final
from weakref import WeakKeyDictionary

from pytron.errors import EngineError
from pytron.platforms.pipes import Channel, listen

_EXTENDED_LIMITS: Final = 9  # JobObjectExtendedLimitInformation
_KILL_ON_CLOSE: Final = 0x2000  # JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
_ACCESS: Final = 0x0101  # PROCESS_TERMINATE | PROCESS_SET_QUOTA
_kernel = ctypes.WinDLL("kernel32", use_last_error=True)
_kernel.CreateJobObjectW.restype = wintypes.HANDLE
_kernel.OpenProcess.restype = wintypes.HANDLE
_jobs: WeakKeyDictionary[subprocess.Popen[bytes], int] = WeakKeyDictionary()


class _Limits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION; only the flags are set."""

    _fields_ = (
        ("times", ctypes.c_int64 * 2),
        ("flags", wintypes.DWORD),
        ("sizes", ctypes.c_size_t * 2),
        ("active", wintypes.DWORD),
        ("affinity", ctypes.c_size_t),
        ("classes", wintypes.DWORD * 2),
        ("io", ctypes.c_uint64 * 6),
        ("memory", ctypes.c_size_t * 4),
    )


def launch(
    command: Sequence[str], environment: Mapping[str, str], *, output: int | None = None
) -> tuple[Channel, subprocess.Popen[bytes]]:
    """Start a process with a link to it, whose address is in its PYTRON_LINK.

    The system kills it with us: nobody else has the handle of its job.
    """
    started: list[int] = []
    channel, address = listen(lambda: started[0] if started else 0)
    try:
        process = spawn(command, {**environment, "PYTRON_LINK": address}, output=output)
    except BaseException:
        channel.close()
        raise
    started.append(process.pid)
    return channel, process


def spawn(
    command: Sequence[str], environment: Mapping[str, str], *, output: int | None = None
) -> subprocess.Popen[bytes]:
    """Start a process in a job of its own. Ctrl-C in the console does not reach it."""
    job = _job()
    process = subprocess.Popen(
        list(command),
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        creationflags=subprocess.CREATE_NEW_PROCESS_GROUP,
    )
    handle = _kernel.OpenProcess(_ACCESS, False, process.pid)
    _kernel.AssignProcessToJobObject(wintypes.HANDLE(job), wintypes.HANDLE(handle))
    _kernel.CloseHandle(wintypes.HANDLE(handle))
    _jobs[process] = job
    return process


def _job() -> int:
    job = _kernel.CreateJobObjectW(None, None)
    if not job:
        raise ctypes.WinError(ctypes.get_last_error())
    limits = _Limits(flags=_KILL_ON_CLOSE)
    _kernel.SetInformationJobObject(
        wintypes.HANDLE(job), _EXTENDED_LIMITS, ctypes.byref(limits), ctypes.sizeof(limits)
    )
    return int(job)


def adopt(pid: int, joined: socket.socket) -> tuple[Channel, subprocess.Popen[bytes]]:
    """Only POSIX starts processes so that they can be taken over."""
    raise EngineError(f"process {pid} cannot be taken over with {joined}: Windows has pipes")


def reap(process: subprocess.Popen[bytes]) -> int:
    """Wait for a process, and end what it has left behind in its job; its exit code."""
    code = process.wait()
    job = _jobs.pop(process, 0)
    if job:
        _kernel.TerminateJobObject(wintypes.HANDLE(job), 1)
        _kernel.CloseHandle(wintypes.HANDLE(job))
    return code


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and all in its job."""
    job = _jobs.get(process, 0)
    if job:
        _kernel.TerminateJobObject(wintypes.HANDLE(job), 1)
    else:
        process.kill()
