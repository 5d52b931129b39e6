"""Running a program of the system for a moment: what it said, and what it must not inherit."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

from pytron.errors import CallError


def environment() -> dict[str, str]:
    """The environment as the user has it: a frozen app's own library paths are not for others."""
    clean = dict(os.environ)
    for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH"):
        before = clean.pop(f"{name}_ORIG", None)
        if before:
            clean[name] = before
        elif "_MEIPASS2" in clean or "_PYI_APPLICATION_HOME_DIR" in clean:
            clean.pop(name, None)
    return clean


def start(command: Sequence[str]) -> None:
    """Start a program that outlives this one, and says nothing to it."""
    subprocess.Popen(
        list(command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(),
        start_new_session=True,
    )


def run(command: Sequence[str], *, remedy: str, patience_s: float = 5.0) -> str:
    """Run a program that hands something over; what it printed.

    One that still runs after `patience_s` has become the program that was wanted, as a browser that
    `xdg-open` starts itself: it is left alone.

    Raises:
        CallError: `unsupported`: it is not there, or says that it failed.
    """
    try:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
            start_new_session=True,
            text=True,
            errors="replace",
        )
    except FileNotFoundError as error:
        raise CallError(f"{command[0]} is not there; {remedy}", code="unsupported") from error
    try:
        output, errors = process.communicate(timeout=patience_s)
    except subprocess.TimeoutExpired:
        return ""
    if process.returncode:
        said = (errors or output).strip().splitlines()
        reason = said[-1] if said else f"exit code {process.returncode}"
        raise CallError(f"{command[0]} failed: {reason}; {remedy}", code="unsupported")
    return output
