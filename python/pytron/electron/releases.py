"""Releases of Electron: their files, their hashes, and where they are fetched from.

Source: https://github.com/electron/get, whose variables and cache are shared.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from pytron.electron.finding import order
from pytron.errors import ConfigError
from pytron.platforms import cache_folder, electron_target

_MIRROR: Final = "https://github.com/electron/electron/releases/download/"
_VERSION: Final = re.compile(r"\d+\.\d+\.\d+(-[a-z]+\.\d+)?")
_HASH: Final = re.compile(r"[0-9a-f]{64}")


class Release(NamedTuple):
    """One release for one kind of machine."""

    version: str
    target: str
    sha256: str
    url: str

    @property
    def file(self) -> str:
        """The name of its zip."""
        return f"electron-v{self.version}-{self.target}.zip"

    @property
    def cached(self) -> Path:
        """Where its zip is kept, for npm's electron too."""
        parts = urlsplit(self.url)
        folder = str(PurePosixPath(parts.path).parent)
        place = urlunsplit((parts.scheme, parts.netloc, folder, "", ""))
        return cache_root() / sha256(place.encode()).hexdigest() / PurePosixPath(parts.path).name


@cache
def pins() -> Mapping[str, Mapping[str, str]]:
    """The SHA-256 of zips by version and target; the newest version first."""
    text = Path(__file__).with_name("checksums.json").read_text("utf-8")
    found: dict[str, dict[str, str]] = json.loads(text)
    return dict(sorted(found.items(), key=lambda pin: order(pin[0]), reverse=True))


def release(
    version: str | None = None, *, mirror: str | None = None, checksum: str | None = None
) -> Release:
    """A release for this machine, by default the newest that is known.

    Args:
        version: such as `45.5.0`.
        mirror: where releases are, instead of ELECTRON_MIRROR and GitHub.
        checksum: the SHA-256 of the zip, for versions that are not known.

    Raises:
        ConfigError: the version is not known, or not for this kind of machine.
    """
    target = electron_target()
    version = (version or next(iter(pins()))).removeprefix("v")
    if not _VERSION.fullmatch(version):
        raise ConfigError(f"{version!r} is no version of Electron; give one such as 45.5.0")
    if checksum is not None and not _HASH.fullmatch(checksum.lower()):
        raise ConfigError("--sha256 takes the 64 hexadecimal digits of the zip's SHA-256")
    known = pins().get(version)
    if checksum is None and known is None:
        raise ConfigError(
            f"the hash of Electron {version} is not known here; known are {', '.join(pins())}. "
            "For another one give --sha256 with the line of its SHASUMS256.txt"
        )
    if checksum is None and known is not None and target not in known:
        raise ConfigError(
            f"there is no Electron {version} for {target}; it exists for {', '.join(known)}"
        )
    hash_ = checksum.lower() if checksum is not None else (known or {})[target]
    return Release(version, target, hash_, _url(version, target, mirror))


def _url(version: str, target: str, mirror: str | None) -> str:
    base = mirror or _setting("MIRROR", _MIRROR)
    folder = _setting("CUSTOM_DIR", f"v{version}").replace("{{ version }}", version)
    file = _setting("CUSTOM_FILENAME", f"electron-v{version}-{target}.zip")
    url = f"{base}{'' if base.endswith('/') else '/'}{folder}/{file}"
    if urlsplit(url).scheme not in ("http", "https"):
        raise ConfigError(f"{url} is no http or https address; look at ELECTRON_MIRROR")
    return url


def _setting(name: str, default: str) -> str:
    for variable in (
        f"NPM_CONFIG_ELECTRON_{name}",
        f"npm_config_electron_{name.lower()}",
        f"ELECTRON_{name}",
    ):
        if value := os.environ.get(variable):
            return value
    return default


def cache_root() -> Path:
    """The folder in which zips of Electron are kept, by everyone's convention."""
    lower = "electron_config_cache"  # as npm's electron spells it
    chosen = os.environ.get(lower) or os.environ.get(lower.upper())
    return Path(chosen) if chosen else cache_folder("electron")
