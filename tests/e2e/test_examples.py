"""Every example in a real window: its page loads, does what it does by itself, and says so."""

from __future__ import annotations

import hashlib
import json
import os
import re
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
SMALL = sorted(path.parent.name for path in EXAMPLES.glob("*/page"))
DEADLINE_S = 60

# Runs an example as its user does, and ends it when its page has emitted `shown`.
_RUN = """
import json, runpy, sys
from pytron import App

def run(app, original=App.run):
    @app.on("shown")
    def shown(event):
        facts = app.window(event.window).screenshot(sys.argv[2]).result(10)
        print("@@" + json.dumps({"data": event.data, "picture": facts}), flush=True)
        app.quit(0)

    @app.on("window.failed")
    @app.on("window.crashed")
    def broken(event):
        print(event, file=sys.stderr, flush=True)
        app.quit(1)

    return original(app)

App.run = run
sys.path.insert(0, str(__import__("pathlib").Path(sys.argv[1]).parent))
runpy.run_path(sys.argv[1], run_name="__main__")
"""


def shown_by(name: str, picture: Path, folder: Path = EXAMPLES) -> Any:
    """What the page of an example reports, after its screenshot was taken."""
    done = run([sys.executable, "-c", _RUN, str(folder / name / "app.py"), str(picture)])
    assert done.returncode == 0, done.stdout + done.stderr
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("@@")]
    return json.loads(line[2:])["data"]


def run(command: list[str], **env: str) -> subprocess.CompletedProcess[str]:
    whole = {**os.environ, "NO_AT_BRIDGE": "1", "PYTHONFAULTHANDLER": "1", **env}
    try:
        return subprocess.run(
            command, env=whole, capture_output=True, text=True, timeout=DEADLINE_S, check=False
        )
    except subprocess.TimeoutExpired as late:
        wrote = f"{late.stdout!r}\n{late.stderr!r}"
        pytest.fail(f"{command[-2]} did not end in {DEADLINE_S} s; it wrote:\n{wrote}")


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    return tmp_path / "shown.png"


def test_every_small_example_is_tested_here() -> None:
    source = Path(__file__).read_text("utf-8")
    assert set(SMALL) == set(re.findall(r'shown_by\("(\w+)", picture\)', source))


def test_hello(picture: Path) -> None:
    assert shown_by("hello", picture) is None
    assert struct.unpack(">II", picture.read_bytes()[16:24]) == (520, 420)


def test_calls(picture: Path) -> None:
    shown = shown_by("calls", picture)
    assert shown["pytron.add(1, 2)"] == shown['pytron.call("add", { a: 1, b: 2 })'] == "3"
    assert json.loads(shown["pytron.plan({ place, start })"])["start"] == "2026-05-01"
    codes = {call: said.partition("(")[2].partition(")")[0] for call, said in shown.items()}
    assert codes['pytron.add(1, "two")'] == "invalid_arguments"
    assert codes["pytron.ad(1, 2)"] == "unknown_function"
    assert codes['pytron.log_in("ada")'] == "account_locked"
    assert codes["pytron.slow()"] == codes["withOptions({ timeoutMs: 50 }).after(5)"] == "timeout"
    assert shown["withOptions({ signal }).after(5)"] == "the user left"


def test_streams(picture: Path) -> None:
    shown = shown_by("streams", picture)
    assert shown["seen"] == [5, 4, 3, 2, 1]
    assert shown["primes"] == [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37]
    assert (shown["steps"], shown["said"]) == (40, "40 steps done")


def test_binary(picture: Path) -> None:
    shown = shown_by("binary", picture)
    assert shown == {"size": 240 * 160 * 4, "first": [255, 255, 95, 255], "type": "ArrayBuffer"}


def test_files(picture: Path) -> None:
    data = "".join(f"line {i} of many\n" for i in range(200_000)).encode()
    shown = shown_by("files", picture)
    assert 0 < shown.pop("packed") < len(data) / 4
    assert shown == {
        "name": "lines.txt",
        "digest": hashlib.sha256(data).hexdigest(),
        "longest": str(len("line 199999 of many")),
    }


def test_state(picture: Path) -> None:
    assert shown_by("state", picture) == {"items": 2}


def test_events(picture: Path) -> None:
    assert shown_by("events", picture)["time"].startswith("20")


def test_assets(picture: Path) -> None:
    assert shown_by("assets", picture) == {
        "width": 60 + 18 * len("made in Python"),
        "lines": 1000,
        "part": [206, '"""Assets: pa'],
        "published": "for this page only",
        "missing": 404,
    }


def test_windows(picture: Path) -> None:
    shown = shown_by("windows", picture)
    assert shown["label"] == "main"
    assert shown["facts"]["title"] == "Windows"
    assert (shown["facts"]["bounds"]["width"], shown["facts"]["bounds"]["height"]) == (520, 420)


def test_modules(picture: Path) -> None:
    shown = shown_by("modules", picture)
    assert shown["names"] == ["app.py", "files.py", "sums.py"]
    assert shown["total"] > 30


def test_pictures(picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    assert shown_by("pictures", picture) == {"pictures": 0, "hint": True}


def test_page_lines_of_the_documentation(picture: Path) -> None:
    assert shown_by("page", picture, ROOT / "docs" / "snippets") == {
        "sums": [3, 3, 3],
        "caught": "invalid_arguments",
        "heard": [True],
        "held": {"bought": True, "left": 1},
    }


def test_demo_proves_itself(picture: Path) -> None:
    if not (EXAMPLES / "notes" / "frontend" / "dist" / "index.html").exists():
        pytest.fail("the demo's page is not built: run the tests through dev.py, which builds it")
    done = run([sys.executable, str(EXAMPLES / "notes" / "app.py")], PYTRON_DEMO_CHECK=str(picture))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "FAILED" not in done.stdout
    assert done.stdout.count("\nok: screenshot of ") == 2
    assert struct.unpack(">II", picture.read_bytes()[16:24]) == (1180, 760)
