"""What a frozen app consists of, as entries of a payload.

Source: spec/shield.md, section 6; PyInstaller's manual, "Understanding PyInstaller's Archives".
"""

from __future__ import annotations

import io
import marshal
import sys
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from types import CodeType
from typing import Any, Final

from pytron.errors import PackagingError
from pytron.packager.shield.needs import is_library, needed

ASSET, MODULE, PACKAGE, FILE = range(4)
FILES: Final = "@/"
_PYC_HEAD: Final = 16
_PACKAGE, _DATA, _NAMESPACE = 1, 2, 3  # kinds of PyInstaller's archive
#: What PyInstaller runs before the app and the sealed program does itself.
_OURS: Final = frozenset(
    {
        *("pyiboot01_bootstrap", "rthook_pytron", "pyi_rth_inspect", "pyi_rth_pkgutil"),
        *("pyi_rth_multiprocessing", "pyi_rth_pkgres"),
    }
)
_ZIP: Final = "base_library.zip"
#: Instead of the module that looks for more modules elsewhere.
SITE: Final = """
ENABLE_USER_SITE = False
PREFIXES = []
USER_SITE = USER_BASE = None
def getsitepackages(prefixes=None): return []
def getusersitepackages(): return ""
def getuserbase(): return ""
def addsitedir(sitedir, known_paths=None): return known_paths
def main(): pass
"""


@dataclass
class Contents:
    """The entries, and which files need not stay."""

    entries: dict[str, tuple[int, bytes]] = field(default_factory=dict[str, tuple[int, bytes]])
    sealed: list[Path] = field(default_factory=list[Path])
    #: Bytes of code and of data that went into the payload, for the report.
    modules: int = 0
    assets: int = 0

    def listed(self) -> list[tuple[str, int, bytes]]:
        """The entries as the sealer takes them."""
        return [(name, kind, content) for name, (kind, content) in self.entries.items()]


@dataclass(frozen=True)
class Wishes:
    """How a package is to be sealed."""

    #: Folders and files, relative to the package's, that are sealed; the rest stays on disk.
    assets: tuple[str, ...]
    #: The same, of those that stay on disk all the same.
    keep: tuple[str, ...] = ()
    faulthandler: bool = False
    #: Whether tracebacks name files and lines.
    lines: bool = True


def collect(folder: Path, program: Path, runtime: Mapping[str, str], wishes: Wishes) -> Contents:
    """Take a one-dir result apart.

    Raises:
        PackagingError: it is not one that this version understands.
    """
    contents = Contents()
    hooks = _add_modules(contents, folder, program, wishes)
    for name, source in runtime.items():
        # Named so, Python leaves the importer's own frames out of tracebacks.
        code = compile(source, "<frozen importlib._bootstrap>", "exec", dont_inherit=True)
        contents.entries[name] = (MODULE, marshal.dumps(code))
    contents.entries["=/site"] = (
        MODULE,
        marshal.dumps(compile(SITE, "site.py", "exec", dont_inherit=True)),
    )
    libraries = _add_files(contents, folder, wishes)
    extensions = _extensions(folder, libraries)
    plan = {
        "main": hooks.pop(),
        "hooks": hooks,
        "extensions": extensions,
        "namespaces": _namespaces(contents, extensions),
        "faulthandler": wishes.faulthandler,
    }
    contents.entries["=/plan"] = (ASSET, marshal.dumps(plan))
    contents.entries["=/needs"] = (ASSET, _needs(folder, libraries).encode())
    interpreter = f"{sys.version_info.minor}\n{FILES}{_interpreter(libraries)}\n"
    contents.entries["=/interpreter"] = (ASSET, interpreter.encode())
    return contents


def _add_modules(contents: Contents, folder: Path, program: Path, wishes: Wishes) -> list[str]:
    """Add all code; gives the entries of what runs at start, the app's own last."""
    from PyInstaller.archive.readers import ArchiveReadError, CArchiveReader

    try:
        archive: Any = CArchiveReader(str(program))
    except ArchiveReadError as error:
        raise PackagingError(f"{program} was not made by PyInstaller: {error}") from error

    def add(name: str, kind: int, code: bytes) -> None:
        if not wishes.lines:
            code = marshal.dumps(_without_lines(marshal.loads(code)))
        contents.modules += len(code)
        contents.entries[name] = (kind, code)

    pure: Any = archive.open_embedded_archive("PYZ.pyz")
    for name, (kind, _, _) in pure.toc.items():
        if kind == _NAMESPACE:
            continue
        if kind != _DATA:
            shape = PACKAGE if kind == _PACKAGE else MODULE
            add(name.replace(".", "/"), shape, pure.extract(name, raw=True))
    base = folder / _ZIP
    if base.is_file():
        with zipfile.ZipFile(io.BytesIO(base.read_bytes())) as zipped:
            for item in zipped.namelist():
                if item.endswith(".pyc"):
                    name = item.removesuffix(".pyc")
                    package = name.endswith("/__init__")
                    code = zipped.read(item)[_PYC_HEAD:]
                    add(name.removesuffix("/__init__"), PACKAGE if package else MODULE, code)
        contents.sealed.append(base)
    for name, item in archive.toc.items():
        if item[-1] == "m" and not name.startswith("pyimod"):  # `struct`, for its own start
            add(name, MODULE, archive.extract(name))
    scripts = [name for name, item in archive.toc.items() if item[-1] == "s"]
    hooks: list[str] = []
    for name in scripts:
        if name in _OURS:
            continue
        entry = f"=/start/{name}"
        if name == scripts[-1]:  # a name by which children of `multiprocessing` import it
            entry = name.replace(".", "_")
            entry = f"{entry}__main__" if entry in contents.entries else entry
        add(entry, MODULE, archive.extract(name))
        hooks.append(entry)
    return hooks


