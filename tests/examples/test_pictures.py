"""Lightbox, the picture organiser, without a window: its library, and what it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pytron.testing import RemoteError, TestClient

from .conftest import LoadExample


@pytest.fixture
def lightbox(
    load_example: LoadExample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> ModuleType:
    """The app, with its data in a folder of this test and no desktop around it."""
    for name in ("XDG_DATA_HOME", "HOME", "USERPROFILE", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    return load_example("pictures")


def test_pictures_of_a_folder_are_taken_once_and_served(
    lightbox: ModuleType, tmp_path: Path
) -> None:
    album = tmp_path / "album"
    (album / "deep").mkdir(parents=True)
    (album / "one.PNG").write_bytes(b"png")
    (album / "deep" / "two.jpg").write_bytes(b"jpeg")
    (album / "notes.txt").write_bytes(b"no picture")
    with TestClient(lightbox.app) as page:
        page.engine.services["dialogs.open"] = lambda _: [str(album)]
        assert page.call("add_folder") == 2
        assert page.call("add_folder") == 0
        names = {one["name"]: one["id"] for one in page.state["pictures"]}
        assert names.keys() == {"one", "two"}
        assert page.get(f"/picture/{names['two']}").body == b"jpeg"
        assert page.get("/picture/99").status == 404
        page.call("rate", names["one"], 9)
        assert b"one,5,3," in page.get("/list.csv").body
        page.call("forget", names["one"])
        assert (album / "one.PNG").exists()
        with pytest.raises(RemoteError, match="reload the page"):
            page.call("rate", names["one"], 1)


def test_context_menu_rates_and_trashes_once_the_user_agrees(
    lightbox: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    trashed: list[Path] = []
    monkeypatch.setattr("pytron.services.opener._trash", trashed.append)
    with TestClient(lightbox.app) as page:
        assert page.call("add_samples") == 8
        number = page.state["pictures"][0]["id"]
        shown: list[Mapping[str, Any]] = []

        def choose(what: str) -> None:
            page.engine.services["menu.popup"] = lambda args: (shown.append(args), what)[1]
            page.call("menu", number)

        choose("star-3")
        assert page.wait_for_state(lambda state: state["pictures"][0]["stars"] == 3)
        assert [item.get("id") for item in shown[0]["items"]][:2] == ["open", "reveal"]
        page.engine.services["dialogs.message"] = lambda _: 1
        choose("trash")
        assert not trashed
        page.engine.services["dialogs.message"] = lambda _: 0
        choose("trash")
        assert [path.name for path in trashed] == ["Dawn.svg"]
        assert len(page.wait_for_state(lambda state: len(state["pictures"]) == 7)["pictures"]) == 7
