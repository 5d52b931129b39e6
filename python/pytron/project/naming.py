"""What a new project is called: its folder, its name for packages, its title."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Final, NamedTuple

from pytron.errors import ConfigError

#: No file or folder of Windows may be called so, whatever its ending.
_DEVICES: Final = frozenset(
    {"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))}
)
#: Packages that a new project depends on or that npm refuses: one may not depend on itself.
_TAKEN: Final = frozenset(
    {"pytron-kit", "pytron-native", "pytron-client", "vite-plugin-pytron", "pytest", "ruff",
     "react", "react-dom", "vue", "svelte", "solid-js", "preact", "lit", "next", "vite", "vitest",
     "typescript", "happy-dom", "node-modules", "favicon-ico", "pytron"}
)  # fmt: skip
_FORBIDDEN: Final = re.compile(r'[<>:"|?*\\\x00-\x1f]')
_LONGEST: Final = 100


class Names(NamedTuple):
    """The names of a project.

    Attributes:
        folder: where it is.
        slug: for pyproject.toml and package.json.
        title: for people.
    """

    folder: Path
    slug: str
    title: str


def names_of(given: str, base: Path) -> Names:
    """The names that `pytron init GIVEN` means.

    Raises:
        ConfigError: no folder can be called so.
    """
    text = given.strip()
    if not text:
        raise ConfigError("a project needs a name; for example: pytron init my-app")
    folder = (base / text).resolve()
    name = folder.name
    if not name:
        raise ConfigError(f"{given!r} names no folder; for example: pytron init my-app")
    if _FORBIDDEN.search(name) or name.endswith((".", " ")):
        raise ConfigError(
            f"a folder called {name!r} works on no Windows machine; use letters, digits, spaces "
            "and dashes"
        )
    if name.split(".")[0].lower() in _DEVICES:
        raise ConfigError(f"{name!r} is the name of a device on Windows; take another")
    if len(name) > _LONGEST:
        raise ConfigError(f"a name of {len(name)} characters is too long; take a shorter one")
    return Names(folder, slug_of(name), title_of(name))


def slug_of(name: str) -> str:
    """A name that pip, uv and npm all take: `Ä first app` is `a-first-app`."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if not slug:
        return "app"
    return f"{slug}-app" if slug in _TAKEN or slug[0].isdigit() else slug


def title_of(name: str) -> str:
    """A name for people: `my-first_app` is `My First App`, what has capitals stays."""
    words = re.sub(r"[-_.\s]+", " ", name).strip()
    if not words:
        return "App"
    return (
        words if words != words.lower() else " ".join(w[:1].upper() + w[1:] for w in words.split())
    )
