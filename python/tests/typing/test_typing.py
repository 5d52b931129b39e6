"""What type checkers tell the user of Pytron: mistakes, and nothing else."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLE = Path(__file__).with_name("sample.py.txt")  # not .py: its errors are meant
ROOT = Path(__file__).parents[3]


def expected() -> set[int]:
    lines = SAMPLE.read_text("utf-8").splitlines()
    marked = {n for n, line in enumerate(lines, 1) if line.endswith("# error")}
    assert len(marked) >= 8
    return marked


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=280, check=False
    )


def test_mypy_finds_the_mistakes_and_no_others(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(SAMPLE.read_text("utf-8"), "utf-8")
    (tmp_path / "mypy.ini").write_text(f"[mypy]\nstrict = True\nmypy_path = {ROOT / 'python'}\n")
    done = run([sys.executable, "-m", "mypy", "app.py"], tmp_path)
    found = re.findall(r"^app\.py:(\d+): error", done.stdout, re.MULTILINE)
    assert {int(line) for line in found} == expected(), done.stdout + done.stderr
    others = [
        line for line in done.stdout.splitlines() if "error: " in line and "app.py" not in line
    ]
    assert others == []


def test_pyright_finds_the_mistakes_and_no_others(tmp_path: Path) -> None:
    npx = shutil.which("npx")
    if npx is None or not (ROOT / "node_modules" / "pyright").exists():
        pytest.skip("pyright is not installed; python3 dev.py setup installs it")
    (tmp_path / "app.py").write_text(SAMPLE.read_text("utf-8"), "utf-8")
    settings = {
        "include": ["app.py"],
        "extraPaths": [str(ROOT / "python")],
        "typeCheckingMode": "strict",
        "reportUnusedExpression": "none",  # the sample has some, to be errors of another kind
    }
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    command = [npx, "--no", "--", "pyright", "--pythonpath", sys.executable, "--outputjson"]
    done = run([*command, "--project", str(tmp_path)], ROOT)
    report = json.loads(done.stdout)
    errors = [e for e in report["generalDiagnostics"] if e["severity"] == "error"]
    found = {error["range"]["start"]["line"] + 1 for error in errors}
    assert found == expected(), json.dumps(errors, indent=1)
