"""A display for the proof, where the machine that builds has none."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Final

from pytron.errors import PackagingError, ToolMissing
from pytron.platforms import display_variables

_DEADLINE_S: Final = 30.0


@contextmanager
def display() -> Generator[Mapping[str, str]]:
    """The variables that lead a program to a display; one made for the block if there is none.

    Raises:
        ToolMissing: there is none, and Xvfb is not installed.
    """
    there = display_variables()
    if there is not None:
        yield there
        return
    program = shutil.which("Xvfb")
    if program is None:
        raise ToolMissing(
            "the proof opens the app's window, but there is no display here; install Xvfb "
            "(sudo apt install xvfb), or skip the proof with --no-prove"
        )
    reader, writer = os.pipe()
    # -ac: the app runs as another user, who has no cookie of ours.
    command = [program, "-displayfd", str(writer), "-screen", "0", "1280x800x24", "-ac"]
    with os.fdopen(reader, "rb") as answer:
        process = subprocess.Popen(
            [*command, "-nolisten", "tcp", "-noreset"],
            pass_fds=[writer],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(writer)
        try:
            ready, _, _ = select.select([answer], [], [], _DEADLINE_S)
            number = answer.readline().decode().strip() if ready else ""
            if not number:
                raise PackagingError("Xvfb did not start; skip the proof with --no-prove")
            yield {"DISPLAY": f":{number}"}
        finally:
            process.terminate()
            process.wait()
