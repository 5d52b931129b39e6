"""Moving a project to the Pytron that is installed: its copies, and the files that ask for them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pytron.errors import ConfigError
from pytron.project import pins
from pytron.project.vendoring import VENDOR, Pin, page_packages, python_pins

#: Files of a project that ask for Pytron.
_REQUIREMENTS: Final = "requirements.txt"
_PYPROJECT: Final = "pyproject.toml"
_PACKAGE: Final = "frontend/package.json"
_CLIENT_TYPES: Final = "pytron-client.d.ts"


def project_of(folder: Path) -> Path | None:
    """The project that a folder belongs to: the nearest pyproject.toml with Pytron in it."""
    for place in (folder, *folder.parents):
        path = place / _PYPROJECT
        if path.is_file():
            return place if "[tool.pytron]" in path.read_text("utf-8", errors="replace") else None
    return None


def behind(root: Path) -> list[str]:
    """The files of a project that are of another Pytron than the installed one."""
    if not (root / VENDOR).is_dir():
        return []
    changes = planned(root)
    return sorted(
        name
        for name, content in changes.items()
        if content is None or not (root / name).is_file() or (root / name).read_bytes() != content
    )


def planned(root: Path) -> dict[str, bytes | None]:
    """What the files are to be: their content, or None for one that goes.

    Raises:
        ConfigError: the project was not made by `pytron init`.
    """
    if not (root / VENDOR).is_dir():
        raise ConfigError(
            f"{root} has no folder {VENDOR}/, so it takes Pytron from somewhere else; update it "
            "there"
        )
    wheels = python_pins()
    wanted: dict[str, bytes | None] = {pin.place: pin.content for pin in wheels}
    wanted |= _python_files(root, wheels)
    wanted |= _page_files(root)
    kept = set(wanted)
    for path in (root / VENDOR).iterdir():
        name = f"{VENDOR}/{path.name}"
        ours = path.name.startswith(("pytron_", "pytron-", "vite-plugin-pytron"))
        if ours and name not in kept and not _is_other_machines(path.name, wheels):
            wanted[name] = None
    return wanted


def _is_other_machines(file: str, wheels: list[Pin]) -> bool:
    """Whether it is a wheel of this version for another system, which somebody has put there."""
    names = {f"{pin.name.replace('-', '_')}-{pin.version}-" for pin in wheels}
    return file.endswith(".whl") and file.startswith(tuple(names)) and "none-any" not in file


def _python_files(root: Path, wheels: list[Pin]) -> dict[str, bytes | None]:
    change = {_REQUIREMENTS: pins.renewed_requirements, _PYPROJECT: pins.renewed_for_uv}
    found: dict[str, bytes | None] = {}
    for name, renew in change.items():
        if (root / name).is_file():
            found[name] = renew((root / name).read_text("utf-8"), wheels).encode()
    return found


def _page_files(root: Path) -> dict[str, bytes | None]:
    manifest = root / _PACKAGE
    if manifest.is_file():
        packed = page_packages()
        files: Mapping[str, str] = {name: file for name, (file, _) in packed.items()}
        text = pins.renewed_package(manifest.read_text("utf-8"), files)
        used = (pair for pair in packed.values() if pair[0] in text)
        vendored = {f"{VENDOR}/{file}": content for file, content in used}
        return {_PACKAGE: text.encode(), **vendored}
    if (root / _CLIENT_TYPES).is_file():
        from pytron import bundled

        return {_CLIENT_TYPES: bundled.client_types()}
    return {}


def update(root: Path) -> list[str]:
    """Do it; the files that were changed.

    Raises:
        ConfigError: the project was not made by `pytron init`, or cannot be written.
    """
    changed: list[str] = []
    try:
        for name, content in planned(root).items():
            path = root / name
            if content is None:
                path.unlink()
            elif path.is_file() and path.read_bytes() == content:
                continue
            else:
                path.write_bytes(content)
            changed.append(name)
    except OSError as error:
        raise ConfigError(f"{error.filename} cannot be written: {error.strerror}") from error
    return sorted(changed)
