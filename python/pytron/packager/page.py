"""The step that builds the page, so that a package never carries yesterday's."""

from __future__ import annotations

from pytron.assets import Assets
from pytron.config import Origin
from pytron.packager.pipeline import Build
from pytron.project import frontend


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
            frontend.build(sources)
        Assets(product.frontend).check()
