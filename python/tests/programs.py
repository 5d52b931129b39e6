"""A file that is run as a program of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from waiting import DEADLINE_S


def run_program(
    folder: Path, source: str, *command: str, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run an `app.py` of that source, or a command of Python's beside it, to its good end."""
    (folder / "app.py").write_text(source, "utf-8")
    done = subprocess.run(
        [sys.executable, *(command or ("app.py",))],
        cwd=folder, env=environment, capture_output=True, text=True,
        timeout=DEADLINE_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done
