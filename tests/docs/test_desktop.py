"""The snippets of the pages about the desktop's services."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from queue import Queue
from types import SimpleNamespace
from typing import Any

import pytest
from docs.test_docs import load
from pytron.engine import Happening
from pytron.testing import RemoteError, TestClient


def test_dialogs_snippet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = load("dialogs").app
    note = tmp_path / "a.txt"
    note.write_text("hello", "utf-8")
    with TestClient(app) as page:
        page.engine.services["dialogs.open"] = lambda _: [str(note)]
        assert page.call("open_note") == "hello"
        asked: list[Mapping[str, Any]] = []

        def keep(args: Mapping[str, Any]) -> int:
            asked.append(args)
            return 2

        page.engine.services["dialogs.message"] = keep
        assert page.call("discard", str(note)) is False
        assert asked[0]["buttons"] == ["Discard", "Show it", "Keep"]
        trashed: list[Path] = []
        monkeypatch.setattr("pytron.services.opener._trash", trashed.append)
        page.engine.services["dialogs.message"] = lambda _: 0
        assert page.call("discard", str(note)) is True
        assert trashed == [note]


def test_clipboard_snippet() -> None:
    with TestClient(load("clipboard").app) as page:
        written: list[Mapping[str, Any]] = []
        page.engine.services["clipboard.write"] = written.append
        page.call("copy_table", [["a", "<b>"]])
        assert written[0]["html"] == "<table><tr><td>a</td><td>&lt;b&gt;</td></table>"
        assert written[0]["text"] == "a\t<b>"


def test_downloads_snippet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytron.services.folders.Folders.downloads", tmp_path)
    revealed: Queue[Path] = Queue()
    monkeypatch.setattr("pytron.services.opener.Opener.reveal", lambda _, path: revealed.put(path))
    with TestClient(load("downloads").app) as page:
        page.call("keep_quietly")
        assert page.call("save_year", 2026) < 0
        assert Path(revealed.get(timeout=60)) == tmp_path / "2026.csv"
        assert (tmp_path / "2026.csv").read_text("utf-8") == "year,sum\n2026,42\n"


def test_frameless_snippet() -> None:
    app = load("frameless/app").app
    closed: Queue[str] = Queue()
    app.on("window.closed", lambda event: closed.put(event.window))
    with TestClient(app) as page:
        assert page.engine.windows[1]["decorations"] is False
        with suppress(TimeoutError, RemoteError):  # the window may have gone before the answer
            page.call("close_it")
        assert closed.get(timeout=60) == "main"


def test_splash_snippet() -> None:
    app = load("splash/app").app
    assert (app.folder / "splash.png").is_file()
    with TestClient(app) as page:
        assert "Earth" in page.call("names")


def test_menus_snippet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    app = load("menus").app
    page = TestClient(app)
    shown: list[Mapping[str, Any]] = []
    page.engine.services["menu.set"] = shown.append
    with page:
        assert [menu["label"] for menu in shown[0]["items"]] == ["File", "Edit", "View", "Window"]
        assert page.call("to_tray") is False


def test_notifications_snippet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    with TestClient(load("notifications").app) as page:
        with pytest.raises(RemoteError, match="bus") as refused:
            page.call("finished", "a.csv")
        page.call("show_unread", 3)  # nobody can show it: nothing is tried
        assert refused.value.code == "unsupported"


def test_starting_snippet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # nothing of this machine's is changed
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    for kind in ("SESSION", "SYSTEM"):
        monkeypatch.setenv(f"DBUS_{kind}_BUS_ADDRESS", "unix:path=/nonexistent")
    kept: dict[str, str] = {}
    monkeypatch.setattr(
        "pytron.services.secrets._ring",
        lambda: SimpleNamespace(set_password=lambda _app, key, value: kept.update({key: value})),
    )
    with TestClient(load("starting").app) as page:
        with pytest.raises(RemoteError) as refused:
            page.call("register")
        assert refused.value.code == "unsupported"
        assert page.call("start_with_the_session", True) is True
        assert page.call("start_with_the_session", False) is False
        page.call("sign_in", "s3cret")
        assert kept == {"token": "s3cret"}
        assert (tmp_path / "org.example.notes" / "signed-in").exists()
        assert set(page.call("machine")) == {"battery", "percent", "online", "language"}


class Shelf:
    """What the snippet puts dropped files on."""

    def __init__(self) -> None:
        self.put: Queue[list[Path]] = Queue()

    def extend(self, paths: Iterable[Path]) -> None:
        self.put.put(list(paths))


def test_dropping_snippet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module, shelf = load("dropping"), Shelf()
    monkeypatch.setattr(module, "shelf", shelf)
    with TestClient(module.app) as page:
        page.subscribe("files.dropped")
        (tmp_path / "a").write_text("four", "utf-8")
        paths = [str(tmp_path / "a"), str(tmp_path)]
        for element in ("elsewhere", "shelf"):
            drop = {"name": "drop", "phase": "drop", "window": 1, "x": 1, "y": 2}
            page.engine.happen(
                Happening("service", 1, {**drop, "element": element, "paths": paths})
            )
        told = [page.event()[1] for _ in range(2)]
        assert shelf.put.get(timeout=60) == [tmp_path / "a"]
    assert [one["element"] for one in told] == ["elsewhere", "shelf"]
    assert told[0]["files"][0] == {
        "path": paths[0], "name": "a", "size": 4, "folder": False,
    }  # fmt: skip
