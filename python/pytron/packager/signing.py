"""Signs what was built, so that systems know whose it is; a dry run needs no certificate.

Each command is shown before it is run. Passwords are never in them: they come from the environment.

Source: Microsoft, "SignTool"; osslsigncode(1); Apple, "Notarizing macOS software before
distribution" and codesign(1).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from pytron.errors import PackagingError, ToolMissing
from pytron.packager.pipeline import Build
from pytron.packager.settings import Signing

#: The first four bytes of Mach-O files: thin, 32 and 64 bits, either order, and fat ones.
_MACH_O: Final = frozenset(
    bytes.fromhex(magic) for magic in ("feedface", "feedfacf", "cefaedfe", "cffaedfe", "cafebabe")
)
_PASSWORD: Final = "PYTRON_SIGN_PASSWORD"


@dataclass(frozen=True)
class Sign:
    """A step that signs, or with `dry` only shows how.

    The program is signed before it is proved and before an installer takes it in, the installers
    after they are made.
    """

    what: Literal["program", "installers"]
    dry: bool = False

    @property
    def title(self) -> str:
        """What it does."""
        return f"show how the {self.what} would be signed" if self.dry else f"sign the {self.what}"

    def run(self, build: Build) -> None:
        """Sign what holds programs after them.

        Raises:
            PackagingError: nothing says with what, or a tool refused.
            ToolMissing: the tool is not installed.
        """
        signed = program_commands if self.what == "program" else installer_commands
        commands = signed(build, dry=self.dry)
        if not commands:
            build.voice.note("nothing here is signed: on Linux, repositories sign their packages")
        for command in commands:
            build.voice.note(" ".join(command))
            if not self.dry:
                self._run(build, command)

    def _run(self, build: Build, command: Sequence[str]) -> None:
        if shutil.which(command[0]) is None:
            raise ToolMissing(f"{command[0]} is not installed; install it, or leave --sign out")
        build.run("sign", command)


def program_commands(build: Build, *, dry: bool) -> list[list[str]]:
    """How the program, or the bundle around it, is signed."""
    return [*_windows(build, build.program, dry=dry), *_bundle(build, dry=dry)]


def installer_commands(build: Build, *, dry: bool) -> list[list[str]]:
    """How what the program is handed out in is signed."""
    return [*_windows(build, build.results.get("nsis"), dry=dry), *_image(build, dry=dry)]


def _windows(build: Build, file: Path | None, *, dry: bool) -> list[list[str]]:
    if not _is_pe(file):
        return []
    signing = build.product.settings.sign
    certificate = _needed(signing.windows_certificate, "sign.windows_certificate", dry=dry)
    if shutil.which("signtool"):
        return [_signtool(signing, certificate, file)]
    return _osslsigncode(build, certificate, file)


def _is_pe(path: Path | None) -> bool:
    return path is not None and path.suffix == ".exe" and path.is_file()


def _signtool(signing: Signing, certificate: str, file: Path | None) -> list[str]:
    words = ["signtool", "sign", "/fd", "SHA256", "/f", certificate]
    words += ["/tr", signing.timestamp, "/td", "SHA256"] if signing.timestamp else []
    return [*words, str(file)]


def _osslsigncode(build: Build, certificate: str, file: Path | None) -> list[list[str]]:
    """Sign into another file, look at it, and put it in place."""
    assert file is not None
    product = build.product
    signed = build.work / f"signed-{file.name}"
    words = ["osslsigncode", "sign", "-pkcs12", certificate, "-h", "sha256", "-n", product.name]
    if os.environ.get(_PASSWORD):
        words += ["-readpass", str(_password_file(build.work))]
    if product.settings.homepage:
        words += ["-i", product.settings.homepage]
    if product.settings.sign.timestamp:
        words += ["-ts", product.settings.sign.timestamp]
    move = ["mv", "--", str(signed), str(file)]
    return [[*words, "-in", str(file), "-out", str(signed)], move]


def _password_file(folder: Path) -> Path:
    """The password where osslsigncode reads it: for this user only, and not in the command."""
    path = folder / "sign-password"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(os.environ[_PASSWORD])
    return path


def _bundle(build: Build, *, dry: bool) -> list[list[str]]:
    """How every Mach-O file is signed, the innermost first, then the bundle."""
    bundle = build.out / f"{build.product.name}.app"
    if not bundle.is_dir():
        return []
    sign = _codesign(build, dry=dry)
    commands = [[*sign, str(path)] for path in mach_o_files(bundle)]
    commands.append([*sign, str(bundle)])
    commands.append(["codesign", "--verify", "--deep", "--strict", str(bundle)])
    return commands


def _image(build: Build, *, dry: bool) -> list[list[str]]:
    """How a disk image is signed, and notarised with all that it holds."""
    image = build.results.get("dmg")
    if image is None:
        return []
    commands = [[*_codesign(build, dry=dry), str(image)]]
    profile = build.product.settings.sign.macos_profile
    if profile:
        submit = ["xcrun", "notarytool", "submit", str(image), "--wait"]
        commands.append([*submit, "--keychain-profile", profile])
        commands.append(["xcrun", "stapler", "staple", str(image)])
    return commands


def _codesign(build: Build, *, dry: bool) -> list[str]:
    signing = build.product.settings.sign
    identity = _needed(signing.macos_identity, "sign.macos_identity", dry=dry)
    sign = ["codesign", "--force", "--timestamp", "--options", "runtime", "--sign", identity]
    if signing.macos_entitlements:
        entitlements = build.product.folder / signing.macos_entitlements
        sign += ["--entitlements", str(entitlements)]
    return sign


def mach_o_files(bundle: Path) -> list[Path]:
    """The Mach-O files in a bundle, the innermost first: a signature covers what it holds."""
    files = [path for path in bundle.rglob("*") if path.is_file() and not path.is_symlink()]
    found = [path for path in files if _starts_as_mach_o(path)]
    return sorted(found, key=lambda path: (-len(path.parts), str(path)))


def _starts_as_mach_o(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) in _MACH_O


def _needed(value: str, setting: str, *, dry: bool) -> str:
    if value:
        return value
    if dry:
        return f"<{setting}>"
    raise PackagingError(
        f"signing needs {setting} in [tool.pytron.package]; --sign-dry-run shows the commands "
        "without it"
    )
