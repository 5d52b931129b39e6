"""Seals the app that is attacked in other ways than by default."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from package.attacked import Place, run
from pytron.discovery import locate
from pytron.packager.pipeline import Build, Position
from pytron.packager.settings import Product, Shield, product_of
from pytron.packager.shield import Seal


class Silent:
    """Tells nobody."""

    def begin(self, step: str, at: Position) -> None: ...
    def heard(self, line: str) -> None: ...
    def note(self, text: str) -> None: ...
    def end(self, step: str, seconds: float) -> None: ...


@pytest.fixture(scope="module")
def product(place: Place) -> Product:
    return product_of(locate(str(place.folder / "app")))


@pytest.fixture
def build(place: Place, product: Product) -> Iterator[Callable[..., Build]]:
    """Seals a copy of the plain package in another way."""
    root = Path(tempfile.mkdtemp(dir=place.folder))
    root.chmod(0o755)

    def make(**shield: Any) -> Build:
        folder = root / "attacked"
        shutil.copytree(place.plain.folder, folder, symlinks=True)
        settings = replace(product.settings, shield=Shield(**shield))
        made = Build(replace(product, settings=settings), root / "work", root, Silent())
        made.frozen, made.program = folder, folder / "attacked"
        Seal().run(made)
        return made

    yield make
    shutil.rmtree(root)


def start(build: Build, given: bytes = b"", **variables: str) -> subprocess.CompletedProcess[str]:
    assert build.program is not None
    return run(build.program, "watched", stdin=given, variables=variables)
