"""The snippet of docs/types.md: what is shown is what is written, and it works."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path

import pytest
from pytron.cli import main
from pytron.testing import TestClient
from typegen.compiler import ROOT, errors_of, needs_node, run_bundled, settings

TYPED = ROOT / "docs" / "snippets" / "typed"


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the snippet, which is the working folder."""
    folder = tmp_path / "typed"
    shutil.copytree(TYPED, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, "app", raising=False)
    return folder


@pytest.mark.usefixtures("copy")
def test_shown_declarations_are_up_to_date() -> None:
    assert main(["types", "--check"]) == 0, "run `pytron types` in docs/snippets/typed"


@needs_node
def test_page_is_checked(copy: Path) -> None:
    assert main(["types", "--jsconfig"]) == 0
    assert errors_of(copy) == []


@needs_node
def test_mock_answers(copy: Path) -> None:
    assert main(["types", "--mock", "pytron.mock.ts"]) == 0
    (copy / "page" / "app.js").unlink()
    assert errors_of(copy, settings()) == []
    assert run_bundled(copy / "page.test.ts") == "4 0\n"


def test_app_does_what_it_says() -> None:
    spec = importlib.util.spec_from_file_location("snippet_typed", TYPED / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    with TestClient(module.app) as page:
        page.subscribe("task.added")
        page.sync()
        assert page.call("add", {"title": "Buy tea", "due": "2024-05-01"}) == 1
        assert page.event()[1]["title"] == "Buy tea"
        assert [task["title"] for task in page.stream("due", "2024-05-01")] == ["Buy tea"]
        assert page.state == {"open_tasks": 1}
