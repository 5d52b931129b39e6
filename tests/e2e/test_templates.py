"""Every template: made by the command, built, opened in a real window and used."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from e2e import templates
from pytron.project.templates import TEMPLATES

#: Building with Node takes a while, so CI does two; `dev.py test --all` does the rest.
SAMPLE = ("vanilla", "react")
CHOSEN = tuple(TEMPLATES) if os.environ.get("PYTRON_TEMPLATES") == "all" else SAMPLE


@pytest.mark.parametrize("template", [name for name in CHOSEN if name in TEMPLATES])
def test_template_works(template: str, tmp_path: Path) -> None:
    project = templates.make(tmp_path, template)
    kind = TEMPLATES[template]
    if kind.node:
        templates.build(project)
    templates.pytron(project, "types", "--check")
    templates.finished([sys.executable, "-m", "pytest", "-q"], project, 240)
    templates.finished([sys.executable, "-m", "ruff", "check", "."], project, 60)
    templates.finished([sys.executable, "-m", "ruff", "format", "--check", "."], project, 60)
    if kind.node:
        templates.finished(["npm", "run", "lint"], project / "frontend", 120)
        templates.finished(["npm", "run", "test"], project / "frontend", 120)
    picture = Path(os.environ.get("PYTRON_PICTURES", tmp_path)) / f"{template}.png"
    seen = templates.use(project, project / kind.page, picture)
    assert seen["title"] == "My First App"
    assert seen["answer"] == "Hello, Ada! This is Python."
    assert seen["event"].startswith("Ada")
    assert seen["counted"] == 2
    assert "app.py" in seen["text"]
    assert kind.edit in seen["text"]
    assert picture.read_bytes().startswith(b"\x89PNG")
