"""Seals the pages of a program that Nuitka compiles: its code is no bytecode, which is sealed else.

Source: spec/shield.md, section 6, "Compiled programs".
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pytron.config import SETTINGS
from pytron.errors import PackagingError
from pytron.packaged import place_of
from pytron.packager.pipeline import Build
from pytron.packager.pyinstaller import settings_file
from pytron.packager.settings import Product
from pytron.packager.shield.contents import ASSET, FILES, Contents
from pytron.packager.shield.seal import HONEST, PAYLOAD, sealed_payload, sealer

#: The module that the compiled program opens its payload by.
MODULE: Final = "_pytron_shield"
_TEMPLATE: Final = Path(__file__).with_name("opener.template")


class SealPages:
    """The step before the compiler: it makes the payload, and the module that opens it."""

    title = "seal the pages"

    def run(self, build: Build) -> None:
        """Seal what the page is made of.

        Raises:
            ToolMissing: pytron-shield is not installed.
            PackagingError: there is no page, or a setting does not fit.
        """
        folder = build.work / "sealed"
        folder.mkdir(parents=True, exist_ok=True)
        contents = pages_of(build)
        seat = sealed_payload(build, sealer(), contents, folder / PAYLOAD)
        build.unlock = None  # nobody is asked for anything
        facts = {
            "PUBLISHER": seat.publisher,
            "IDENTITY": seat.identity,
            "PROGRAM": seat.program,
            "LEAST": seat.least,
        }
        lines = "\n".join(f"{name} = {value!r}" for name, value in facts.items())
        text = _TEMPLATE.read_text("utf-8").replace("@FACTS@", lines)
        (folder / f"{MODULE}.py").write_text(text, "utf-8")
        build.sealed_pages = folder
        build.voice.note(f"sealed {contents.assets / 1e6:.1f} MB of pages; {HONEST['embedded']}")
        build.voice.note(readable(build.product))


def readable(product: Product) -> str:
    """What a compiled program leaves in clear, for its publisher to know."""
    files = f", the files of include ({', '.join(product.settings.include)})"
    return (
        "readable stay: the texts and names in the program's code, which is machine code"
        f"{files if product.settings.include else ''}, and the libraries; without --nuitka all "
        "Python code and files are sealed"
    )


def pages_of(build: Build) -> Contents:
    """The page's files, each under its place in the package.

    Raises:
        PackagingError: the app shows an address, or nothing.
    """
    product = build.product
    page = product.frontend
    if page is None:
        raise PackagingError(
            "--nuitka --shield seals the app's pages, and this app has none; leave out --shield"
        )
    place = place_of(page, product.folder)
    settings = settings_file(build).read_bytes()
    contents = Contents({FILES + SETTINGS: (ASSET, settings)})
    paths = (
        [path for path in sorted(page.rglob("*")) if path.is_file()] if page.is_dir() else [page]
    )
    for path in paths:
        name = (place / path.relative_to(page)).as_posix() if page.is_dir() else place.as_posix()
        data = path.read_bytes()
        contents.entries[FILES + name] = (ASSET, data)
        contents.assets += len(data)
    return contents
