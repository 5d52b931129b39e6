"""Artefacts of other languages that the wheel carries: where they are, in wheel and checkout."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from pytron.errors import AssetError

_FOLDER = Path(__file__).parent / "_bundled"

#: What a page with a build installs by npm.
PACKAGES: Final = ("pytron-client", "vite-plugin-pytron")


@cache
def client() -> bytes:
    """The page's client, as one ES module.

    Raises:
        AssetError: this is a checkout that has not been built.
    """
    return _read("client.js")


def client_types() -> bytes:
    """The client's declarations for TypeScript, as one file.

    Raises:
        AssetError: this is a checkout that has not been built.
    """
    return _read("client.d.ts")


def packages() -> dict[str, bytes]:
    """The packed npm packages for pages with a build, by their names.

    Raises:
        AssetError: this is a checkout that has not been built.
    """
    return {name: _read(f"{name}.tgz") for name in PACKAGES}


@cache
def inspector(name: str) -> bytes:
    """A file of the inspector's page.

    Raises:
        AssetError: this is a checkout that has not been built.
    """
    return _read(f"inspector/{name}")


@cache
def tool(name: str) -> bytes:
    """The page's part of a development tool, as one ES module.

    Raises:
        AssetError: this is a checkout that has not been built.
    """
    return _read(f"tools/{name}.js")


def page_proxy() -> Path:
    """The module by which a development server other than Vite passes on what is Python's.

    Raises:
        AssetError: this is a checkout that has not been built.
    """
    _read("page-proxy.js")
    return _FOLDER / "page-proxy.js"


def electron_shell() -> Path:
    """The folder of the program that Electron runs for the chrome engine.

    Raises:
        AssetError: this is a checkout that has not been built.
    """
    _read("electron/main.js")
    return _FOLDER / "electron"


def _read(name: str) -> bytes:
    path = _FOLDER / name
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise AssetError(
            f"{path} is missing: this checkout is not built yet; run: python3 dev.py setup"
        ) from None
