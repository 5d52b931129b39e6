"""That a test gives away only what is its own."""

import os
from pathlib import Path

import pytest
from e2e.stranger import as_ordinary_user


def test_folders_of_others_are_not_given_away(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    for mode in (0o1777, 0o755, 0o710):
        shared.chmod(mode)
        with pytest.raises(ValueError, match="not the test's own"):
            as_ordinary_user(["true"], shared / "app")
    assert shared.stat().st_uid == os.geteuid()


def test_links_are_not_followed(tmp_path: Path) -> None:
    others = tmp_path / "others"
    others.mkdir()
    (others / "file").touch()
    own = tmp_path / "own"
    (own / "app").mkdir(parents=True)
    own.chmod(0o700)
    (own / "file").symlink_to(others / "file")
    (own / "folder").symlink_to(others)
    (own / "nowhere").symlink_to(tmp_path / "none")
    as_ordinary_user(["true"], own / "app")
    mine = os.geteuid()
    assert [path.stat().st_uid for path in (others, others / "file")] == [mine, mine]
    assert ((own / "app").stat().st_uid == mine) == (mine != 0)
