"""Installing Electron from a server that cuts, lies, lacks things, or works."""

from __future__ import annotations

import errno
import hashlib
from pathlib import Path
from typing import Any

import pytest
from electron.conftest import VERSION, Mirror, electron_zip, left_over
from pytron.electron import fetching, finding, installs, unpacking
from pytron.electron.releases import Release
from pytron.electron.releases import release as known_release
from pytron.errors import ConfigError, EngineError
from pytron.platforms import electron_program


def quiet(*_: object) -> None:
    """Take progress, show nothing."""


def files_of(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_an_install_is_whole_with_its_modes_and_links(release: Release) -> None:
    made = installs.install(release, quiet)
    assert made.folder is not None
    assert made.program.stat().st_mode & 0o777 == 0o755
    assert (made.folder / "version").stat().st_mode & 0o111 == 0
    link = made.folder / "Framework/Versions/Current"
    assert str(link.readlink()) == "A"
    assert (made.folder / "Framework/file").read_bytes() == b"library"
    assert finding.find() == made
    assert installs.verify(VERSION) == []


def test_a_second_install_asks_nobody(release: Release, mirror: Mirror) -> None:
    first = installs.install(release, quiet)
    count = len(mirror.asked)
    assert installs.install(release, quiet) == first
    assert len(mirror.asked) == count


def test_a_zip_in_the_shared_cache_is_not_fetched_again(release: Release, mirror: Mirror) -> None:
    installs.install(release, quiet)
    installs.remove(VERSION)
    count = len(mirror.asked)
    installs.install(release, quiet)
    assert len(mirror.asked) == count
    # The place is the one of npm's electron: the hash of the address without the file's name.
    place = hashlib.sha256(f"{mirror.url}v{VERSION}".encode()).hexdigest()
    assert release.cached.parent.name == place


def test_a_damaged_zip_in_the_cache_is_fetched_again(release: Release, mirror: Mirror) -> None:
    release.cached.parent.mkdir(parents=True)
    release.cached.write_bytes(b"not a zip")
    installs.install(release, quiet)
    assert len(mirror.asked) == 1


def test_a_cut_download_goes_on_where_it_ended(release: Release, mirror: Mirror) -> None:
    mirror.faults = [lambda body: body[: 1 << 20], lambda body: body[: 1 << 19]]
    seen: list[int] = []
    installs.install(release, lambda what, have, _: seen.append(have) if what == "fetching" else 0)
    starts = [asked for _, asked in mirror.asked]
    assert starts == [None, f"bytes={1 << 20}-", f"bytes={(1 << 20) + (1 << 19)}-"]
    assert seen[-1] == len(mirror.content)


def test_a_download_that_gets_no_further_says_so_and_is_resumed_by_the_next_command(
    release: Release, mirror: Mirror, tmp_path: Path
) -> None:
    mirror.faults = [lambda body: body[:1000], lambda _: b"", lambda _: b""]
    with pytest.raises(EngineError, match="run the same command again: it goes on from there"):
        installs.install(release, quiet)
    assert left_over(tmp_path / "engines") == []
    mirror.faults = []
    installs.install(release, quiet)
    assert mirror.asked[-1][1] == "bytes=1000-"


def test_a_server_without_ranges_begins_anew(release: Release, mirror: Mirror) -> None:
    mirror.ranges = False
    mirror.faults = [lambda body: body[:5000]]
    installs.install(release, quiet)
    assert installs.verify(VERSION) == []


def test_a_file_that_changed_meanwhile_is_not_put_together_from_two(
    release: Release, mirror: Mirror
) -> None:
    mirror.faults = [lambda body: body[:1000], lambda _: b""]
    with pytest.raises(EngineError):
        installs.install(release, quiet)
    mirror.etag = '"two"'
    installs.install(release, quiet)
    assert installs.verify(VERSION) == []


def test_wrong_bytes_are_thrown_away_with_both_hashes_named(
    release: Release, mirror: Mirror, tmp_path: Path
) -> None:
    mirror.content = electron_zip()[:-1] + b"x"
    with pytest.raises(EngineError, match="wanted is " + release.sha256):
        installs.install(release, quiet)
    assert left_over(tmp_path / "engines") == []
    assert [p for p in files_of(tmp_path / "cache") if p.endswith((".zip", ".part"))] == []


def test_no_network_names_the_remedy(release: Release, mirror: Mirror, tmp_path: Path) -> None:
    mirror.close()
    mirror.close = quiet  # type: ignore[method-assign]
    with pytest.raises(EngineError, match=r"cannot be reached .*HTTPS_PROXY.*PYTRON_ELECTRON_PATH"):
        installs.install(release, quiet)
    assert left_over(tmp_path / "engines") == []


def test_a_mirror_without_the_version_is_told_apart(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ELECTRON_CUSTOM_FILENAME", "nothing-here")
    with pytest.raises(EngineError, match="does not exist; does the mirror have this version"):
        installs.install(known_release(), quiet)
    assert mirror.asked[-1][0] == f"/v{VERSION}/nothing-here"


def test_mirror_folder_and_file_can_be_named_as_for_npm(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ELECTRON_CUSTOM_DIR", "releases/{{ version }}")
    monkeypatch.setenv("ELECTRON_CUSTOM_FILENAME", "own.zip")
    installs.install(known_release(), quiet)
    assert mirror.asked[-1][0] == f"/releases/{VERSION}/own.zip"


def full(*_: Any, **__: Any) -> Any:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_while_fetching_leaves_nothing(
    release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = fetching._write

    def fill(answer: Any, part: Path, start: int, total: int, progress: Any) -> None:
        write(answer, part, start, total, progress)
        full()

    monkeypatch.setattr(fetching, "_write", fill)
    with pytest.raises(EngineError, match=r"the disk of .* is full; free some space"):
        installs.install(release, quiet)
    assert files_of(tmp_path / "cache") == []
    assert left_over(tmp_path / "engines") == []


def test_a_full_disk_while_unpacking_leaves_nothing(
    release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "_link", full)
    with pytest.raises(EngineError, match=r"the disk of .* is full; free about 300 MB"):
        installs.install(release, quiet)
    assert left_over(tmp_path / "engines") == []


def test_a_broken_install_is_replaced(release: Release, tmp_path: Path) -> None:
    made = installs.install(release, quiet)
    assert made.folder is not None
    (made.folder / "pytron.json").unlink()
    assert finding.installs() == []
    installs.install(release, quiet)
    assert installs.verify(VERSION) == []
    assert left_over(tmp_path / "engines") == [made.folder.name]


def test_verify_names_what_is_wrong(release: Release) -> None:
    made = installs.install(release, quiet)
    assert made.folder is not None
    (made.folder / "version").write_text("0")
    (made.folder / "resources/big.bin").unlink()
    (made.folder / "added").write_text("x")
    (made.folder / "Framework/Versions/Current").unlink()
    (made.folder / "Framework/Versions/Current").symlink_to("B")
    made.program.chmod(0o644)
    assert installs.verify(VERSION) == sorted(
        [
            "Framework/Versions/Current was changed",
            "added was added",
            f"{electron_program(Path()).as_posix()} was changed",
            "resources/big.bin is missing",
            "version was changed",
        ]
    )


def test_remove_takes_all_of_it(release: Release, tmp_path: Path) -> None:
    installs.install(release, quiet)
    installs.remove(VERSION)
    assert left_over(tmp_path / "engines") == []
    with pytest.raises(ConfigError, match="not installed; installed: none"):
        installs.remove(VERSION)
    with pytest.raises(EngineError, match="pytron engine install chrome"):
        finding.find()


def test_an_electron_of_ones_own_is_used(
    release: Release, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = installs.install(release, quiet)
    assert made.folder is not None
    monkeypatch.setenv("PYTRON_ELECTRON_PATH", str(made.folder))
    assert finding.find() == finding.Install(VERSION, made.program, None)
    monkeypatch.setenv("PYTRON_ELECTRON_PATH", str(tmp_path))
    with pytest.raises(EngineError, match="is no Electron"):
        finding.find()
