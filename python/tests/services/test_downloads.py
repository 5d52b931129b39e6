"""Where downloads go: what a place must be, and what happens when it is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pytron import App, ConfigError
from pytron.testing import TestClient


@pytest.mark.parametrize("folder", ["down", Path("down"), Path("../down")])
def test_relative_folder_is_refused_with_the_remedy(app: App[Any], folder: Path | str) -> None:
    with TestClient(app):
        app.downloads.folder = Path.home()
        with pytest.raises(ConfigError, match="relative: give a whole path") as caught:
            app.downloads.folder = folder
        assert caught.value.code == "config"
        assert app.downloads.folder == Path.home()


def test_whole_path_may_be_a_text_and_home_is_known(app: App[Any], tmp_path: Path) -> None:
    with TestClient(app):
        app.downloads.folder = str(tmp_path)
        assert app.downloads.folder == tmp_path
        app.downloads.folder = "~/down"
        assert app.downloads.folder == Path.home() / "down"
        app.downloads.folder = None
        assert app.downloads.folder is None


def test_folder_that_cannot_be_made_ends_the_download_and_says_why(
    app: App[Any], tmp_path: Path
) -> None:
    app.asset("note.txt")(lambda: "text")
    (tmp_path / "file").write_text("in the way", "utf-8")
    with TestClient(app, timeout_s=60) as page:
        page.subscribe("download.*")
        app.downloads.folder = tmp_path / "file" / "down"
        # From the page: its subscription has been taken up before, and then hears of everything.
        key = page.call("services.downloads.save", "/note.txt")
        name, failed = page.event()
        while name != "download.failed":
            name, failed = page.event()
        assert failed["key"] == key
        assert "note.txt cannot be put into" in failed["error"]
