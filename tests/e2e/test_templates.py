"""Every template: made by the command, built, opened in a real window and used."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from e2e import templates
from e2e.developing import DEADLINE_S, Development
from playwright.sync_api import Browser, expect
from pytron.project.templates import TEMPLATES

#: Building with Node takes a while, so CI does two; `dev.py test --all` does the rest.
SAMPLE = ("vanilla", "react")
CHOSEN = tuple(TEMPLATES) if os.environ.get("PYTRON_TEMPLATES") == "all" else SAMPLE


@pytest.mark.parametrize("template", [name for name in CHOSEN if name in TEMPLATES])
def test_template_works(template: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
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
    if template == "react":  # its packages are there now
        edits_show(project, request.getfixturevalue("browser"))


def edits_show(project: Path, browser: Browser) -> None:
    """Edit both sides under `pytron dev`: what React holds stays, and Python's new code answers."""
    deadline_ms = DEADLINE_S * 1000
    with Development(project, {}) as dev:
        dev.line("starts anew at every save")
        tab = browser.new_page()
        tab.set_default_timeout(deadline_ms)
        tab.goto(dev.vite())
        tab.fill("#name", "Ada")
        tab.click("#greet button")
        answer = tab.locator("#answer")
        expect(answer).to_have_text("Hello, Ada! This is Python.", timeout=deadline_ms)
        dev.change("<h1>My First App</h1>", "<h1>Edited</h1>", "frontend/src/App.tsx")
        expect(tab.locator("h1")).to_have_text("Edited", timeout=deadline_ms)
        expect(tab.locator("#name")).to_have_value("Ada")
        expect(answer).to_have_text("Hello, Ada! This is Python.")
        dev.change("Hello, ", "Salut, ")
        tab.evaluate("""async () => {
          while (!document.querySelector("#answer").textContent.startsWith("Salut, Ada")) {
            document.querySelector("#greet button").click();
            await new Promise((done) => setTimeout(done, 50));
          }
        }""")
        expect(tab.locator("h1")).to_have_text("Edited")
        tab.close()
