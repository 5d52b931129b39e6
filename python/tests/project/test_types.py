"""The types that templates carry are those of their Python."""

from __future__ import annotations

from pathlib import Path

import click.testing
import pytest
from pytron import cli, project

TEMPLATES = Path(project.__file__).parents[1] / "templates"


@pytest.mark.parametrize("place", ["vanilla/pytron.d.ts", "node/frontend/src/pytron.d.ts"])
def test_types_of_a_template_are_what_its_python_says(place: str) -> None:
    app, types = TEMPLATES / "base" / "app.py", TEMPLATES / place
    words = ["types", str(app), "--out", str(types)]
    checked = click.testing.CliRunner().invoke(cli.commands, [*words, "--check"])
    assert checked.exit_code == 0, f"run: pytron {' '.join(words)}\n{checked.output}"
