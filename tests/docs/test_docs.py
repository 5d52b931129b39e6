"""The documentation: its code is that of tested files, its links lead somewhere."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from types import ModuleType

import pytest
import pytron
from pytron import App
from pytron.cli import COMMANDS
from pytron.testing import RemoteError, TestClient

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "python" / "README.md",
    *sorted((ROOT / "packages").glob("*/README.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
SNIPPETS = ROOT / "docs" / "snippets"
_BLOCK = re.compile(r"^```(\w*)(?: file=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!`)\[[^\]\n]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
_CODE = {"python", "js", "ts", "html"}
_TYPED = {".py", ".js", ".html", ".css"}


def shown(page: Path) -> str:
    """What a page is called among the tests."""
    return str(page.relative_to(ROOT))


def blocks(page: Path) -> list[tuple[str, str, str]]:
    """Language, file and text of the page's fenced blocks."""
    return [match.groups(default="") for match in _BLOCK.finditer(page.read_text("utf-8"))]  # type: ignore[misc]


def stands_in(text: str, source: str) -> bool:
    """Whether the lines stand together in the source, at whatever depth."""
    wanted = textwrap.dedent(text).strip("\n").splitlines()
    lines = source.splitlines()
    count = len(wanted)
    return any(
        textwrap.dedent("\n".join(lines[at : at + count])).splitlines() == wanted
        for at in range(len(lines) - count + 1)
    )


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_code_in_a_page_is_that_of_a_tested_file(page: Path) -> None:
    for language, name, text in blocks(page):
        if language not in _CODE:
            continue
        assert name, f"this block of {page.name} names no file:\n{text}"
        source = (page.parent / name).read_text("utf-8")
        assert stands_in(text, source), f"{name} has no such lines as in {page.name}:\n{text}"


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_links_lead_to_files_of_the_repository(page: Path) -> None:
    targets = [target for target in _LINK.findall(page.read_text("utf-8")) if "://" not in target]
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert not missing


def test_every_page_can_be_found_from_getting_started() -> None:
    start = (ROOT / "docs" / "getting-started.md").read_text("utf-8")
    linked = set(_LINK.findall(start))
    pages = {page.name for page in (ROOT / "docs").glob("*.md")} - {"getting-started.md"}
    assert pages <= linked


def test_every_command_has_its_line() -> None:
    page = (ROOT / "docs" / "command.md").read_text("utf-8")
    assert [name for name in COMMANDS if f"`pytron {name}`" not in page] == []


def test_tests_that_a_page_names_are_there() -> None:
    named = re.compile(r"`([\w/]+\.py)::(test_\w+)`")
    found = [match for page in PAGES for match in named.findall(page.read_text("utf-8"))]
    assert len(found) > 10  # those of the security page
    missing = [
        (file, test)
        for file, test in found
        if f"def {test}(" not in (ROOT / file).read_text("utf-8")
    ]
    assert missing == []


def test_tutorial_shows_each_of_its_files_whole() -> None:
    """Whoever types it in order has the app that is tested."""
    page = ROOT / "docs" / "tutorial.md"
    parts: dict[Path, list[str]] = {}
    for _, name, text in blocks(page):
        if name:
            parts.setdefault(page.parent / name, []).append(text)
    first, last, *between = parts[SNIPPETS / "tutorial" / "app.py"]
    parts[SNIPPETS / "tutorial" / "app.py"] = [first, *between, last]
    for file, texts in parts.items():
        typed = [line for line in "".join(texts).splitlines() if line]
        assert typed == [line for line in file.read_text("utf-8").splitlines() if line], file
    shown = {file for file in (SNIPPETS / "tutorial").rglob("*.*") if file.suffix in _TYPED}
    assert shown == set(parts)


def test_lines_that_are_not_in_the_file_are_noticed() -> None:
    source = "def a():\n    return 1\n\n\ndef b():\n    return 2\n"
    assert stands_in("return 1", source)
    assert stands_in("def b():\n    return 2\n", source)
    assert not stands_in("def a():\n    return 2\n", source)


def load(name: str) -> ModuleType:
    """A snippet as a module."""
    spec = importlib.util.spec_from_file_location(f"snippet_{name}", SNIPPETS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_executors_snippet() -> None:
    with TestClient(load("executors").app) as page:
        assert [page.call("store", line) for line in "abc"] == [1, 2, 3]
        assert page.call("shrink", 10) == 5


def test_instances_snippet() -> None:
    with TestClient(load("instances").app) as page:
        assert page.call("journal.write", "a line") == 1
        with pytest.raises(RemoteError) as refused:
            page.call("journal.wipe")
        assert refused.value.code == "unknown_function"


def test_permission_snippet() -> None:
    app = load("permission").app
    with TestClient(app) as page:
        page.call("open_docs")
        docs = page.page("docs")
        assert docs.call("notes.read") == page.call("notes.read") == ["first"]
        with pytest.raises(RemoteError, match=r"allow=\[.*'notes\.clear'\]"):
            docs.call("notes.clear")


def test_slow_pages_snippet() -> None:
    with TestClient(load("slow_pages").app) as page:
        page.subscribe("*")
        page.sync()
        assert page.call("drive", 3) == 0
        assert [page.event()[0] for _ in range(7)] == [*["moved", "printed"] * 3, "finished"]


def test_kept_snippet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytron.persistence.keeping.apps_folder", lambda: tmp_path)
    old = App("Kept", state={"text": "one\ntwo"}, persist=True)
    with TestClient(old, persist=True):
        pass
    with TestClient(load("kept").app, persist=True) as page:
        assert page.call("write", "three") == 3
        page.call("sign", "four")
    with TestClient(load("kept").app, persist=True) as page:
        assert page.state == {"entries": ["one", "two", "three", "four"], "font_size": 14}
    assert (tmp_path / "kept" / "state.db.version-1").exists()


def test_report_snippet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytron.blackbox._current", None)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))  # a test client's run has no folder
    with TestClient(load("report").app) as page:
        assert Path(page.call("report_problem")).is_file()


@pytest.mark.parametrize(
    ("folder", "file", "passed"),
    [("first", "test_app.py", "3 passed"), ("tutorial", "tests/test_app.py", "2 passed")],
)
def test_an_app_and_its_own_tests(folder: str, file: str, passed: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir=.", file],
        cwd=SNIPPETS / folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert passed in done.stdout


def test_every_snippet_is_shown_or_run_by_one_that_is() -> None:
    used = {(page.parent / name).resolve() for page in PAGES for _, name, _ in blocks(page) if name}
    snippets = {path for path in SNIPPETS.rglob("*.py") if "__pycache__" not in path.parts}
    assert {path.name for path in snippets - used} <= {"app.py"}  # what the shown page calls


def test_site_is_built_without_a_warning(tmp_path: Path) -> None:
    """Links, anchors, and the reference from docstrings."""
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "api.html").read_text("utf-8")
    for name in pytron.__all__:
        if name != "__version__":
            assert f'id="pytron.{name}"' in page or f'.{name}"' in page, name
    client = (tmp_path / "client" / "index" / "index.html").read_text("utf-8")
    assert "Whatever goes wrong between the page and Python" in client
    for name in ("withOptions", "readable", "PytronError"):
        assert f'id="{name.lower()}"' in client, name
    for name in ("react", "vue", "svelte", "solid", "signal"):
        page = (tmp_path / "client" / "bindings" / f"{name}.html").read_text("utf-8")
        assert f"pytron-client/{name}" in page
    assert "Getting started" in (tmp_path / "index.html").read_text("utf-8")
