"""Settings of an app: `[tool.pytron]`, the environment, and where its files are."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from types import FrameType
from typing import Any, cast
from urllib.parse import urlsplit

from pytron import packaged
from pytron.errors import ConfigError
from pytron.sealed import find as find_sealed

#: Names the file in which a packaged app proves that it works (`pytron.proof`).
PROOF = "PYTRON_PROOF"
#: The file in a package with the settings that the app had when it was made.
SETTINGS = "pytron.json"

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_SCRIPT_BLOCK = re.compile(
    r"(?m)^# /// (?P<type>[a-zA-Z0-9-]+)$\s(?P<content>(^#(| .*)$\s)+)^# ///$"
)


class Origin:
    """Where an app comes from: the folder its relative paths start at, and its file."""

    def __init__(self, folder: Path, file: Path | None) -> None:
        self.folder = folder
        self.file = file

    @classmethod
    def of_frame(cls, frame: FrameType) -> Origin:
        """The place of the code that made the `App`."""
        bundle = packaged.folder()
        if bundle is not None:
            return cls(bundle, None)
        name = frame.f_code.co_filename
        if name.startswith("<") or not Path(name).exists():  # a prompt or a notebook
            return cls(Path.cwd(), None)
        file = Path(name).resolve()
        return cls(file.parent, file)

    def place(self, chosen: str | Path) -> Path:
        """The folder or file of a frontend, in development or in the package."""
        folder = self.folder.resolve()
        place = (folder / chosen).resolve()
        return folder / packaged.place_of(place, folder) if packaged.is_packaged() else place

    @cached_property
    def settings(self) -> Mapping[str, Any]:
        """`[tool.pytron]` of the nearest pyproject.toml, with the script's own block over it.

        A package brings them along as they were when it was made, and looks at no other.

        Raises:
            ConfigError: a file is no TOML, or the table is no table.
        """
        if packaged.is_packaged():
            return _packaged_settings(self.folder)
        merged: dict[str, Any] = {}
        path = _pyproject(self.folder)
        if path is not None:
            merged.update(_tool_table(path.read_text("utf-8"), str(path)))
        if self.file is not None:
            block = _inline_block(self.file)
            if block is not None:
                merged.update(_tool_table(block, f"the script block of {self.file}"))
        return merged

    def mentions(self, word: str) -> bool:
        """Whether the word is in the files of `settings`, which takes less than reading those."""
        files = (_pyproject(self.folder), self.file)
        return packaged.is_packaged() or any(
            file is not None and word in file.read_text("utf-8", errors="replace") for file in files
        )


def _packaged_settings(folder: Path) -> Mapping[str, Any]:
    import json

    path = folder / SETTINGS
    sealed = find_sealed(path)
    try:
        text = path.read_bytes() if sealed is None else sealed.read()
    except FileNotFoundError:
        return {}  # packaged by another tool
    settings: Mapping[str, Any] = json.loads(text)
    return settings


def project_table(folder: Path) -> Mapping[str, Any]:
    """`[project]` of the pyproject.toml that is nearest to a folder; empty without one.

    Raises:
        ConfigError: the file is no TOML.
    """
    path = _pyproject(folder)
    if path is None:
        return {}
    table: Any = _toml(path.read_text("utf-8"), str(path)).get("project", {})
    return cast("dict[str, Any]", table) if isinstance(table, dict) else {}


def _pyproject(folder: Path) -> Path | None:
    paths = (place / "pyproject.toml" for place in [folder, *folder.parents])
    return next((path for path in paths if path.is_file()), None)


def _inline_block(file: Path) -> str | None:
    """A script's inline metadata (PEP 723), or None."""
    try:
        head = file.read_text("utf-8", errors="replace")[:20_000]
    except OSError:
        return None
    if "# /// script" not in head:
        return None
    for match in _SCRIPT_BLOCK.finditer(head):
        if match["type"] == "script":
            lines = match["content"].splitlines()
            return "\n".join(line[2:] if line.startswith("# ") else line[1:] for line in lines)
    return None


def _tool_table(text: str, where: str) -> Mapping[str, Any]:
    if "pytron" not in text:
        return {}
    table: Any = _toml(text, where).get("tool", {}).get("pytron", {})
    if not isinstance(table, dict):
        raise ConfigError(f"[tool.pytron] in {where} must be a table")
    return cast("dict[str, Any]", table)


@lru_cache(maxsize=4)  # a start looks twice: when Pytron is imported, and when the `App` is made
def _toml(text: str, where: str) -> Mapping[str, Any]:
    from importlib import import_module  # only when there is something to read

    toml = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    try:
        tables: Mapping[str, Any] = toml.loads(text)
    except ValueError as error:
        raise ConfigError(f"{where} is no valid TOML: {error}") from error
    return tables


def choose(name: str, given: Any, origin: Origin, default: Any) -> Any:
    """A setting: environment, then what `App` was given, then `[tool.pytron]`, then the default."""
    variable = os.environ.get(f"PYTRON_{name.upper()}")
    # What a package shows is what was shipped: a page of somebody else's could call its functions.
    if variable and not (name == "frontend" and packaged.is_packaged()):
        return variable
    if given is not None:
        return given
    return origin.settings.get(name, default)


