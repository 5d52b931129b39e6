"""Programs are watched while they run, and nothing outlives its time."""

import sys
import time
from pathlib import Path

import pytest

from tools.dev.process import run_watched


def ignore(_: str) -> None:
    """Take a line and do nothing."""


def test_output_arrives_line_by_line_with_the_exit_code() -> None:
    lines: list[str] = []
    program = "import sys; print('one'); print('two', file=sys.stderr); sys.exit(3)"
    assert run_watched([sys.executable, "-u", "-c", program], on_line=lines.append) == 3
    assert sorted(lines) == ["one", "two"]


def test_output_that_is_not_utf_8_does_no_harm() -> None:
    lines: list[str] = []
    program = "import sys; sys.stdout.buffer.write(b'caf\\xe9\\r\\n')"
    assert run_watched([sys.executable, "-c", program], on_line=lines.append) == 0
    assert lines == ["caf\ufffd"]


def test_program_that_reads_its_input_gets_an_end_of_file() -> None:
    assert run_watched([sys.executable, "-c", "input()"], on_line=ignore) == 1


def test_program_past_its_deadline_is_ended() -> None:
    begin = time.monotonic()
    with pytest.raises(TimeoutError, match="still running after 1 s"):
        run_watched(
            [sys.executable, "-c", "import threading; threading.Event().wait(60)"],
            on_line=ignore,
            deadline_s=1,
        )
    assert time.monotonic() - begin < 20


@pytest.mark.skipif(sys.platform == "win32", reason="process groups of POSIX")
def test_child_left_behind_is_ended_and_does_not_hang_the_run() -> None:
    lines: list[str] = []
    program = (
        "import subprocess, sys;"
        "print(subprocess.Popen([sys.executable, '-c', 'input()'], stdin=subprocess.PIPE).pid)"
    )
    begin = time.monotonic()
    assert run_watched([sys.executable, "-c", program], on_line=lines.append) == 0
    assert time.monotonic() - begin < 20
    assert not is_running(int(lines[0]))


def is_running(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
