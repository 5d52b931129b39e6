"""What installers are made of."""

from __future__ import annotations

import os
import plistlib
import shutil
import subprocess
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pytron.errors import PackagingError, ToolMissing
from pytron.packager import icons, windows_version
from pytron.packager.installers import installer
from pytron.packager.installers.deb import (
    debian_version,
    desktop_entry,
    is_launched,
    mime_types,
)
from pytron.packager.installers.nsis import installer_script, quoted
from pytron.packager.parts import APP, PYTHON, owner_of_file
from pytron.packager.pipeline import Build, Position
from pytron.packager.pyinstaller import info_plist
from pytron.packager.settings import FileType, Product, Settings
from pytron.platforms import SYSTEM

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle r="4" cx="4" cy="4"/></svg>'
)


class Silent:
    """Tells nobody."""

    def begin(self, step: str, at: Position) -> None: ...
    def heard(self, line: str) -> None: ...
    def note(self, text: str) -> None: ...
    def end(self, step: str, seconds: float) -> None: ...


def product(*, single_instance: bool = False, **settings: Any) -> Product:
    return Product(
        name='Say "hi" $100',
        slug="say-hi",
        identifier="org.example.hi",
        version="1.2.3rc4",
        settings=Settings(**settings),
        folder=Path("/app"),
        script=None,
        module=None,
        frontend=None,
        icon=None,
        single_instance=single_instance,
    )


@pytest.mark.parametrize(
    ("single", "identifier", "launched"),
    [(True, "org.example.hi", True), (False, "org.example.hi", False), (True, "hi", False)],
)
def test_the_bus_starts_an_app_that_can_be_asked(
    single: bool, identifier: str, launched: bool
) -> None:
    made = replace(product(single_instance=single), identifier=identifier)
    assert is_launched(made) is launched
    assert ("DBusActivatable=true" in desktop_entry(made, "/opt/hi/hi")) is launched


KINDS = [FileType("note", "Note & <more>")]


def test_debian_sorts_versions_as_python_does() -> None:
    ordered = ["1.0.dev1", "1.0a1", "1.0b2", "1.0rc1", "1.0", "1.0.1"]
    made = [debian_version(version) for version in ordered]
    if shutil.which("dpkg") is None:
        assert made[3] == "1.0~rc1"
        return
    for older, newer in pairwise(made):
        compare = ["dpkg", "--compare-versions", older, "lt", newer]
        assert subprocess.run(compare, check=False).returncode == 0, (older, newer)


def test_a_desktop_entry_cannot_be_extended_by_a_name() -> None:
    made = desktop_entry(product(description="a\nExec=evil", schemes=["hi"]), "/opt/a b/x")
    assert made.count("\nExec=") == 1
    assert 'Exec="/opt/a b/x" %U\n' in made
    assert "MimeType=x-scheme-handler/hi;\n" in made


def test_mime_types_are_escaped() -> None:
    made = mime_types(product(file_types=KINDS))
    assert "<comment>Note &amp; &lt;more&gt;</comment>" in made
    assert '<glob pattern="*.note"/>' in made


def test_text_in_an_nsis_script_stays_text() -> None:
    assert quoted('a"b$c`d\ne') == 'a$\\"b$$c$\\`d e'


def test_an_nsis_script_registers_and_takes_back(tmp_path: Path) -> None:
    frozen = tmp_path / "say-hi"
    (frozen / "_internal").mkdir(parents=True)
    (frozen / "say-hi.exe").write_bytes(b"MZ")
    (frozen / "_internal" / "base.zip").write_bytes(b"x")
    result = tmp_path / "say-hi-1.2.3-setup.exe"
    described = product(schemes=["hi"], file_types=KINDS, description="d")
    script = installer_script(described, frozen, result, None)
    for key in ("Software\\Classes\\hi", "org.example.hi.note"):
        assert script.count(f'WriteRegStr HKCU "Software\\Classes\\{key.split(chr(92))[-1]}') >= 1
        assert "DeleteRegKey HKCU" in script
    assert "@" not in script.replace("@DEFINES@", "").split("\n")[0]
    if shutil.which("makensis"):
        path = tmp_path / "a.nsi"
        path.write_text(script, "utf-8-sig")
        done = subprocess.run(
            ["makensis", "-V2", "-WX", str(path)], capture_output=True, check=False
        )
        assert done.returncode == 0, done.stdout.decode()
        assert result.read_bytes()[:2] == b"MZ"


def test_an_installer_that_does_not_exist_lists_those_that_do(tmp_path: Path) -> None:
    with pytest.raises(PackagingError, match="there are: deb, dmg, nsis"):
        installer("msi", tmp_path)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("no_such_module:Kind", "No module named 'no_such_module'"),
        ("json:Kind", "has no attribute 'Kind'"),
        ("datetime:date", "takes nothing"),
        ("collections:OrderedDict", "needs a title"),
    ],
)
def test_an_installer_of_the_app_that_is_none_is_named(
    tmp_path: Path, name: str, words: str
) -> None:
    with pytest.raises(PackagingError, match=words):
        installer(name, tmp_path)


