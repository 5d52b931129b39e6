"""The step that seals what was frozen."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytron.errors import PackagingError, ToolMissing
from pytron.packager.pipeline import Build, Unlock
from pytron.packager.pyinstaller import data_of
from pytron.packager.settings import Product
from pytron.packager.shield.contents import Contents, Wishes, collect
from pytron.packager.shield.keyserver import serving
from pytron.packager.shield.licences import ProductKey, proof_licence
from pytron.packager.shield.seat import Seat, placed
from pytron.packager.signing_key import seed_of

if TYPE_CHECKING:
    import types

#: Where the passphrase of a package comes from when it is made.
PASSPHRASE: Final = "PYTRON_SHIELD_PASSPHRASE"
_MOST_ADDRESS: Final = 1_024
PAYLOAD: Final = "app.sealed"
_FOLDER: Final = "_internal"
HONEST: Final = {
    "embedded": "the key is in the package: whoever takes the program apart can find it",
    "passphrase": "the key is not in the package: without the passphrase nobody opens it",
    "licence": "the key is not in the package: without a licence nobody opens it",
    "server": "the key is not in the package: without your server nobody opens it",
}


class Seal:
    """Puts code and data of a one-dir result into one sealed payload."""

    title = "seal"

    def run(self, build: Build) -> None:
        """Seal, and put the program that opens it in the place of the frozen one.

        Raises:
            ToolMissing: pytron-shield is not installed.
            PackagingError: a setting does not fit, or the result cannot be sealed.
        """
        shield = sealer()
        assert build.frozen is not None
        assert build.program is not None
        if not build.frozen.is_dir():
            raise PackagingError("--shield needs a folder; leave --one-file out")
        product = build.product
        folder = build.frozen / _FOLDER
        contents = collect(folder, build.program, shield.runtime(), _wishes(build))
        seat = sealed_payload(build, shield, contents, folder / PAYLOAD)
        for path in contents.sealed:
            path.unlink()
        _remove_empty(folder)
        build.program.write_bytes(placed(shield.program().read_bytes(), seat))
        shutil.copymode(shield.program(), build.program)
        build.program.chmod(0o755)
        build.voice.note(
            f"sealed {contents.modules / 1e6:.1f} MB of code and {contents.assets / 1e6:.1f} MB of "
            f"data; {HONEST[product.settings.shield.scheme]}"
        )


def check(product: Product) -> None:
    """Look for all that sealing needs, before minutes of building.

    Raises:
        ToolMissing: pytron-shield is not installed.
        PackagingError: a setting does not fit, a key or the passphrase is missing.
    """
    sealer()
    settings = product.settings.shield
    if settings.key:
        seed_of(product.folder / settings.key)
    if settings.scheme == "passphrase":
        _passphrase()
    if settings.scheme in ("licence", "server"):
        ProductKey.read(product.folder / settings.product)
    if settings.scheme == "server":
        _address(settings.server)


def sealer() -> types.ModuleType:
    """What seals.

    Raises:
        ToolMissing: it is not installed.
    """
    try:
        import pytron_shield
    except ImportError as error:
        raise ToolMissing(
            "pytron-shield is not installed in this environment; install the wheel that was built "
            "with pytron-kit (build/wheels/shield in a checkout)"
        ) from error
    if not pytron_shield.program().is_file():
        raise ToolMissing("this pytron-shield has no program for this system; install it again")
    return pytron_shield


def _wishes(build: Build) -> Wishes:
    settings = build.product.settings.shield
    places = [
        (Path(place) / ("" if Path(source).is_dir() else Path(source).name)).as_posix()
        for source, place in data_of(build)
    ]
    # A data folder that is copied keeps its name: `place` names it already.
    return Wishes(
        assets=tuple(place.removeprefix("./") for place in places),
        keep=tuple(settings.keep),
        faulthandler=settings.faulthandler,
        lines=settings.tracebacks == "lines",
    )


def sealed_payload(build: Build, shield: types.ModuleType, contents: Contents, path: Path) -> Seat:
    """Write the payload, and note how it is opened; what its program must know.

    Raises:
        PackagingError: a setting does not fit.
    """
    product = build.product
    settings = product.settings.shield
    seed = seed_of(product.folder / settings.key) if settings.key else os.urandom(32)
    licence = bytes(32)
    build.unlock = Unlock()
    passphrase: str | None = None
    wrapped: tuple[bytes, bytes] | None = None
    server: str | None = None
    if settings.scheme == "passphrase":
        passphrase = _passphrase()
        build.unlock = Unlock({"PYTRON_PASSPHRASE_FD": "0"}, f"{passphrase}\n".encode())
    elif settings.scheme == "licence":
        key = ProductKey.read(product.folder / settings.product)
        wrapped = (key.product, key.key)
        licence = shield.verifying_key(key.seed)
        build.unlock = Unlock(licence=proof_licence(key))
    elif settings.scheme == "server":
        key = ProductKey.read(product.folder / settings.product)
        wrapped, server = (key.product, key.key), _address(settings.server)
        licence = shield.verifying_key(key.seed)
        build.unlock = Unlock(keys=lambda: serving(key))
    sealed = shield.seal(
        contents.listed(),
        path,
        seed,
        rollback=settings.rollback,
        passphrase=passphrase,
        product=wrapped,
        server=server,
    )
    flags = sum(
        bit
        for bit, wanted in (
            (1, settings.containers),
            (2, settings.debuggable),
            (4, settings.foreign_libraries),
            (8, settings.keep_environment),
        )
        if wanted
    )
    build.facts["shield"] = {
        "scheme": settings.scheme,
        "payload": bytes(sealed.id).hex(),
        "rollback": settings.rollback,
        "size": sealed.size,
    }
    return Seat(
        publisher=bytes(sealed.publisher),
        identity=bytes(sealed.id),
        least=settings.rollback,
        program=bytes(sealed.program),
        licence=bytes(licence),
        flags=flags,
        identifier=product.identifier,
    )


def _address(given: str) -> str:
    from urllib.parse import urlsplit

    parts = urlsplit(given)
    if parts.scheme != "http" or not parts.hostname:
        raise PackagingError(
            'scheme = "server" needs server = "http://…", where your key server answers; '
            f"server = {given!r} is no such address (its messages are sealed and signed by "
            "themselves: there is no TLS in the program)"
        )
    if len(given.encode()) > _MOST_ADDRESS:
        raise PackagingError(f"the address of the key server is longer than {_MOST_ADDRESS} bytes")
    return given


def _passphrase() -> str:
    import unicodedata

    given = os.environ.get(PASSPHRASE, "")
    if not given:
        raise PackagingError(
            f'scheme = "passphrase" needs the passphrase in {PASSPHRASE} while the package is '
            "made; it stands in no file"
        )
    return unicodedata.normalize("NFC", given)


def _remove_empty(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink() and not any(path.iterdir()):
            path.rmdir()
