"""The link over a named pipe, and the server's loop, with a Windows CPython under Wine.

What it needs is made as for `test_windows.py`; without it these tests are skipped.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from package.foreign.windows import Wine

WINDOWS = os.environ.get("PYTRON_TEST_WINDOWS", "")
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("version", ["3.12", "3.14"])
def test_link_and_loop_hold_on_windows(version: str, tmp_path: Path) -> None:
    python = Path(WINDOWS, version, "python.exe")
    if not python.is_file():
        pytest.skip("PYTRON_TEST_WINDOWS names no folder with this CPython")
    wine = Wine(tmp_path / "prefix")
    guest = ROOT / "tests" / "package" / "foreign" / "guest.py"
    kit = f"Z:{ROOT / 'python'}"
    done = wine.run(python, f"Z:{guest}", variables={"KIT": kit, "PYTHONDONTWRITEBYTECODE": "1"})
    assert done.returncode == 0, done.stderr
    found = {
        key: value for line in done.stdout.splitlines() for key, value in json.loads(line).items()
    }
    assert found == {
        "text": '{"kind":"a"}',
        "large": True,
        "left": 0,
        "killed": "ended",
        "token": "ended",
        "stranger": "ended",
        "turns": ["one", "two", "three"],
    }
