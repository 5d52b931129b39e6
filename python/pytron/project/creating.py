"""Making a new project: all of it or nothing, and never over something that is there."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from pytron import bundled
from pytron.errors import ConfigError
from pytron.project import pins
from pytron.project.naming import Names
from pytron.project.node import MANAGERS
from pytron.project.templates import Template, files_of, named
from pytron.project.vendoring import VENDOR, page_packages, python_pins

#: What may be in a folder that a project is made in.
_HARMLESS: Final = frozenset({".git", ".DS_Store"})
_TOOLS: Final = ("pytest>=8", "ruff>=0.14")
_EXECUTABLE: Final = frozenset({"setup.sh"})
#: TypeScript knows nothing of Yarn's own way to keep packages. Yarn 1 does not read this.
_YARN: Final = b"nodeLinker: node-modules\n"
_MANAGED: Final = frozenset(
    {"README.md", "frontend/README.md", ".github/workflows/ci.yml", "pyproject.toml"}
)


class Choice(NamedTuple):
    """What a project is made of."""

    template: Template
    package_manager: str = "npm"
    python: str = "pip"


def create(names: Names, choice: Choice) -> list[str]:
    """Make a project; the paths of its files.

    Nothing is left behind when it fails, and nothing is asked of the network.

    Raises:
        ConfigError: the folder has something in it, or cannot be written.
        AssetError: this Pytron is a checkout that has not been built.
    """
    _check_free(names.folder)
    files = contents(names, choice)
    try:
        _write(names.folder, files)
    except OSError as error:
        raise ConfigError(
            f"the project cannot be written to {names.folder}: {error.strerror or error}; "
            "choose a folder that you may write to"
        ) from error
    return sorted(files)


def contents(names: Names, choice: Choice) -> dict[str, bytes]:
    """Every file of a project by its path."""
    template = choice.template
    files = {
        path: _managed(path, named(path, content, names.slug, names.title, template), choice)
        for path, content in files_of(template).items()
    }
    wheels = python_pins()
    files |= {pin.place: pin.content for pin in wheels}
    if choice.python == "uv":
        files["pyproject.toml"] = pins.for_uv(files["pyproject.toml"].decode(), wheels).encode()
    else:
        files["requirements.txt"] = pins.requirements(wheels, _TOOLS).encode()
    return files | (_page_files(files, choice) if template.node else _editor_files())


def _page_files(files: Mapping[str, bytes], choice: Choice) -> dict[str, bytes]:
    packed = page_packages()
    manifest = pins.renewed_package(
        files["frontend/package.json"].decode(), {name: file for name, (file, _) in packed.items()}
    )
    vendored = {f"{VENDOR}/{file}": content for file, content in packed.values()}
    settings = {"frontend/.yarnrc.yml": _YARN} if choice.package_manager == "yarn" else {}
    return {"frontend/package.json": manifest.encode(), **settings, **vendored}


def _editor_files() -> dict[str, bytes]:
    """The client's declarations: without Node, nothing else tells them to an editor."""
    return {"pytron-client.d.ts": bundled.client_types()}


def _managed(path: str, content: bytes, choice: Choice) -> bytes:
    """Instructions in the words of the chosen package managers."""
    if path not in _MANAGED:
        return content
    text = content.decode()
    manager = choice.package_manager
    if path == "pyproject.toml" and choice.template.node and manager != "npm":
        text = text.replace("[tool.pytron]\n", f'[tool.pytron]\npackage-manager = "{manager}"\n')
    if manager != "npm":
        text = text.replace("npm run", f"{manager} run")
        install = MANAGERS[manager].remedy
        text = text.replace(
            "      - run: ./setup.sh\n", f"      - run: {install}\n      - run: ./setup.sh\n"
        )
    if choice.python == "uv":
        text = text.replace(
            "      - run: ./setup.sh\n", "      - run: pip install uv\n      - run: ./setup.sh\n"
        )
    return text.encode()


def _check_free(folder: Path) -> None:
    if folder.is_file() or folder.is_symlink():
        raise ConfigError(f"{folder} is there already and no folder; choose another name")
    if not folder.exists():
        return
    try:
        found = sorted(path.name for path in folder.iterdir() if path.name not in _HARMLESS)
    except OSError as error:
        raise ConfigError(f"{folder} cannot be read: {error.strerror}; choose another") from error
    if found:
        shown = ", ".join(found[:3]) + (" …" if len(found) > 3 else "")
        raise ConfigError(
            f"{folder} is not empty ({shown}), and nothing is overwritten; choose another name, or "
            "empty it first"
        )


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write beside the place and move there at the end, so that no half is ever seen."""
    parent = folder.parent
    made = _first_missing(parent)
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".pytron-", dir=parent) as staging:
            whole = Path(staging) / "project"
            for name, content in files.items():
                path = whole / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
                if name in _EXECUTABLE:
                    path.chmod(0o755)
            _move(whole, folder)
    except BaseException:
        if made is not None:
            shutil.rmtree(made, ignore_errors=True)
        raise


def _first_missing(folder: Path) -> Path | None:
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    return missing[-1] if missing else None


def _move(whole: Path, folder: Path) -> None:
    if not folder.exists():
        whole.rename(folder)
        return
    moved: list[Path] = []  # into the folder that is there: it may be where the user's shell is
    try:
        for path in whole.iterdir():
            moved.append(path.rename(folder / path.name))
    except BaseException:
        for path in moved:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()
        raise