def is_dev() -> bool:
    """Whether this is development: a frozen app never is. PYTRON_DEV=1 or 0 decides otherwise."""
    if packaged.is_packaged():
        return False
    return _is_on("PYTRON_DEV") if os.environ.get("PYTRON_DEV") else is_inspected()


def is_inspected() -> bool:
    """Whether the inspector is wanted from the start: PYTRON_INSPECT=1, never in a frozen app."""
    return _is_on("PYTRON_INSPECT") and not packaged.is_packaged()


def debug_port() -> str | None:
    """Where Chromium's debugger is to listen, on loopback; 0 is any port. Never in a frozen app.

    Whoever can reach it can do what the page can, so it is there only when it is asked for.

    Raises:
        ConfigError: it is no port.
    """
    port = os.environ.get("PYTRON_DEBUG_PORT")
    if not port or packaged.is_packaged():
        return None
    if not (port.isdecimal() and int(port) < 65_536):
        raise ConfigError(f"PYTRON_DEBUG_PORT={port} is no port; give one, or 0 for any free one")
    return port


def is_driven() -> bool:
    """Whether a test drives this app, which it started for that; never in a frozen app."""
    return bool(os.environ.get("PYTRON_DRIVER")) and not packaged.is_packaged()


def has_tabs() -> bool:
    """Whether browser tabs are to be pages of the app too, as `pytron dev` wants it."""
    return bool(os.environ.get("PYTRON_TABS")) and is_dev()


def _is_on(variable: str) -> bool:
    return os.environ.get(variable, "") not in ("", "0", "false", "no")


def load_timeout_s() -> float:
    """Seconds after which a page that has not loaded is reported; PYTRON_LOAD_TIMEOUT_S."""
    try:
        return float(os.environ.get("PYTRON_LOAD_TIMEOUT_S", "20"))
    except ValueError:
        return 20.0


def trusted_origin(url: str, *, trust: bool) -> str:
    """The origin of a frontend URL, if its pages may have the bridge.

    Raises:
        ConfigError: the page comes from elsewhere and `trust=True` was not given.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(f"frontend={url!r} is no http or https address")
    if parts.hostname not in _LOOPBACK and not trust:
        raise ConfigError(
            f"frontend={url!r} is not on this machine, and its pages would be able to call "
            "Python; give trust=True if you control that server"
        )
    return _origin_of(url)


def foreign_origin(url: str | None, known: Iterable[str], *, trust: bool) -> str | None:
    """The origin of a page that the app does not serve; None for the app's own.

    Raises:
        ConfigError: it is foreign and `trust=True` was not given.
    """
    if url is None or not url.lower().startswith(("http://", "https://")):
        return None
    origin = _origin_of(url)
    if origin in known:
        return None
    if not trust:
        raise ConfigError(
            f"{url} is no page of this app; give trust=True to show it in a window, and "
            "allow=[…] with what its pages may call: without it nothing"
        )
    return origin


def _origin_of(url: str) -> str:
    """Scheme, host and port as a web view writes them: lower case, no port that is the default."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise ConfigError(f"{url!r} is no address of a page: {error}") from error
    host = f"[{host}]" if ":" in host else host
    default = {"http": 80, "https": 443}.get(parts.scheme)
    return f"{parts.scheme}://{host}" + ("" if port in (None, default) else f":{port}")


def page_address(url: str | None, own: str) -> str:
    """The whole address of a page.

    Raises:
        ConfigError: it is none that a window can show.
    """
    if url is None:
        url = "/"
    if url.startswith("/"):
        return own + url
    if url.lower().startswith(("http://", "https://")) or url.startswith(f"{own}/"):
        return url
    if "://" in url:
        raise ConfigError(f"a window cannot show {url!r}; give a path such as /about.html")
    return f"{own}/{url}"


#: What pages may be allowed to do with the machine; nothing of it by default.
PERMISSIONS = frozenset(
    {
        "camera",
        "clipboard-read",
        "files",
        "geolocation",
        "idle",
        "microphone",
        "midi",
        "notifications",
        "screen",
        "screens",
        "speakers",
        "storage",
        "wake-lock",
    }
)


def check_permissions(given: object) -> tuple[str, ...]:
    """What pages may do with the machine; in the environment with commas between.

    Raises:
        ConfigError: something is no permission.
    """
    parts = given.replace(",", " ").split() if isinstance(given, str) else given
    names = tuple(cast("Iterable[str]", parts))
    unknown = sorted(str(name) for name in set(names) - PERMISSIONS)
    if unknown:
        raise ConfigError(
            f"permissions has {', '.join(unknown)}; there are {', '.join(sorted(PERMISSIONS))}"
        )
    return names


def slug(name: str) -> str:
    """A name for files and identifiers: lower-case letters, digits and dashes."""
    plain = name
    if not name.isascii():
        from unicodedata import normalize  # "Größe" is "grosse", not "gr-e"

        plain = normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    made = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
    if made or not name:
        return made or "app"
    from zlib import crc32  # two apps with names in other scripts must not share their data

    return f"app-{crc32(name.encode()):08x}"


def is_child() -> bool:
    """Whether this is a process that `multiprocessing` has started."""
    if "multiprocessing.process" not in sys.modules:
        return False
    import multiprocessing

    # While a spawned child imports the app's file it has no parent process yet.
    imports = getattr(multiprocessing.current_process(), "_inheriting", False)
    return imports or multiprocessing.parent_process() is not None
