"""What is packaged, and how: `[tool.pytron.package]`, `[project]`, and the app itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final, Literal, cast

from pytron import codec
from pytron.app import App
from pytron.config import Origin, slug
from pytron.discovery import Target, find_app
from pytron.errors import ConfigError, PackagingError
from pytron.near import meant
from pytron.packager import icons

#: PEP 440's public part, which Windows and deb can express.
_VERSION = re.compile(r"\d+(\.\d+){0,3}([abrc]+\d+|\.(dev|post)\d+)*")
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
_EXTENSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*")


#: What libraries say that want a display when they are imported.
NO_DISPLAY: Final = re.compile(
    r"(?i)can(?:not|'t) (?:open|connect to) (?:X server|display)|no display name|"
    r"couldn't connect to display|failed to connect to display"
)
AT_THE_TOP: Final = (
    "something opens a display of its own before the app does: import it in the function that "
    "needs it, not at the top of the file"
)


@dataclass(frozen=True)
class FileType:
    """A kind of file that the app opens: `{extension = "note", name = "Note"}`."""

    extension: str
    name: str
    mime: str = ""

    @property
    def media_type(self) -> str:
        """Its media type; one of its own where none is given."""
        return self.mime or f"application/x-{slug(self.extension)}"


@dataclass(frozen=True)
class Signing:
    """`[tool.pytron.package.sign]`: with what results are signed; no passwords stand here."""

    windows_certificate: str = ""
    timestamp: str = ""
    macos_identity: str = ""
    macos_entitlements: str = ""
    macos_profile: str = ""
    manifest_key: str = ""


@dataclass(frozen=True)
class Shield:
    """`[tool.pytron.package.shield]`: how a sealed package is opened, and what it lets pass."""

    scheme: Literal["embedded", "passphrase", "licence", "server"] = "embedded"
    #: The publisher's Ed25519 key in PEM; without one each build has its own.
    key: str = ""
    rollback: int = 0
    product: str = "product.key"
    #: The address of the key server, with scheme = "server".
    server: str = ""
    keep: list[str] = field(default_factory=list[str])
    tracebacks: Literal["lines", "bare"] = "lines"
    faulthandler: bool = False
    containers: bool = False
    debuggable: bool = False
    foreign_libraries: bool = False
    keep_environment: bool = False


@dataclass(frozen=True)
class Settings:
    """`[tool.pytron.package]`. Paths are relative to the app's folder."""

    name: str = ""
    version: str = ""
    description: str = ""
    publisher: str = ""
    homepage: str = ""
    license: str = ""
    icon: str = ""
    include: list[str] = field(default_factory=list[str])
    hidden_imports: list[str] = field(default_factory=list[str])
    exclude: list[str] = field(default_factory=list[str])
    engines: list[str] = field(default_factory=lambda: ["native"])
    #: A PNG that is shown at once, until the first page paints.
    splash: str = ""
    one_file: bool = False
    console: bool = False
    categories: list[str] = field(default_factory=lambda: ["Utility"])
    schemes: list[str] = field(default_factory=list[str])
    file_types: list[FileType] = field(default_factory=list[FileType])
    depends: list[str] = field(default_factory=list[str])
    webview2_bootstrapper: str = ""
    prove_timeout_s: float = 90.0
    sign: Signing = field(default_factory=Signing)
    shield: Shield = field(default_factory=Shield)


@dataclass(frozen=True)
class Product:
    """The app as it is shipped: everything that the steps need to know of it."""

    name: str
    #: For files and packages: lower-case letters, digits, dashes.
    slug: str
    identifier: str
    version: str
    settings: Settings
    #: Where the app's relative paths start.
    folder: Path
    script: Path | None
    module: str | None
    frontend: Path | None
    icon: Path | None
    #: The picture until the first page, by the app's settings or the package's, in the folder.
    splash: str = ""
    #: Whether a second start goes to the app that runs.
    single_instance: bool = False

    @property
    def numeric_version(self) -> tuple[int, int, int, int]:
        """Four numbers, as Windows wants them."""
        numbers = [int(number) for number in re.findall(r"\d+", self.version.split("+")[0])[:4]]
        first, second, third, fourth = [*numbers, 0, 0, 0, 0][:4]
        return first, second, third, fourth


