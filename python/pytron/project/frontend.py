"""The page of a project: where its sources are, installing its packages, building it."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

from pytron.config import Origin
from pytron.errors import AssetError, PackagingError
from pytron.project.node import PackageManager, manager_of, package_of, program_of, run_in

Run: TypeAlias = Callable[[Path, PackageManager, Sequence[str]], int]


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
        """Whether its packages are there: in the project, or in those of a workspace around it."""
        places = (self.folder, *self.folder.parents)
        if (self.folder / "node_modules").is_dir() or any(
            (place / ".pnp.cjs").is_file() for place in places
        ):
            return True
        package = package_of(self.folder)
        names = [*package.get("dependencies", {}), *package.get("devDependencies", {})]
        folders = [place / "node_modules" for place in places]
        found = [any((folder / name).exists() for folder in folders) for name in names]
        return bool(found) and all(found)


def sources_of(page: Path, app_folder: Path, manager: str | None = None) -> Sources | None:
    """The npm project of a page; None when the page has no build.

    Args:
        page: the folder or file that the app serves.
        app_folder: the app's; nothing above what it shares with the page is looked at.
        manager: the name of the package manager, where a setting has it.

    Raises:
        ConfigError: the setting or the package.json is no good.
    """
    above = (page, *page.parents)
    together = next((folder for folder in above if app_folder.is_relative_to(folder)), page)
    for folder in above:
        if (folder / "package.json").is_file():
            return Sources(folder, manager_of(folder, manager), page)
        if folder == together:
            break
    return None


def page_of(file: Path | None, folder: Path) -> Path | None:
    """What an app shows, as far as it can be seen without running its code.

    Args:
        file: the one that makes the app; None when it is not known.
        folder: where the app's relative paths start.

    Returns:
        The folder or the HTML file; None for an address, or when nothing says so.

    Raises:
        ConfigError: the settings are no good.
    """
    chosen = os.environ.get("PYTRON_FRONTEND") or (None if file is None else _argument(file))
    setting = Origin(folder, file).settings.get("frontend") if chosen is None else chosen
    if not isinstance(setting, str) or "://" in setting:
        return None
    return (folder / setting).resolve()


def _argument(file: Path) -> str | None:
    """The `frontend=` of the first `App(…)` in a file, where it stands there as a string."""
    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return None  # whoever runs it will say what is wrong
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func
        if name == "App" or (isinstance(name, ast.Name) and name.id == "App"):
            given = (word.value for word in node.keywords if word.arg == "frontend")
            value = next(given, None)
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                return value.value
    return None


def install(sources: Sources) -> None:
    """Install the packages of a page.

    Raises:
        ToolMissing: Node or the package manager is missing or too old.
        PackagingError: it failed.
    """
    if run_in(sources.folder, sources.manager, sources.manager.install()):
        raise PackagingError(
            f"`{sources.manager.name} install` failed in {sources.folder}; what it says stands "
            "above. Without a network it needs packages that it has fetched before"
        )


def build(sources: Sources, run: Run = run_in) -> None:
    """Build a page.

    Args:
        sources: its project.
        run: runs the manager there; the exit code. By default its output is shown.

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
    if run(sources.folder, manager, manager.run("build")):
        raise PackagingError(
            f"`{manager.name} run build` failed in {sources.folder}; what it says stands above"
        )
    index = sources.page if sources.page.is_file() else sources.page / "index.html"
    if not index.is_file():
        raise AssetError(
            f"the build was good, but {index} is not there; make the build write to "
            f"{sources.page}, or give App(frontend=…) the folder that it writes"
        )
