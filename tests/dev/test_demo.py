"""The demo's check of itself: believed only with an exit code of 0 and a picture."""

import os
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest

from tools.dev import commands
from tools.dev.machine import SetupError

CheckDemo = Callable[[str], int]

# An app that draws STEP × x into a picture of 100 × 50 pixels and says that it is content.
DRAW = """
import os, struct, zlib
def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
rows = b"".join(bytes([0]) + bytes((x * STEP) & 255 for x in range(300)) for _ in range(50))
head = struct.pack(">IIBBBBB", 100, 50, 8, 2, 0, 0, 0)
with open(os.environ["PYTRON_DEMO_CHECK"], "wb") as file:
    file.write(b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", head))
    file.write(chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
print("ok: search finds the note")
"""


@pytest.fixture
def check_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CheckDemo:
    """Check a demo whose app is the given program."""
    monkeypatch.setattr(commands, "SCREENSHOT", tmp_path / "demo.png")
    monkeypatch.setattr(commands, "PYTHON", sys.executable)

    def check(program: str) -> int:
        app = tmp_path / "app.py"
        app.write_text(program)
        return commands._check_demo(str(app), dict(os.environ), nullcontext({}))

    return check


def test_demo_that_works_is_told_with_its_picture(
    check_demo: CheckDemo, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert check_demo(DRAW.replace("STEP", "7")) == 0
    said = capsys.readouterr().out
    assert "  ok: search finds the note\n" in said
    assert f"the demo works; screenshot: {tmp_path / 'demo.png'} (100x50)\n" in said


def test_demo_with_a_blank_picture_fails(check_demo: CheckDemo) -> None:
    with pytest.raises(SetupError, match="is blank: 100x50 with 1 colours"):
        check_demo(DRAW.replace("STEP", "0"))


def test_demo_that_fails_is_told(check_demo: CheckDemo, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SetupError, match="failed \\(exit code 3\\)"):
        check_demo("import sys; print('failed: no answer'); sys.exit(3)")
    assert "  failed: no answer\n" in capsys.readouterr().out


def test_demo_without_a_picture_fails(check_demo: CheckDemo) -> None:
    with pytest.raises(SetupError, match="no readable screenshot"):
        check_demo("print('ok: all of it, believe me')")


def test_picture_of_an_earlier_run_is_not_taken(check_demo: CheckDemo) -> None:
    check_demo(DRAW.replace("STEP", "7"))
    with pytest.raises(SetupError, match="no readable screenshot"):
        check_demo("print('ok: nothing drawn')")


def test_demo_that_hangs_is_ended(check_demo: CheckDemo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "DEMO_DEADLINE_S", 1.0)
    with pytest.raises(SetupError, match="did not finish: still running after 1 s"):
        check_demo("import threading; threading.Event().wait(60)")
