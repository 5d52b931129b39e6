"""`importlib.resources` of sealed packages: from memory, and from disk for what stays there."""

import io
import os
import pathlib
from contextlib import contextmanager
from importlib import resources

import _pytron_shield as shield
from _pytron_boot import ASSET, FILES, outside


class Reader:
    """The resources of one package."""

    def __init__(self, entry):
        self._entry = entry

    def files(self):
        return SealedPath(self._entry)

    def open_resource(self, resource):
        return self.files().joinpath(resource).open("rb")

    def resource_path(self, resource):
        raise FileNotFoundError(
            f"{resource} is sealed; open it, or use importlib.resources.as_file"
        )

    def is_resource(self, name):
        return self.files().joinpath(name).is_file()

    def contents(self):
        return (item.name for item in self.files().iterdir())


class SealedPath:
    """A file or folder of the package; a `Traversable`."""

    def __init__(self, entry):
        self._entry = entry

    def __repr__(self):
        return f"SealedPath({self._entry!r})"

    def __eq__(self, other):
        return isinstance(other, SealedPath) and self._entry == other._entry

    def __hash__(self):
        return hash(self._entry)

    def __str__(self):
        return outside(self._entry)

    @property
    def name(self):
        return self._entry.rpartition("/")[2]

    def _on_disk(self):
        return pathlib.Path(outside(self._entry))

    def _sealed(self):
        found = shield.find(FILES + self._entry)
        return found is not None and found[0] == ASSET

    def joinpath(self, *names):
        parts = [part for name in names for part in str(name).replace("\\", "/").split("/")]
        entry = [*self._entry.split("/")] if self._entry else []
        for part in parts:
            if part == "..":
                raise ValueError("a resource never lies above its package")
            if part not in ("", "."):
                entry.append(part)
        return SealedPath("/".join(entry))

    def __truediv__(self, name):
        return self.joinpath(name)

    def is_file(self):
        return self._sealed() or self._on_disk().is_file()

    def is_dir(self):
        return bool(shield.entries(FILES + self._entry + "/")) or self._on_disk().is_dir()

    def iterdir(self):
        start = FILES + self._entry + "/"
        names = {
            entry[len(start) :].partition("/")[0]
            for entry, kind in shield.entries(start)
            if kind == ASSET
        }
        if self._on_disk().is_dir():
            names.update(path.name for path in self._on_disk().iterdir())
        if not names and not self.is_dir():
            raise FileNotFoundError(str(self))
        return iter([self.joinpath(name) for name in sorted(names)])

    def read_bytes(self):
        if self._sealed():
            return shield.read(FILES + self._entry)
        return self._on_disk().read_bytes()

    def read_text(self, encoding="utf-8", errors="strict"):
        return self.read_bytes().decode(encoding or "utf-8", errors or "strict")

    def open(self, mode="r", *arguments, **words):
        if not self._sealed():
            return self._on_disk().open(mode, *arguments, **words)
        content = io.BytesIO(self.read_bytes())
        return content if "b" in mode else io.TextIOWrapper(content, *arguments, **words)


@resources.as_file.register(SealedPath)
@contextmanager
def _as_file(path):
    """A path to the content in memory: never a file that others can read."""
    if not path._sealed():
        yield path._on_disk()
        return
    if not hasattr(os, "memfd_create"):
        raise OSError(f"{path.name} is sealed, and this system has no files in memory: read it")
    number = os.memfd_create(path.name, os.MFD_CLOEXEC)
    try:
        with os.fdopen(os.dup(number), "wb") as file:
            file.write(path.read_bytes())
        yield pathlib.Path(f"/proc/self/fd/{number}")
    finally:
        os.close(number)
