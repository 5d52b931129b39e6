"""Bringing a folder of text files in, and taking the notes out again as one."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

from . import text
from .model import Draft, NotAFolder
from .store import Store

ENDINGS = frozenset({".md", ".markdown", ".txt"})
_BATCH = 40  # large enough to be quick, small enough that a cancel is felt at once
_LARGEST_BYTES = 2_000_000
_UNSAFE = re.compile(r"[^\w\- ]+")


def text_files(folder: str) -> list[Path]:
    """The text files in a folder and the folders in it, hidden ones left out.

    Raises:
        NotAFolder: there is no such folder.
    """
    root = Path(folder.strip()).expanduser()
    if not folder.strip() or not root.is_dir():
        raise NotAFolder(f"there is no folder {folder.strip() or '(no name)'}: check its path")
    found: list[Path] = []
    for place, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [
            Path(place, name)
            for name in sorted(files)
            if Path(name).suffix.lower() in ENDINGS and not name.startswith(".")
        ]
    return found


async def import_files(store: Store, files: list[Path]) -> AsyncIterator[tuple[int, int]]:
    """Keep the files as notes; after each batch, how many were looked at and kept so far.

    What was kept stays when the caller stops half-way.
    """
    added = 0
    for start in range(0, len(files), _BATCH):
        batch = files[start : start + _BATCH]
        added += await asyncio.to_thread(_import_batch, store, batch)
        yield start + len(batch), added


def export_notes(store: Store, folder: Path) -> int:
    """Write every note as a Markdown file; how many there were."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for note in store.each():
        name = " ".join(_UNSAFE.sub(" ", note.title).split())[:60] or "note"
        path = folder / f"{name} {note.id}.md"
        path.write_text(f"# {note.title}\n\n{note.body}\n", encoding="utf-8")
        os.utime(path, (note.changed, note.changed))
        count += 1
    return count


def _import_batch(store: Store, files: list[Path]) -> int:
    drafts = [draft for draft in map(_draft, files) if draft is not None]
    return store.add_missing(drafts)


def _draft(path: Path) -> Draft | None:
    """The file as a note; none if it can't be read, is too large or is no text."""
    try:
        facts = path.stat()
        if facts.st_size > _LARGEST_BYTES:
            return None
        content = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None
    title, body = text.titled(content, path.stem)
    return Draft(title, body, created=facts.st_mtime, changed=facts.st_mtime)