def test_an_installed_package_offers_an_installer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = tmp_path / "pytron_snap-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: pytron-snap\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[pytron.installers]\nsnap = pytron_snap:Snap\n")
    (tmp_path / "pytron_snap.py").write_text(
        "class Snap:\n    title = 'make the snap'\n    def run(self, build): ...\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    assert installer("snap", tmp_path).title == "make the snap"
    with pytest.raises(PackagingError, match="deb, dmg, nsis, snap"):
        installer("msi", tmp_path)


def test_the_version_resource_has_four_numbers_and_is_python() -> None:
    made = windows_version.text(product(publisher='It\'s "us"'))
    compile(made, "version.txt", "eval")
    assert "filevers=(1, 2, 3, 4)" in made


def test_the_property_list_names_schemes_and_files() -> None:
    made = info_plist(product(schemes=["hi"], file_types=KINDS))
    assert made["CFBundleURLTypes"][0]["CFBundleURLSchemes"] == ["hi"]
    assert made["CFBundleDocumentTypes"][0]["CFBundleTypeExtensions"] == ["note"]


def test_the_property_list_is_one_that_macos_reads() -> None:
    described = product(schemes=["hi"], file_types=KINDS)
    read = plistlib.loads(plistlib.dumps(info_plist(described)))
    assert read["CFBundleName"] == described.name
    assert read["CFBundleShortVersionString"] == "1.2.3rc4"
    assert read["CFBundleVersion"] == "1.2.3.4"  # numbers only, or macOS refuses to compare them
    assert read["NSHighResolutionCapable"] is True


@pytest.mark.skipif(SYSTEM == "windows", reason="a shell script stands for hdiutil")
def test_a_disk_image_holds_the_app_and_the_way_to_applications(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    hdiutil = tools / "hdiutil"
    # Stands for Apple's: it keeps what it was to put into the image.
    hdiutil.write_text(
        "#!/bin/sh\nfor word; do\n"
        'if [ "$previous" = -srcfolder ]; then cp -R "$word" "$word.seen"; fi\n'
        'previous=$word\ndone\necho "$@" > "$previous"\n',
        "utf-8",
    )
    hdiutil.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    described = product()
    build = Build(described, tmp_path / "work", tmp_path / "dist", Silent())
    bundle = build.out / f"{described.name}.app"
    program = bundle / "Contents" / "MacOS" / "say-hi"
    program.parent.mkdir(parents=True)
    program.write_bytes(b"")
    (bundle / "Contents" / "link").symlink_to("MacOS/say-hi")
    installer("dmg", tmp_path).run(build)
    assert build.results["dmg"].name == "say-hi-1.2.3rc4.dmg"
    said = build.results["dmg"].read_text("utf-8")
    assert said.startswith(f"create -ov -format UDZO -volname {described.name} -srcfolder ")
    seen = tmp_path / "work" / "dmg.seen"
    assert {path.name for path in seen.iterdir()} == {bundle.name, "Applications"}
    assert (seen / "Applications").readlink() == Path("/Applications")
    assert (seen / bundle.name / "Contents" / "link").is_symlink()  # as signatures cover it


@pytest.mark.parametrize(
    ("name", "words"),
    [("dmg", "only macOS has"), ("deb", "install dpkg"), ("nsis", "install NSIS 3")],
)
def test_a_missing_tool_is_named_before_anything_is_built(
    name: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolMissing, match=words):
        installer(name, tmp_path)


@pytest.mark.parametrize(
    ("inside", "source", "owner"),
    [
        ("numpy/core.so", "/e/site-packages/numpy/core.so", "numpy"),
        ("libopen.so", "/e/site-packages/numpy.libs/libopen.so", "numpy"),
        ("numpy-2.4.6.dist-info/METADATA", "/e/site-packages/numpy-2.4.6.dist-info/M", "numpy"),
        ("pytron/_bundled/client.js", "/src/python/pytron/_bundled/client.js", "pytron"),
        ("pytron/_bundled/client.js", "", "pytron"),
        ("lib-dynload/_ssl.so", "/usr/lib/python3/lib-dynload/_ssl.so", PYTHON),
        ("libssl.so.3", "", PYTHON),
        ("page/index.html", "/app/page/index.html", APP),
    ],
)
def test_every_file_of_a_package_has_an_owner(inside: str, source: str, owner: str) -> None:
    assert owner_of_file(inside, source) == owner


@pytest.mark.parametrize(
    ("kind", "head"), [("ico", b"\0\0\1\0"), ("icns", b"icns"), ("png", b"\x89PNG")]
)
def test_an_svg_becomes_every_kind_of_icon(tmp_path: Path, kind: str, head: bytes) -> None:
    icon = tmp_path / "icon.svg"
    icon.write_text(SVG, "utf-8")
    assert icons.convert(icon, kind, tmp_path / "out").read_bytes().startswith(head)


@pytest.mark.parametrize(
    ("size", "words"), [((512, 300), "make it square"), ((64, 64), "only 64x64")]
)
def test_an_unfit_picture_is_refused(tmp_path: Path, size: tuple[int, int], words: str) -> None:
    from PIL import Image

    icon = tmp_path / "icon.png"
    Image.new("RGB", size).save(icon)
    with pytest.raises(PackagingError, match=words):
        icons.convert(icon, "png", tmp_path)


def test_a_file_that_is_no_picture_is_refused(tmp_path: Path) -> None:
    icon = tmp_path / "icon.png"
    icon.write_bytes(b"no picture")
    with pytest.raises(PackagingError, match="is no PNG or SVG; save the"):
        icons.convert(icon, "png", tmp_path)