def product_of(target: Target, **overrides: Any) -> Product:
    """The product that a target's app and its settings describe.

    Raises:
        PackagingError: a setting does not fit; the message names it.
        ConfigError: the app cannot be imported.
    """
    app = _app_of(target)
    settings = _settings(app, overrides)
    project = _project(app.folder)
    name = settings.name or app.name
    version = settings.version or str(project.get("version", "")) or "0.1.0"
    return Product(
        name=name,
        slug=slug(name),
        identifier=_checked(app.id, _IDENTIFIER, "app_id", "org.example.notes"),
        version=_checked(version, _VERSION, "version", "1.2.0 or 1.2.0rc1"),
        settings=settings,
        folder=app.folder,
        script=target.file,
        module=target.module,
        frontend=app.frontend,
        icon=_icon(app.folder, settings),
        splash=_splash(app, settings),
        single_instance=app.single_instance,
    )


def _app_of(target: Target) -> App[Any]:
    try:
        return find_app(target)
    except ConfigError as error:
        if NO_DISPLAY.search(str(error)):
            raise ConfigError(
                f"{error}; {AT_THE_TOP}, or package where there is a display"
            ) from error
        raise


def _settings(app: App[Any], overrides: Mapping[str, Any]) -> Settings:
    found = Origin(app.folder, None).settings.get("package", {})
    table = _known(found, Settings, "[tool.pytron.package]")
    for key, kind in (("sign", Signing), ("shield", Shield)):
        _known(table.get(key, {}), kind, f"[tool.pytron.package.{key}]")
    kinds = table.get("file_types")
    for item in cast("list[object]", kinds) if isinstance(kinds, list) else []:
        _known(item, FileType, "file_types")
    chosen = {key: value for key, value in overrides.items() if value is not None}
    try:
        settings = codec.convert({**table, **chosen}, Settings)
    except ValueError as error:
        raise PackagingError(f"[tool.pytron.package]: {error}") from error
    for scheme in settings.schemes:
        _checked(scheme, _SCHEME, "schemes", "notes")
    for kind in settings.file_types:
        _checked(kind.extension, _EXTENSION, "file_types.extension", "note")
    return settings


def _known(table: object, kind: type[Any], place: str) -> dict[str, Any]:
    """The table, if all its names are settings: a misspelt one would change nothing, unseen."""
    if not isinstance(table, dict):
        raise PackagingError(f"{place} must be a table")
    found = cast("dict[str, Any]", table)
    known = [item.name for item in fields(kind)]
    for key in found:
        if key not in known:
            raise PackagingError(f"{place} has no setting {key!r}; {meant(key, sorted(known))}")
    return found


def _project(folder: Path) -> Mapping[str, Any]:
    from pytron.config import project_table

    return project_table(folder)


def _checked(value: str, pattern: re.Pattern[str], setting: str, such_as: str) -> str:
    if not pattern.fullmatch(value):
        raise PackagingError(f"{setting} = {value!r} cannot be shipped; write it like {such_as}")
    return value


def _splash(app: App[Any], settings: Settings) -> str:
    """Where the package finds the picture: as in development, in the app's folder."""
    own = Origin(app.folder, None).settings.get("splash", "")
    chosen = str(app.splash or settings.splash or own)
    if not chosen:
        return ""
    folder = app.folder.resolve()
    place = (folder / chosen).resolve()
    if not place.is_relative_to(folder) or not place.is_file():
        raise PackagingError(
            f"splash = {chosen!r} is no file in the app's folder {folder}, so the package "
            "would not have it: move it in, or mend the name"
        )
    return place.relative_to(folder).as_posix()


def _icon(folder: Path, settings: Settings) -> Path | None:
    if not settings.icon:
        return None
    icon = (folder / settings.icon).resolve()
    if not icon.is_file():
        raise PackagingError(f"there is no icon {icon}; give a PNG of 512 pixels, or an SVG")
    icons.check(icon)
    return icon
