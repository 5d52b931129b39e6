"""Lightbox, the picture organiser, without a window: its library, and what it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType, SimpleNamespace
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
            page.call("menu", number, 20, 30)

        choose("star-3")
        assert page.wait_for_state(lambda state: state["pictures"][0]["stars"] == 3)
        assert [item.get("id") for item in shown[0]["items"]][:2] == ["open", "reveal"]
        assert (shown[0]["x"], shown[0]["y"]) == (20, 30)
        page.engine.services["dialogs.message"] = lambda _: 1
        choose("trash")
        assert not trashed
        page.engine.services["dialogs.message"] = lambda _: 0
        choose("trash")
        assert [path.name for path in trashed] == ["Dawn.svg"]
        assert len(page.wait_for_state(lambda state: len(state["pictures"]) == 7)["pictures"]) == 7


def samples(page: TestClient) -> list[Mapping[str, Any]]:
    """The eight landscapes, once the page has them."""
    page.call("add_samples")
    return page.wait_for_state(lambda state: len(state["pictures"]) == 8)["pictures"]


def choosing(page: TestClient, what: str, id: int) -> None:
    """The user opens the context menu of a picture and chooses this."""
    page.engine.services["menu.popup"] = lambda _: what
    page.call("menu", id, 20, 30)


def test_private_pictures_are_out_of_reach_until_the_passcode_of_the_keychain(
    lightbox: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: dict[tuple[str, str], str] = {}
    ring = SimpleNamespace(
        get_password=lambda app, key: kept.get((app, key)),
        set_password=lambda app, key, value: kept.update({(app, key): value}),
    )
    monkeypatch.setattr("keyring.get_keyring", lambda: ring)
    with TestClient(lightbox.app) as page:
        dawn = samples(page)[0]["id"]
        page.engine.services["dialogs.prompt"] = lambda _: None
        choosing(page, "private", dawn)
        assert not kept
        assert page.get(f"/picture/{dawn}").status == 200
        page.engine.services["dialogs.prompt"] = lambda asked: "open ü" if asked["secret"] else ""
        choosing(page, "private", dawn)
        assert kept == {("dev.pytron.lightbox", "passcode"): "open ü"}
        assert page.get(f"/picture/{dawn}").status == 404
        assert b"Dawn" not in page.get("/list.csv").body
        page.engine.services["dialogs.message"] = lambda _: 0
        page.engine.services["dialogs.prompt"] = lambda _: "wrong"
        assert page.call("unlock") is False
        assert page.get(f"/picture/{dawn}").status == 404
        page.engine.services["dialogs.prompt"] = lambda _: "open ü"
        assert page.call("unlock") is True
        assert page.get(f"/picture/{dawn}").status == 200
        page.call("lock")
        assert page.get(f"/picture/{dawn}").status == 404
        kept.clear()
        with pytest.raises(RemoteError, match="lost the passcode"):
            page.call("unlock")


def test_the_best_are_copied_over_nothing_and_the_taskbar_shows_how_far_it_is(
    lightbox: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares: list[float | None] = []

    async def progress(share: float | None) -> None:
        shares.append(share)

    target = tmp_path / "best"
    target.mkdir()
    (target / "Noon.svg").write_bytes(b"the user's own")
    with TestClient(lightbox.app) as page:
        for one in samples(page):
            page.call("rate", one["id"], 5 if one["name"] in ("Dawn", "Noon") else 3)
        monkeypatch.setattr(lightbox.app, "can", lambda name: name == "badge.progress")
        monkeypatch.setattr(lightbox.app.badge, "progress", progress)
        page.engine.services["dialogs.open"] = lambda _: [str(target)]
        page.subscribe("working")
        assert page.call("export_best") == 2
        told = [page.event()[1] for _ in range(3)]
    assert told == [{"what": "Copying", "share": 0}, {"what": "Copying", "share": 0.5}, None]
    assert shares == [0, 0.5, None]
    assert sorted(path.name for path in target.iterdir()) == [
        "Dawn.svg",
        "Noon (2).svg",
        "Noon.svg",
    ]
    assert (target / "Noon.svg").read_bytes() == b"the user's own"


def test_a_link_names_a_picture_at_the_start_and_later(
    lightbox: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a b ü&.png"
    file.write_bytes(b"png")
    copied: list[Mapping[str, str]] = []
    monkeypatch.setattr("sys.argv", ["app.py", str(file), "lightbox://picture/a%20b%20%C3%BC%26"])
    with TestClient(lightbox.app) as page:
        number = page.call("linked")
        (one,) = page.wait_for_state(lambda state: state["pictures"])["pictures"]
        assert (one["id"], one["name"]) == (number, "a b ü&")
        page.engine.services["clipboard.write"] = copied.append
        choosing(page, "link", number)
        page.subscribe("look")
        page.call("lock")  # answered once the subscription is there
        link = copied[0]["text"]
        lightbox.app.emit("links.opened", {"urls": ["lightbox://picture/no", link], "paths": []})
        assert page.event() == ("look", None)
        assert page.call("linked") == number
        assert page.call("linked") is None  # a page that is loaded again opens nothing again
