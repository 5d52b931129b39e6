"""The project: its app, its page, and whether both are of this Pytron."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pytron.config import Origin
from pytron.doctor import ports
from pytron.doctor.finding import Finding, good
from pytron.errors import PytronError, ToolMissing
from pytron.project import frontend, node, updating

_PYTRON = (sys.executable, "-m", "pytron")


def findings(folder: Path, owner_of: ports.OwnerOf) -> Iterator[Finding]:
    """What was found; nothing where there is no project."""
    root = updating.project_of(folder)
    if root is None:
        return
    yield _pins(root)
    yield from _uv(root)
    page = _told(root)
    if isinstance(page, Finding):
        yield page
        return
    yield from _types(root, page)
    if page is None:
        yield good("page", "none in a folder")
        return
    sources = frontend.sources_of(page, root, _manager(root))
    if sources is None:
        yield _shown(page)
        return
    yield _node(sources)
    yield _page(sources)
    port = ports.finding(sources.folder, owner_of)
    if port is not None:
        yield port


def _manager(root: Path) -> str | None:
    found = Origin(root, None).settings.get("package-manager")
    return None if found is None else str(found)


def _told(root: Path) -> Path | Finding | None:
    """The page of the app, asked of a process of its own: the app's code is not ours to import."""
    program = (
        "from pytron.discovery import find_app, locate\n"
        "page = find_app(locate(None)).frontend\n"
        "print('' if page is None else page)"
    )
    done: Any = subprocess.run(
        [sys.executable, "-c", program],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "it fails"
        return Finding("app", "bad", last.partition("ConfigError: ")[2] or last, "pytron run")
    text = done.stdout.strip()
    return Path(text) if text else None


def _pins(root: Path) -> Finding:
    behind = updating.behind(root)
    if behind:
        shown = f"{len(behind)} files are of another Pytron, such as {behind[0]}"
        return Finding("project", "hint", shown, "pytron update", (*_PYTRON, "update"))
    return good("project", str(root))


def _uv(root: Path) -> Iterator[Finding]:
    """Who installs Python packages here; pip comes with Python."""
    if "[tool.uv" not in (root / "pyproject.toml").read_text("utf-8"):
        return
    found = shutil.which("uv")
    if found is None:
        yield Finding("uv", "bad", "this project is installed by it", "pipx install uv")
    else:
        yield good("uv", found)


def _types(root: Path, page: Path | None) -> Iterator[Finding]:
    """Whether the page's types are those of Python, where there are any."""
    places = [root, *([page, page.parent / "src"] if page is not None else [])]
    if not any((place / "pytron.d.ts").is_file() for place in places):
        return
    done = subprocess.run(
        [*_PYTRON, "types", "--check"],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode == 1:
        said = "pytron.d.ts is not what Python has now"
        yield Finding("types", "bad", said, "pytron types", (*_PYTRON, "types"))
    elif done.returncode:
        said = done.stderr.strip().splitlines() or ["pytron types fails"]
        yield Finding("types", "bad", said[-1].removeprefix("error: "), "pytron types")
    else:
        yield good("types", "as in Python")


def _shown(page: Path) -> Finding:
    index = page if page.is_file() else page / "index.html"
    if index.is_file():
        return good("page", f"{page}, no build")
    return Finding("page", "bad", f"{index} is not there", "set frontend to the page's folder")


def _node(sources: frontend.Sources) -> Finding:
    try:
        node.program_of(sources.manager)
        return good("Node.js", node.check_node())
    except ToolMissing as error:
        return Finding("Node.js", "bad", str(error), sources.manager.remedy)
    except PytronError as error:
        return Finding("Node.js", "bad", str(error))


def _page(sources: frontend.Sources) -> Finding:
    if not sources.is_installed:
        command = (*_PYTRON, "build", "--install")
        said = "its packages are not installed"
        return Finding("page", "bad", said, "pytron build --install", command)
    index = sources.page if sources.page.is_file() else sources.page / "index.html"
    if not index.is_file():
        return Finding("page", "bad", "not built yet", "pytron build", (*_PYTRON, "build"))
    return good("page", str(sources.page))
