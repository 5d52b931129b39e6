"""Seals and proves what was frozen before: `python seal_again.py FOLDER`.

Freezing is what takes time; the same folder is proved plain and sealed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from pytron.discovery import locate
from pytron.packager.pipeline import Build, Position, run
from pytron.packager.prove import Prove
from pytron.packager.settings import product_of
from pytron.packager.shield import Seal


class Silent:
    """Says nothing: what fails is an exception."""

    def begin(self, step: str, at: Position) -> None: ...
    def heard(self, line: str) -> None: ...
    def note(self, text: str) -> None: ...
    def end(self, step: str, seconds: float) -> None: ...


def main(folder: Path) -> None:
    product = product_of(locate(str(folder)))
    out = folder / "dist"
    build = Build(product, folder / "build" / "sealed", out, Silent())
    build.frozen, build.program = out / product.slug, out / product.slug / product.slug
    run(build, [Seal(), Prove()])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
