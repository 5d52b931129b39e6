"""What a package consists of, file by file and in layers, signed: the ground for updates.

Source: spec/package.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pytron.packaged import place_of
from pytron.packager.parts import APP, PYTHON, facts_of, owner_of_file, sources_of
from pytron.packager.pipeline import Build
from pytron.packager.settings import Product
from pytron.packager.signing_key import seed_of

NAME: Final = "package.json"
SIGNATURE: Final = "package.json.sig"
_CONTEXT: Final = b"pytron package 1\0"


class Describe:
    """The step that writes the manifest beside the package, and signs it if there is a key."""

    title = "describe the package"

    def run(self, build: Build) -> None:
        """Hash every file, and put it into its layer.

        Raises:
            PackagingError: the key cannot be read.
            ToolMissing: there is a key, and nothing to sign with.
        """
        assert build.frozen is not None
        if not build.frozen.is_dir():
            return  # one file has no layers
        text = manifest(build.product, build.frozen, build.work)
        path = build.out / f"{build.product.slug}-{NAME}"
        path.write_bytes(text)
        build.results["manifest"] = path
        key = build.product.settings.sign.manifest_key
        if key:
            signature = build.out / f"{build.product.slug}-{SIGNATURE}"
            signature.write_bytes(sign(text, build.product.folder / key))
            build.results["signature"] = signature


def manifest(product: Product, frozen: Path, work: Path) -> bytes:
    """The manifest's bytes: the same files give the same bytes."""
    layers: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("interpreter", "packages", "app", "frontend")
    }
    sources = sources_of(facts_of(work))
    for path in sorted(frozen.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            continue
        name = path.relative_to(frozen).as_posix()
        real = _real(path, frozen)
        layers[_layer(real, product, sources)].append(_file(path, name))
    whole = {
        "format": 1,
        "name": product.name,
        "identifier": product.identifier,
        "version": product.version,
        "layers": [
            {"name": layer, "hash": _hash(_bytes(files)), "files": files}
            for layer, files in layers.items()
        ],
    }
    return _bytes(whole)


def _file(path: Path, name: str) -> dict[str, Any]:
    if path.is_symlink():
        return {"path": name, "link": path.readlink().as_posix()}
    data = path.read_bytes()
    runs = bool(path.stat().st_mode & 0o100)
    return {"path": name, "size": len(data), "hash": _hash(data), **({"run": True} if runs else {})}


def _real(path: Path, frozen: Path) -> str:
    """A file's name; a link's is that of what it leads to, whose layer it shares."""
    real, root = path.resolve(), frozen.resolve()
    place = real.relative_to(root) if real.is_relative_to(root) else path.relative_to(frozen)
    return place.as_posix()


def _layer(name: str, product: Product, sources: Mapping[str, str]) -> str:
    inside = name.removeprefix("_internal/")
    if product.frontend is not None:
        place = place_of(product.frontend, product.folder).as_posix()
        if inside == place or inside.startswith(f"{place}/"):
            return "frontend"
    if name in (product.slug, f"{product.slug}.exe"):
        return "app"  # the program: the app's own code is in it
    owner = owner_of_file(inside, sources.get(inside, ""))
    return {PYTHON: "interpreter", APP: "app"}.get(owner, "packages")


def _bytes(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def sign(text: bytes, key: Path) -> bytes:
    """An Ed25519 signature over a manifest, by a key in PEM.

    Raises:
        PackagingError: it is no such key.
        ToolMissing: there is nothing to sign with.
    """
    seed = seed_of(key)
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(seed).sign(_CONTEXT + text)
