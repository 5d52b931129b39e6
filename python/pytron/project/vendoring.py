"""Pytron itself as files of a project, so that nothing else can be installed in its place.

The wheels are made from what is installed: the file that pip was given may be long gone. They hold
the same files, so the same code.
"""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

from pytron import bundled
from pytron.errors import ConfigError

#: The one place that knows what Pytron's own distributions are called, and what they import as.
KIT: Final = "pytron-kit"
NATIVE: Final = "pytron-native"
_IMPORTS: Final = {KIT: "pytron", NATIVE: "pytron_native"}
#: Where they lie in a project.
VENDOR: Final = "vendor"
#: In the metadata, but of one installation only.
_NOT_PACKED: Final = frozenset(
    {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "sboms", "uv_cache.json"}
)
_LONG_AGO: Final = (2020, 1, 1, 0, 0, 0)  # the same wheel has the same bytes, whenever it is made


class Pin(NamedTuple):
    """A distribution of Pytron as a file.

    Attributes:
        name: of the distribution.
        version: of it.
        file: the name of the wheel.
        marker: on which machines this wheel can be installed; empty for all.
        content: the wheel.
    """

    name: str
    version: str
    file: str
    marker: str
    content: bytes

    @property
    def place(self) -> str:
        """The path in a project."""
        return f"{VENDOR}/{self.file}"


def python_pins() -> list[Pin]:
    """The installed wheels of Pytron: the kit, and the native engine where it is installed.

    Raises:
        ConfigError: Pytron is not installed, only on the path.
    """
    pins = [_pin(KIT)]
    with suppress(ConfigError):  # without it the app runs on another engine
        pins.append(_pin(NATIVE))
    return pins


def page_packages() -> dict[str, tuple[str, bytes]]:
    """The packages for pages by their npm names: the file's name, and the packed package.

    The name has the start of the content's hash: package managers keep to what they know under a
    name, and must not take an older file for this one.
    """
    found: dict[str, tuple[str, bytes]] = {}
    for name, content in bundled.packages().items():
        digest = hashlib.sha256(content).hexdigest()[:8]
        found[name] = (f"{name}-{digest}.tgz", content)
    return found


def _pin(name: str) -> Pin:
    try:
        found = distribution(name)
    except PackageNotFoundError:
        raise ConfigError(f"{name} is not installed here; install its wheel with pip") from None
    spec = find_spec(_IMPORTS[name])
    if spec is None or spec.origin is None:
        raise ConfigError(f"{name} is installed without its code; install its wheel again")
    tag = _tag(found)
    stem = f"{name.replace('-', '_')}-{found.version}"
    content = _wheel(stem, found, Path(spec.origin).parent)
    return Pin(name, found.version, f"{stem}-{tag}.whl", _marker(tag), content)


def _tag(found: Distribution) -> str:
    lines = (found.read_text("WHEEL") or "").splitlines()
    tags = [line.partition(":")[2].strip() for line in lines if line.startswith("Tag:")]
    return tags[0] if tags else "py3-none-any"


def _marker(tag: str) -> str:
    """Where a wheel of this tag fits, as a condition for pip and uv."""
    place = tag.rpartition("-")[2]
    if place == "any":
        return ""
    systems = (("win", "win32"), ("macosx", "darwin"), ("", "linux"))
    system = next(system for start, system in systems if place.startswith(start))
    condition = f"sys_platform == '{system}'"
    for machine in ("x86_64", "aarch64", "arm64", "amd64"):
        if place.endswith(machine):
            name = machine.upper() if machine == "amd64" else machine  # as Windows writes it
            return f"{condition} and platform_machine == '{name}'"
    return condition


def _wheel(stem: str, found: Distribution, package: Path) -> bytes:
    """A wheel of the installed files. Source: PyPA, binary distribution format."""
    info = f"{stem}.dist-info"
    rows: list[str] = []
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as wheel:

        def add(name: str, content: bytes) -> None:
            entry = zipfile.ZipInfo(name, _LONG_AGO)
            entry.external_attr = 0o644 << 16
            wheel.writestr(entry, content, zipfile.ZIP_DEFLATED)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=")
            rows.append(f"{name},sha256={digest.decode()},{len(content)}")

        for path in _files(package):
            add(f"{package.name}/{path.relative_to(package).as_posix()}", path.read_bytes())
        for name, content in _metadata(found):
            add(f"{info}/{name}", content)
        rows.append(f"{info}/RECORD,,")
        wheel.writestr(zipfile.ZipInfo(f"{info}/RECORD", _LONG_AGO), "\n".join(rows) + "\n")
    return target.getvalue()


def _files(package: Path) -> Iterator[Path]:
    for path in sorted(package.rglob("*")):
        unwanted = {"__pycache__", "node_modules"} & set(path.relative_to(package).parts)
        if path.is_file() and not unwanted and path.suffix != ".pyc":
            yield path


def _metadata(found: Distribution) -> Iterator[tuple[str, bytes]]:
    for file in sorted(found.files or [], key=str):
        folder, _, rest = file.as_posix().partition("/")
        if folder.endswith(".dist-info") and rest.split("/")[0] not in _NOT_PACKED:
            yield rest, Path(str(file.locate())).read_bytes()
