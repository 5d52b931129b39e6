"""Where the files of a frontend are: in a folder, or sealed in the package."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from pytron import sealed
from pytron.assets.answers import Content
from pytron.assets.files import SMALL_BYTES, FileCache, file_content
from pytron.assets.mime import OCTETS, type_of
from pytron.assets.paths import find_file


class Place(Protocol):
    """A folder of files, or one file."""

    @property
    def is_file(self) -> bool:
        """Whether it is one file."""
        ...

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        ...

    @property
    def has_index(self) -> bool:
        """Whether it is a folder with index.html."""
        ...

    def find(self, names: list[str]) -> Content | None:
        """The file of these safe names; in one file's place only its own name is there.

        Raises:
            OSError: it can't be read.
        """
        ...


class DiskPlace:
    """On disk; files are read as they are now."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._cache = FileCache()

    @property
    def is_file(self) -> bool:
        """Whether it is one file."""
        return self._path.is_file()

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return self._path.is_dir()

    @property
    def has_index(self) -> bool:
        """Whether it is a folder with index.html."""
        return (self._path / "index.html").is_file()

    def find(self, names: list[str]) -> Content | None:
        """The file of these names, below this place once links are followed."""
        root = self._path.resolve()
        if self.is_file:
            root, names = root.parent, [root.name]
        found = find_file(root, names)
        return None if found is None else file_content(*found, cache=self._cache)


class SealedPlace:
    """In the package's payload: nothing of it is on disk."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def is_file(self) -> bool:
        """Whether it is one file."""
        return sealed.find(self._path) is not None

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return sealed.is_folder(self._path)

    @property
    def has_index(self) -> bool:
        """Whether it is a folder with index.html."""
        return sealed.find(self._path / "index.html") is not None

    def find(self, names: list[str]) -> Content | None:
        """The file of these names; large ones are opened piece by piece."""
        path = self._path if self.is_file else self._path.joinpath(*names)
        file = sealed.find(path)
        if file is None:
            return None
        kind = type_of(path.name) or OCTETS
        body = file.read() if file.size_bytes < SMALL_BYTES else file.parts()
        return Content(body, file.size_bytes, kind, f'"{file.digest}"')


def place_of(path: Path) -> Place:
    """The place for a path: sealed where the package has it so."""
    place = SealedPlace(path)
    return place if place.is_file or place.is_folder else DiskPlace(path)
