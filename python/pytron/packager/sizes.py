"""The step that explains every megabyte: what it is, and who brought it."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pytron.packager.parts import (
    PYTHON,
    facts_of,
    owner_of_file,
    owner_of_module,
    sources_of,
)
from pytron.packager.pipeline import Build

_MB: Final = 1_000_000
_ROWS: Final = 20
_MOST_IMPORTERS: Final = 4


@dataclass
class Share:
    """A part of the package: a distribution, Python, or the app's files."""

    name: str
    size_bytes: int = 0
    files: int = 0
    #: Top-level modules of others that import it.
    importers: set[str] = field(default_factory=set[str])

    @property
    def brought_by(self) -> str:
        """Who imports it, in a few words."""
        names = sorted(self.importers)
        more = len(names) - _MOST_IMPORTERS
        shown = ", ".join(names[:_MOST_IMPORTERS])
        return f"{shown} and {more} more" if more > 0 else shown


class Explain:
    """Writes `sizes.html`, and says the largest parts."""

    title = "explain the size"

    def run(self, build: Build) -> None:
        """Weigh what was frozen."""
        assert build.frozen is not None
        shares = shares_of(build.frozen, facts_of(build.work), build.product.slug)
        page = build.out / f"{build.product.slug}-sizes.html"
        page.write_text(_page(build.product.name, shares), "utf-8")
        build.results["sizes"] = page
        total = sum(share.size_bytes for share in shares)
        build.voice.note(f"{total / _MB:8.1f} MB  in all")
        for share in shares[:_ROWS]:
            by = f"  (by {share.brought_by})" if share.importers else ""
            build.voice.note(f"{share.size_bytes / _MB:8.1f} MB  {share.name}{by}")
        build.facts["sizes"] = {share.name: share.size_bytes for share in shares}


def shares_of(frozen: Path, facts: Mapping[str, Any], program: str) -> list[Share]:
    """The parts of a frozen app, the largest first."""
    shares: dict[str, Share] = {}

    def share(name: str) -> Share:
        return shares.setdefault(name, Share(name))

    sources = sources_of(facts)
    compressed = _compressed(Path(facts["pyz"]))
    for name, source in facts["pure"]:
        part = share(owner_of_module(name, source))
        part.size_bytes += compressed.get(name, 0)
        part.files += 1
    paths = [path for path in frozen.rglob("*") if path.is_file()] if frozen.is_dir() else [frozen]
    for path in paths:
        if path.is_symlink():
            continue
        inside = path.relative_to(frozen).as_posix().removeprefix("_internal/")
        size = path.stat().st_size
        if path.name in (program, f"{program}.exe"):
            part, size = share(PYTHON), max(0, size - sum(compressed.values()))
        else:
            part = share(owner_of_file(inside, sources.get(inside, "")))
        part.size_bytes += size
        part.files += 1
    _add_importers(shares, facts)
    return sorted(shares.values(), key=lambda part: -part.size_bytes)


def _compressed(pyz: Path) -> Mapping[str, int]:
    """How many bytes each module takes in the archive of modules."""
    if not pyz.is_file():
        return {}
    from PyInstaller.archive.readers import ZlibArchiveReader

    return {name: entry[2] for name, entry in ZlibArchiveReader(str(pyz)).toc.items()}


def _add_importers(shares: Mapping[str, Share], facts: Mapping[str, Any]) -> None:
    for module, callers in facts["importers"].items():
        part = shares.get(module.partition(".")[0])
        if part is None:
            continue
        tops = {caller.rpartition("/")[2].partition(".")[0] for caller in callers}
        part.importers |= tops - {part.name}


def _page(name: str, shares: Sequence[Share]) -> str:
    total = sum(part.size_bytes for part in shares) or 1
    rows = "\n".join(
        f"<tr><td>{html.escape(part.name)}<td>{part.size_bytes / _MB:.1f}<td>{part.files}"
        f'<td><meter max="{total}" value="{part.size_bytes}"></meter>'
        f"<td>{html.escape(part.brought_by)}"
        for part in shares
    )
    return _PAGE.format(name=html.escape(name), total=f"{total / _MB:.1f}", rows=rows)


_PAGE: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{name}: what is in the package</title>
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<style>
body {{ font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto;
  padding: 0 1rem; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #8884; }}
td:nth-child(2), td:nth-child(3) {{ text-align: right; font-variant-numeric: tabular-nums; }}
meter {{ width: 10rem; }}
</style>
<h1>{name}</h1>
<p>{total} MB before compression by an installer. Leave a part out with
<code>exclude = ["name"]</code> in <code>[tool.pytron.package]</code>; the proof tells whether the
app still works.</p>
<table><thead><tr><th>part<th>MB<th>files<th>share<th>imported by</thead><tbody>
{rows}
</tbody></table></html>
"""
