"""Programs are watched while they run, and nothing outlives its time."""

import os
import select
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
def test_child_left_behind_is_ended_and_does_not_hang_the_run(tmp_path: Path) -> None:
    life = tmp_path / "life"  # the child holds one end: the other sees when it has gone
    os.mkfifo(life)
    reader = os.open(life, os.O_RDONLY | os.O_NONBLOCK)
    child = f"life = open({str(life)!r}, 'w'); print('up', flush=True); input()"
    parent = (
        "import subprocess, sys; pipe = subprocess.PIPE;"
        f"child = subprocess.Popen([sys.executable, '-c', {child!r}], stdin=pipe, stdout=pipe);"
        "print(child.stdout.readline().decode())"
    )
    lines: list[str] = []
    try:
        assert run_watched([sys.executable, "-c", parent], on_line=lines.append) == 0
        assert lines[0] == "up"
        assert select.select([reader], [], [], 20)[0], "the child is still there"
        assert os.read(reader, 1) == b""
    finally:
        os.close(reader)
