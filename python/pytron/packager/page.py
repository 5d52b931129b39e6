"""The step that builds the page, so that a package never carries yesterday's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from pytron.assets import Assets
from pytron.config import Origin
from pytron.packager.pipeline import Build
from pytron.project import frontend
from pytron.project.node import PackageManager, program_of

_NO_PACKAGE: Final = re.compile(
    r"Cannot find (?:module|package)|Failed to resolve import|Could not resolve|command not found"
)


def _run(build: Build, folder: Path, manager: PackageManager, words: Sequence[str]) -> int:
    """Run the manager as every program of a build: with a log, and its end in the error."""

    def explain(output: str) -> str:
        if _NO_PACKAGE.search(output):
            return f"a package of the page is not installed; run: {manager.name} install"
        return f"try it alone: `{manager.name} {' '.join(words)}` in {folder}"

    build.run("frontend", [program_of(manager), *words], cwd=folder, explain=explain)
    return 0


class Page:
    """Runs the page's own build, when it has one, and looks whether there is a page."""

    title = "build the page"

    def run(self, build: Build) -> None:
        """Build it.

        Raises:
            ToolMissing: Node is missing or too old.
            PackagingError: the build failed.
            AssetError: its packages are not installed, or there is no page.
        """
        product = build.product
        if product.frontend is None:
            build.voice.note("nothing to build: the app shows an address, or no page")
            return
        manager = Origin(product.folder, None).settings.get("package-manager")
        name = None if manager is None else str(manager)
        sources = frontend.sources_of(product.frontend, product.folder, name)
        if sources is None:
            build.voice.note("nothing to build: the page is shown as it is")
        else:
            frontend.build(sources, partial(_run, build))
        Assets(product.frontend).check()
