"""Which releases are known, and how they are named."""

from __future__ import annotations

import pytest
from pytron.electron.releases import pins, release
from pytron.errors import ConfigError


def test_every_known_version_has_hashes_for_the_usual_machines() -> None:
    usual = {"linux-x64", "linux-arm64", "win32-x64", "darwin-x64", "darwin-arm64"}
    for version, hashes in pins().items():
        assert usual <= hashes.keys(), version
        assert all(len(each) == 64 and int(each, 16) >= 0 for each in hashes.values())
    versions = [tuple(map(int, version.split("."))) for version in pins()]
    assert versions == sorted(versions, reverse=True)
    assert "22.3.25" in pins()


def test_the_newest_is_the_default() -> None:
    assert release().version == next(iter(pins()))


@pytest.mark.parametrize("version", ["", "latest", "22", "22.3.25/../x", "22.3.25 "])
def test_what_is_no_version_is_refused(version: str) -> None:
    if version:
        with pytest.raises(ConfigError, match="no version of Electron"):
            release(version)


def test_a_version_that_is_not_known_needs_a_hash() -> None:
    with pytest.raises(ConfigError, match="--sha256"):
        release("30.0.1")
    assert release("30.0.1", checksum="AB" * 32).sha256 == "ab" * 32
    with pytest.raises(ConfigError, match="64 hexadecimal digits"):
        release("30.0.1", checksum="abc")


def test_a_mirror_must_be_http(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="no http or https"):
        release(mirror="file:///tmp")
    monkeypatch.setenv("ELECTRON_MIRROR", "https://mirror.example/electron")
    found = release("v22.3.25")
    assert found.url == f"https://mirror.example/electron/v22.3.25/{found.file}"
