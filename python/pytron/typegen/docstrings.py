"""Docstrings in Google style, taken apart."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_SECTION = re.compile(
    r"(Args|Arguments|Parameters|Attributes|Returns|Yields|Raises):[ \t]*$"
)  # others, such as Example: or Platforms:, stay where they are
_ENTRY = re.compile(r"\*{0,2}(?P<name>[\w.]+)(?:\s*\([^)]*\))?\s*:\s*(?P<text>.*)$")
_LISTS = {"Args": "args", "Arguments": "args", "Parameters": "args", "Attributes": "attributes"}


@dataclass
class Doc:
    """What a docstring says: its text, and the entries of its sections."""

    text: str = ""
    args: dict[str, str] = field(default_factory=dict[str, str])
    attributes: dict[str, str] = field(default_factory=dict[str, str])
    returns: str = ""
    raises: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


def parse(docstring: str | None) -> Doc:
    """Take a docstring apart."""
    doc = Doc()
    if not docstring:
        return doc
    text: list[str] = []
    for title, lines in _sections(inspect.cleandoc(docstring).splitlines()):
        if title is None:
            text.extend(lines)
        elif title in ("Returns", "Yields"):
            doc.returns = _joined(lines)
        elif title == "Raises":
            doc.raises.extend(_entries(lines))
        else:
            getattr(doc, _LISTS[title]).update(_entries(lines))
    doc.text = re.sub(r"\n{3,}", "\n\n", "\n".join(text)).strip()
    return doc


def _sections(lines: list[str]) -> Iterator[tuple[str | None, list[str]]]:
    """Runs of lines with the section that they belong to, None for the text itself."""
    title: str | None = None
    run: list[str] = []
    for line in lines:
        header = _SECTION.match(line)
        if header or (title is not None and line and not line[0].isspace()):
            yield title, run
            title, run = (header[1], []) if header else (None, [line])
        else:
            run.append(line)
    yield title, run


def _entries(lines: list[str]) -> list[tuple[str, str]]:
    """`name: text` with what is indented below it."""
    found: list[tuple[str, list[str]]] = []
    depth: int | None = None
    for line in lines:
        if not line.strip():
            continue
        indent = len(line) - len(line.lstrip())
        depth = indent if depth is None else depth
        entry = _ENTRY.match(line.strip()) if indent <= depth else None
        if entry:
            found.append((entry["name"], [entry["text"]]))
        elif found:
            found[-1][1].append(line)
    return [(name, _joined(text)) for name, text in found]


def _joined(lines: list[str]) -> str:
    return " ".join(line.strip() for line in lines if line.strip())