def _without_lines(code: CodeType) -> CodeType:
    """The same code without the names of files and the numbers of lines."""
    constants = tuple(
        _without_lines(item) if isinstance(item, CodeType) else item for item in code.co_consts
    )
    return code.replace(co_consts=constants, co_filename="", co_linetable=b"", co_firstlineno=1)


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(folder).as_posix(), path


def _is_in(name: str, places: tuple[str, ...]) -> bool:
    return any(name == place or name.startswith(f"{place}/") for place in places)


def _add_files(contents: Contents, folder: Path, wishes: Wishes) -> list[str]:
    """Add data that is sealed, and the hashes of what stays; gives the libraries."""
    libraries: list[str] = []
    for name, path in _files(folder):
        if path in contents.sealed:
            continue
        data = path.read_bytes()
        sealed = _is_in(name, wishes.assets) and not _is_in(name, wishes.keep)
        if sealed and not is_library(path):
            contents.entries[FILES + name] = (ASSET, data)
            contents.sealed.append(path)
            contents.assets += len(data)
            continue
        contents.entries[FILES + name] = (FILE, data)
        if is_library(path):
            libraries.append(name)
    return libraries


def _extensions(folder: Path, libraries: list[str]) -> dict[str, str]:
    """Modules that are libraries, with their entries."""
    found: dict[str, str] = {}
    listed = [*((name, folder / name) for name in libraries), *_links(folder)]
    for name, path in listed:
        suffix = next((end for end in EXTENSION_SUFFIXES if name.endswith(end)), None)
        if suffix is None:
            continue
        module = name.removesuffix(suffix)
        _, dynload, short = module.rpartition("lib-dynload/")
        module = short if dynload else module
        if all(part.isidentifier() for part in module.split("/")):
            real = path.resolve().relative_to(folder.resolve()).as_posix()
            found[module.replace("/", ".")] = FILES + real
    return found


def _links(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in folder.rglob("*"):
        if path.is_symlink() and path.resolve().is_relative_to(folder.resolve()):
            yield path.relative_to(folder).as_posix(), path


def _namespaces(contents: Contents, extensions: Mapping[str, str]) -> list[str]:
    """Packages that have no code of their own."""
    code = {name for name, (kind, _) in contents.entries.items() if kind in (MODULE, PACKAGE)}
    modules = code | {name.replace(".", "/") for name in extensions}
    found: set[str] = set()
    for name in modules:
        above = name.rpartition("/")[0]
        while above and above not in code:
            if not above.startswith("="):
                found.add(above.replace("/", "."))
            above = above.rpartition("/")[0]
    return sorted(found)


def _needs(folder: Path, libraries: list[str]) -> str:
    """For each library those of the package that it loads."""
    by_name: dict[str, str] = {}
    for name in libraries:
        by_name.setdefault(name.rpartition("/")[2], name)
    for name, path in _links(folder):
        real = path.resolve().relative_to(folder.resolve()).as_posix()
        by_name.setdefault(name.rpartition("/")[2], real)
    lines: list[str] = []
    for name in libraries:
        wanted = [by_name[item] for item in needed(folder / name) if item in by_name]
        wanted = [item for item in dict.fromkeys(wanted) if item != name]
        if wanted:
            lines.append("\t".join(FILES + item for item in (name, *wanted)))
    return "\n".join(lines)


def _interpreter(libraries: list[str]) -> str:
    """The library that is Python itself."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    wanted = (f"libpython{version}", f"python{version.replace('.', '')}.dll", "Python")
    for name in libraries:
        last = name.rpartition("/")[2]
        if last.startswith(wanted):
            return name
    raise PackagingError(
        f"the package has no shared library of Python {version}; sealing needs a Python that was "
        "built with one (--enable-shared)"
    )
