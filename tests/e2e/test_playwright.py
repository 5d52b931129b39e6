"""Playwright beside the driver, as the documentation shows it: by the chrome engine's debugger."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from e2e.views import View

SAMPLE = Path(__file__).parents[2] / "docs" / "snippets" / "driven"
PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir=.")


def test_sample_of_the_documentation(view: View, tmp_path: Path) -> None:
    folder = tmp_path / "sample"
    shutil.copytree(SAMPLE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    with view.surroundings() as given:
        done = subprocess.run(
            view.command([*PYTEST, "test_playwright.py"], folder),
            cwd=folder,
            env={**os.environ, **given},
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
    assert "1 passed" in done.stdout, done.stdout + done.stderr
