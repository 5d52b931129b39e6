"""What users import is listed, explained where it stands, and found in the documentation."""

import inspect
import re

import pytest
import pytron

from tools.dev.machine import ROOT


def documentation() -> str:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return "\n".join(page.read_text("utf-8") for page in pages)


def test_exports_are_listed_once_and_exist() -> None:
    assert len(set(pytron.__all__)) == len(pytron.__all__)
    assert [name for name in pytron.__all__ if not hasattr(pytron, name)] == []


@pytest.mark.parametrize("name", [name for name in pytron.__all__ if name != "__version__"])
def test_export_explains_itself(name: str) -> None:
    thing = getattr(pytron, name)
    if inspect.isclass(thing) or inspect.isroutine(thing):
        assert (thing.__doc__ or "").strip(), f"pytron.{name} has no docstring"


@pytest.mark.parametrize("name", [name for name in pytron.__all__ if name != "__version__"])
def test_export_is_in_the_documentation(name: str) -> None:
    assert re.search(rf"`[^`\n]*\b{name}\b", documentation()), f"docs/ never mention {name}"


def test_client_exports_are_in_the_documentation() -> None:
    index = (ROOT / "packages" / "pytron-client" / "src" / "index.ts").read_text("utf-8")
    lists = re.findall(r"export (?!type)\{(.*?)\}", index, re.DOTALL)
    names = {
        part.split(" as ")[-1].strip()
        for listed in lists
        for part in listed.split(",")
        if part.strip() and not part.strip().startswith("type ")
    } - {"default"}
    assert names, "index.ts exports nothing"
    text = documentation()
    assert [name for name in sorted(names) if not re.search(rf"\b{name}\b", text)] == []
