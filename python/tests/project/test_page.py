"""What an app shows, seen without running its code."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytron.devserver.pages import sources_of
from pytron.project import frontend
from pytron.project.frontend import page_of


@pytest.mark.parametrize(
    ("source", "settings", "expected"),
    [
        ('app = App("x", frontend="web/out")', "", "web/out"),
        ('app = pytron.App("x", frontend="web")', 'frontend = "other"', "web"),
        ('def main():\n    App("x", frontend="web").run()', "", "web"),
        ('app = App("x")', 'frontend = "web"', "web"),
        ('app = App("x", frontend=HERE)', "", None),
        ('app = App("x", frontend="http://localhost:3000")', 'frontend = "web"', None),
        ("app = App(", 'frontend = "web"', "web"),
        ('app = App("x")', "", None),
    ],
)
def test_page_of_an_app(source: str, settings: str, expected: str | None, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.pytron]\n{settings}\n")
    (tmp_path / "app.py").write_text(source)
    found = page_of(tmp_path / "app.py", tmp_path)
    assert found == (None if expected is None else (tmp_path / expected).resolve())


def test_the_server_of_a_page_is_the_one_among_its_packages(tmp_path: Path) -> None:
    page = tmp_path / "frontend" / "dist"
    package = tmp_path / "frontend" / "package.json"
    package.parent.mkdir()
    package.write_text('{"devDependencies": {"vite": "^8"}}')
    assert sources_of(page, tmp_path) == (tmp_path / "frontend", "vite")
    package.write_text('{"devDependencies": {"vitest": "^4", "next": "^16"}}')
    assert sources_of(page, tmp_path) == (tmp_path / "frontend", "next")
    package.write_text('{"devDependencies": {"vitest": "^4"}}')
    assert sources_of(page, tmp_path) is None
    package.unlink()
    assert sources_of(page, tmp_path) is None


def test_packages_of_a_workspace_around_the_page_count(tmp_path: Path) -> None:
    page = tmp_path / "app" / "frontend"
    page.mkdir(parents=True)
    text = '{"dependencies": {"one": "*"}, "devDependencies": {"two": "*"}}'
    (page / "package.json").write_text(text, "utf-8")
    sources = frontend.sources_of(page / "dist", page.parent)
    assert sources is not None
    assert not sources.is_installed
    (tmp_path / "node_modules" / "one").mkdir(parents=True)
    assert not sources.is_installed
    (tmp_path / "node_modules" / "two").mkdir()
    assert sources.is_installed
