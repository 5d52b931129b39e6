"""A disk image for macOS with the app and a link to /Applications. Only type-checked, not run.

Source: hdiutil(1).
"""

from __future__ import annotations

import shutil

from pytron.errors import PackagingError
from pytron.packager.installers import tool
from pytron.packager.pipeline import Build


class Installer:
    """The step that makes `NAME-VERSION.dmg`."""

    title = "make the disk image"

    def __init__(self) -> None:
        """Find the tool, before anything is built.

        Raises:
            ToolMissing: hdiutil, which only macOS has, is not here.
        """
        missing = "disk images are made by hdiutil, which only macOS has; build there"
        self._maker = tool("hdiutil", missing)

    def run(self, build: Build) -> None:
        """Lay out what the user sees, and make the image of it.

        Raises:
            PackagingError: there is no bundle.
        """
        product = build.product
        bundle = build.out / f"{product.name}.app"
        if not bundle.is_dir():
            raise PackagingError(f"there is no {bundle}; freeze with PyInstaller on macOS")
        stage = build.work / "dmg"
        shutil.rmtree(stage, ignore_errors=True)
        shutil.copytree(bundle, stage / bundle.name, symlinks=True)
        (stage / "Applications").symlink_to("/Applications")
        result = build.out / f"{product.slug}-{product.version}.dmg"
        options = ["-ov", "-format", "UDZO", "-volname", product.name, "-srcfolder", stage]
        build.run("dmg", [self._maker, "create", *options, result])
        build.results["dmg"] = result
