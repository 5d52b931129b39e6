"""The page of a project: where its sources are, installing its packages, building it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from pytron.errors import AssetError, PackagingError
from pytron.project.node import PackageManager, manager_of, package_of, program_of, run_in


class Sources(NamedTuple):
    """The npm project that makes a page.

    Attributes:
        folder: where its package.json is.
        manager: who installs and runs there.
        page: what the app serves, made by the build.
    """

    folder: Path
    manager: PackageManager
    page: Path

    @property
    def is_installed(self) -> bool:
        """Whether its packages are there."""
        folder = self.folder
        return (folder / "node_modules").is_dir() or (folder / ".pnp.cjs").is_file()


def sources_of(page: Path, app_folder: Path, manager: str | None = None) -> Sources | None:
    """The npm project of a page; None when the page has no build.

    Args:
        page: the folder or file that the app serves.
        app_folder: the app's; nothing above it is looked at.
        manager: the name of the package manager, where a setting has it.

    Raises:
        ConfigError: the setting or the package.json is no good.
    """
    for folder in (page, *page.parents):
        if (folder / "package.json").is_file():
            return Sources(folder, manager_of(folder, manager), page)
        if folder == app_folder:
            break
    return None


def install(sources: Sources) -> None:
    """Install the packages of a page.

    Raises:
        ToolMissing: Node or the package manager is missing or too old.
        PackagingError: it failed.
    """
    words = sources.manager.install()
    if run_in(sources.folder, sources.manager, words):
        shown = " ".join([sources.manager.name, *words])
        raise PackagingError(
            f"`{shown}` failed in {sources.folder}; what it says stands above. Without a network "
            "it needs packages that it has fetched before"
        )


def build(sources: Sources) -> None:
    """Build a page.

    Raises:
        ToolMissing: Node or the package manager is missing or too old.
        AssetError: its packages are not installed, or the build leaves no page.
        PackagingError: the build failed.
    """
    manager = sources.manager
    program_of(manager)  # before all else: without Node nothing else matters
    if not sources.is_installed:
        raise AssetError(
            f"the packages of the page are not installed in {sources.folder}; run: "
            "pytron build --install"
        )
    if "build" not in package_of(sources.folder).get("scripts", {}):
        raise AssetError(
            f'{sources.folder / "package.json"} has no script "build"; add one, such as '
            '"build": "vite build"'
        )
    if run_in(sources.folder, manager, manager.run("build")):
        raise PackagingError(
            f"`{manager.name} run build` failed in {sources.folder}; what it says stands above"
        )
    index = sources.page if sources.page.is_file() else sources.page / "index.html"
    if not index.is_file():
        raise AssetError(
            f"the build was good, but {index} is not there; make the build write to "
            f"{sources.page}, or give App(frontend=…) the folder that it writes"
        )
