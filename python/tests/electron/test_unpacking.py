"""Zips that want out of their folder, and what else no release of Electron has."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from electron.conftest import make_zip
from pytron.electron.unpacking import unpack
from pytron.errors import EngineError


def unpacked(tmp_path: Path, content: bytes) -> Path:
    archive = tmp_path / "given.zip"
    archive.write_bytes(content)
    unpack(archive, tmp_path / "inside", lambda *_: None)
    return tmp_path / "inside"


@pytest.mark.parametrize(
    "name",
    [
        "../outside",
        "a/../../outside",
        "/outside",
        "C:/outside",
        "C:outside",
        "..\\outside",
        "a\\b",
        "a/..",
        "..",
        "file:stream",
        "dot.",
        "space ",
    ],
)
def test_names_that_lead_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    # ZipInfo itself turns signs round, so the bytes are patched in.
    plain = "q" * len(name.encode())
    content = make_zip({plain: b"x"}).replace(plain.encode(), name.encode())
    with pytest.raises(EngineError, match=r"no release of Electron|no whole zip"):
        unpacked(tmp_path, content)
    assert not (tmp_path / "inside").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["given.zip"]


@pytest.mark.parametrize(
    "target", ["/etc/passwd", "..", "../x", "a/../../x", "", "a\\b", "../inside/../x"]
)
def test_links_that_lead_out_are_refused(tmp_path: Path, target: str) -> None:
    with pytest.raises(EngineError, match="links out of the folder"):
        unpacked(tmp_path, make_zip({"link": target}))


@pytest.mark.parametrize("order", [("d", "d/file"), ("d/file", "d")])
def test_nothing_is_written_through_a_link(tmp_path: Path, order: tuple[str, str]) -> None:
    entries: dict[str, bytes | str] = {"e/there": b""}
    for name in order:
        entries[name] = "e" if name == "d" else b"x"
    with pytest.raises(EngineError, match="lies below a link"):
        unpacked(tmp_path, make_zip(entries))


def test_links_inside_may_lead_up_and_down(tmp_path: Path) -> None:
    made = unpacked(
        tmp_path, make_zip({"a/b/file": b"x", "a/link": "b/file", "a/b/up": "../b/file"})
    )
    assert (made / "a/link").read_bytes() == b"x"
    assert (made / "a/b/up").read_bytes() == b"x"


def test_an_entry_twice_is_refused(tmp_path: Path) -> None:
    content = make_zip({"one": b"x", "two": b"y"}).replace(b"two", b"one")
    with pytest.raises(EngineError, match="is there twice"):
        unpacked(tmp_path, content)


def test_a_device_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "given.zip"
    with zipfile.ZipFile(archive, "w") as made:
        info = zipfile.ZipInfo("device")
        info.external_attr = 0o020666 << 16
        made.writestr(info, b"")
    with pytest.raises(EngineError, match="no file, folder or link"):
        unpack(archive, tmp_path / "inside", lambda *_: None)


def test_what_is_no_zip_or_cut_is_said(tmp_path: Path) -> None:
    whole = make_zip({"file": b"x" * 1000})
    for content in (b"", b"nothing", whole[:-30]):
        with pytest.raises(EngineError, match="no whole zip"):
            unpacked(tmp_path, content)


def test_damage_inside_is_seen(tmp_path: Path) -> None:
    content = bytearray(make_zip({"file": bytes(range(256)) * 40}))
    content[80] ^= 0xFF
    with pytest.raises(EngineError, match="no whole zip"):
        unpacked(tmp_path, bytes(content))
