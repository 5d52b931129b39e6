"""How results are signed: for real where the tool is here, else by what would be run."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from packager.test_installers import product
from pytron.errors import PackagingError
from pytron.packager.manifest import manifest, sign
from pytron.packager.pipeline import Build, Position
from pytron.packager.settings import Signing
from pytron.packager.signing import Sign, installer_commands, mach_o_files, program_commands
from pytron.packager.steps import Wishes, steps_for


class Voice:
    """Remembers what was said."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def begin(self, step: str, at: Position) -> None: ...

    def heard(self, line: str) -> None: ...

    def note(self, text: str) -> None:
        self.notes.append(text)

    def end(self, step: str, seconds: float) -> None: ...


def build_of(folder: Path, **signing: Any) -> Build:
    build = Build(product(sign=Signing(**signing)), folder / "work", folder / "dist", Voice())
    build.work.mkdir()
    build.out.mkdir()
    return build


def test_a_dry_run_needs_no_certificate_and_changes_nothing(tmp_path: Path) -> None:
    build = build_of(tmp_path)
    build.program = build.out / "app.exe"
    build.program.write_bytes(b"MZ")
    Sign("program", dry=True).run(build)
    assert build.program.read_bytes() == b"MZ"
    assert any("<sign.windows_certificate>" in note for note in build.voice.notes)  # type: ignore[attr-defined]


def test_signing_without_a_certificate_names_the_setting(tmp_path: Path) -> None:
    build = build_of(tmp_path)
    build.program = build.out / "app.exe"
    build.program.write_bytes(b"MZ")
    with pytest.raises(PackagingError, match=r"sign\.windows_certificate"):
        Sign("program").run(build)


def test_no_password_is_in_a_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTRON_SIGN_PASSWORD", "hunter2")
    build = build_of(tmp_path, windows_certificate="cert.p12")
    build.program = build.out / "app.exe"
    build.program.write_bytes(b"MZ")
    commands = program_commands(build, dry=False)
    assert "hunter2" not in str(commands)
    if shutil.which("signtool") is None:
        assert (build.work / "sign-password").stat().st_mode & 0o077 == 0


def test_a_bundle_is_signed_inside_out(tmp_path: Path) -> None:
    build = build_of(tmp_path, macos_identity="Developer ID Application: Us", macos_profile="us")
    bundle = build.out / f"{build.product.name}.app"
    outer = bundle / "Contents" / "MacOS" / "app"
    inner = bundle / "Contents" / "Frameworks" / "numpy" / "core.so"
    for path, magic in ((outer, "cffaedfe"), (inner, "cafebabe")):
        path.parent.mkdir(parents=True)
        path.write_bytes(bytes.fromhex(magic) + bytes(12))
    (outer.parent / "readme.txt").write_text("no Mach-O", "utf-8")
    (outer.parent / "link").symlink_to("app")
    assert mach_o_files(bundle) == [inner, outer]
    commands = program_commands(build, dry=False)
    signed = [command[-1] for command in commands if "--sign" in command]
    assert signed == [str(inner), str(outer), str(bundle)]
    assert all("--options" in command for command in commands if "--sign" in command)
    assert installer_commands(build, dry=False) == []
    build.results["dmg"] = build.out / "a.dmg"
    commands = installer_commands(build, dry=False)
    assert commands[0][-1] == str(build.results["dmg"])
    assert [command[1] for command in commands if command[0] == "xcrun"] == [
        "notarytool",
        "stapler",
    ]


needs_tools = pytest.mark.skipif(
    not all(shutil.which(tool) for tool in ("osslsigncode", "makensis", "openssl")),
    reason="needs osslsigncode, makensis and openssl",
)


@needs_tools
def test_a_windows_program_is_signed_for_real(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=tmp_path, check=True, capture_output=True)

    openssl(
        *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "k.pem", "-out", "c.pem"),
        *("-days", "2", "-subj", "/CN=Example", "-addext", "extendedKeyUsage=codeSigning"),
    )
    openssl(
        *("pkcs12", "-export", "-inkey", "k.pem", "-in", "c.pem", "-out", "c.p12"),
        *("-passout", "pass:hunter2"),
    )
    monkeypatch.setenv("PYTRON_SIGN_PASSWORD", "hunter2")
    build = build_of(tmp_path, windows_certificate=str(tmp_path / "c.p12"))
    build.program = build.out / "app.exe"
    script = tmp_path / "a.nsi"
    script.write_text(f'Unicode true\nOutFile "{build.program}"\nSection\nSectionEnd\n', "utf-8")
    subprocess.run(["makensis", "-V1", str(script)], check=True)
    before = build.program.read_bytes()
    Sign("program").run(build)
    assert build.program.read_bytes() != before
    verify = ["osslsigncode", "verify", "-CAfile", "c.pem", "-in", str(build.program)]
    done = subprocess.run(verify, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Succeeded" in done.stdout, done.stdout


def test_a_manifest_has_layers_and_says_the_same_of_the_same(tmp_path: Path) -> None:
    frozen = tmp_path / "say-hi"
    for name in ("say-hi", "_internal/libpython3.so", "_internal/b.txt"):
        path = frozen / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, "utf-8")
    (frozen / "say-hi").chmod(0o755)
    (frozen / "_internal" / "c").symlink_to("b.txt")
    made = manifest(product(), frozen, tmp_path / "none.json")
    assert made == manifest(product(), frozen, tmp_path / "none.json")
    layers = {layer["name"]: layer for layer in json.loads(made)["layers"]}
    assert [file["path"] for file in layers["interpreter"]["files"]] == ["_internal/libpython3.so"]
    named = {file["path"]: file for file in layers["app"]["files"]}
    assert {*named} == {"say-hi", "_internal/b.txt", "_internal/c"}
    assert named["say-hi"]["run"] is True
    assert {"path": "_internal/c", "link": "b.txt"} in layers["app"]["files"]
    (frozen / "say-hi").write_text("new", "utf-8")
    changed = {
        layer["name"]: layer
        for layer in json.loads(manifest(product(), frozen, tmp_path))["layers"]
    }
    assert changed["app"]["hash"] != layers["app"]["hash"]
    assert changed["interpreter"]["hash"] == layers["interpreter"]["hash"]


def test_a_signature_covers_the_whole_manifest(tmp_path: Path) -> None:
    private = Ed25519PrivateKey.generate()
    key = tmp_path / "key.pem"
    key.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    signature = sign(b"{}", key)
    private.public_key().verify(signature, b"pytron package 1\0{}")
    with pytest.raises(InvalidSignature):
        private.public_key().verify(signature, b"pytron package 1\0{} ")


@pytest.mark.parametrize("content", [None, b"no key"])
def test_a_key_that_is_none_says_how_to_make_one(tmp_path: Path, content: bytes | None) -> None:
    key = tmp_path / "key.pem"
    if content is not None:
        key.write_bytes(content)
    with pytest.raises(PackagingError, match="openssl genpkey -algorithm ed25519"):
        sign(b"{}", key)


def test_an_installer_takes_in_a_program_that_was_signed_and_proved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiler = tmp_path / "makensis"  # is looked for, and not run
    compiler.touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    wishes = Wishes(sign=True, installers=["nsis"])
    titles = [step.title for step in steps_for(product(), wishes)]
    order = ["sign the program", "prove that it starts elsewhere", "make the Windows installer"]
    assert [title for title in titles if title in (*order, "sign the installers")] == [
        *order,
        "sign the installers",
    ]
    assert titles[-1] == "describe the package"
