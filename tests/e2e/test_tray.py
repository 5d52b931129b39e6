"""Tray and notifications for real: over a bus of the tests' own, without a window."""

from __future__ import annotations

import struct
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
from e2e.desktop import ITEM, NOTIFICATIONS, Bus, Desktop
from pytron import App, Event
from pytron.services.menus import LINE, Item
from pytron.services.notifications import Action
from pytron.testing import RemoteError, TestClient

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="D-Bus is Linux's")


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bus]:
    with Bus() as made:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", made.address)
        yield made


@pytest.fixture
def icon(tmp_path: Path) -> Path:
    """A red PNG of 4 x 4 pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    rows = b"".join(b"\0" + b"\xff\0\0\xff" * 4 for _ in range(4))
    header = struct.pack(">IIBBBBB", 4, 4, 8, 6, 0, 0, 0)
    path = tmp_path / "icon.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
    return path


def listening(app: App[Any], *names: str) -> Queue[tuple[str, Any]]:
    heard: Queue[tuple[str, Any]] = Queue()
    for name in names:
        app.on(name, lambda event: heard.put((event.name, event.data)))
    return heard


def test_icon_is_shown_clicked_and_its_menu_chosen(bus: Bus, icon: Path) -> None:
    app = App("Tray", app_id="dev.pytron.tray")
    heard = listening(app, "tray.click", "menu.click")
    items = [
        Item("Show", "show"),
        LINE,
        Item("Loud", "loud", kind="check"),
        Item("More", items=[Item("One", "one")]),
    ]
    with Desktop(bus, "tray") as desktop, TestClient(app):
        assert app.can("tray.click")
        app.tray.show(icon, tooltip="Hello", items=items)
        shown = desktop.expect("tray")
        assert shown["Id"] == "dev.pytron.tray"
        assert shown["pixmaps"] == [[4, 4, 64]]
        assert shown["ToolTip"][2] == "Hello"
        labels = [one.get("label") for one in shown["menu"]["children"]]
        assert labels == ["Show", None, "Loud", "More"]
        where = {"name": shown["name"], "path": "/StatusNotifierItem", "interface": ITEM}
        desktop.do(kind="call", **where, member="Activate", signature="ii", body=[5, 6])
        assert heard.get(timeout=20) == ("tray.click", {"button": "left", "x": 5, "y": 6})
        loud = shown["menu"]["children"][2]["number"]
        desktop.do(kind="choose", name=shown["name"], number=loud)
        name, data = heard.get(timeout=20)
        assert (name, data["id"], data["checked"]) == ("menu.click", "loud", True)
        one = shown["menu"]["children"][3]["children"][0]["number"]
        desktop.do(kind="choose", name=shown["name"], number=one)
        assert heard.get(timeout=20)[1]["id"] == "one"


def test_pages_show_it_and_missing_hosts_are_said(bus: Bus, icon: Path) -> None:
    app = App("Tray")
    with TestClient(app) as page:
        assert not app.can("tray.click")
        with pytest.raises(RemoteError, match="AppIndicator") as missing:
            page.call("services.tray.show", str(icon))
        assert missing.value.code == "unsupported"
        with Desktop(bus, "tray") as desktop:
            page.call("services.tray.show", str(icon), {"items": [{"label": "A", "id": "a"}]})
            assert desktop.expect("tray")["menu"]["children"][0]["label"] == "A"


def test_wrong_icon_is_refused(bus: Bus, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.png"
    wrong.write_bytes(b"GIF89a")
    app = App("Tray")
    with Desktop(bus, "tray"), TestClient(app) as page:
        for path in (wrong, tmp_path / "none.png"):
            with pytest.raises(RemoteError, match=str(path)) as refused:
                page.call("services.tray.show", str(path))
            assert refused.value.code == "invalid_arguments"


def test_without_a_bus_every_answer_is_an_error_with_a_remedy(
    monkeypatch: pytest.MonkeyPatch, icon: Path
) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/nonexistent")
    app = App("Tray")
    with TestClient(app) as page:
        for call, argument in (("tray.show", str(icon)), ("notifications.show", "x")):
            with pytest.raises(RemoteError, match="dbus-run-session") as refused:
                page.call(f"services.{call}", argument)
            assert refused.value.code == "unsupported"
        assert "session bus" in app.can("notifications").reason


def test_icon_comes_back_with_the_panel_and_goes_when_hidden(bus: Bus, icon: Path) -> None:
    app = App("Tray")
    with TestClient(app) as page:
        with Desktop(bus, "tray") as desktop:
            page.call("services.tray.show", str(icon))
            desktop.expect("tray")
        with Desktop(bus, "tray") as desktop:
            desktop.expect("tray")
        page.call("services.tray.hide")
        with Desktop(bus, "tray") as desktop:
            page.call("services.tray.show", str(icon))
            desktop.expect("tray")


def test_close_to_tray_hides_the_window_and_a_click_brings_it_back(bus: Bus, icon: Path) -> None:
    app = App("Tray")
    states = listening(app, "window.state")

    @app.expose
    async def begin() -> None:
        await app.tray.show(icon)
        app.tray.keep_running()
        app.window().close()

    with Desktop(bus, "tray") as desktop, TestClient(app) as page:
        page.call("begin")
        shown = desktop.expect("tray")
        assert states.get(timeout=20)[1]["visible"] is False
        where = {"name": shown["name"], "path": "/StatusNotifierItem", "interface": ITEM}
        desktop.do(kind="call", **where, member="Activate", signature="ii", body=[0, 0])
        assert states.get(timeout=20)[1]["visible"] is True
        assert [window.label for window in app.windows] == ["main"]


def test_notification_is_clicked_and_leads_to_a_page(bus: Bus) -> None:
    app = App("Notes")
    heard = listening(app, "notifications.click")

    @app.expose
    async def tell() -> int:
        return await app.notifications.show(
            "Done", "All of it", actions=[Action("again", "Again")], url="/done", urgent=True
        )

    with Desktop(bus, "notifications") as desktop, TestClient(app) as page:
        assert app.can("notifications.actions")
        assert not app.can("notifications.launch")
        key = page.call("tell")
        shown = desktop.expect("notification")
        assert (shown["title"], shown["body"], shown["urgency"]) == ("Done", "All of it", 2)
        assert shown["actions"] == ["default", "", "action-again", "Again"]
        click = {"kind": "signal", "path": "/org/freedesktop/Notifications",
                 "interface": NOTIFICATIONS, "member": "ActionInvoked", "signature": "us"}  # fmt: skip
        desktop.do(**click, body=[shown["id"], "default"])
        told = ("notifications.click", {"key": key, "action": None, "url": "/done"})
        assert heard.get(timeout=20) == told
        assert str(page.engine.windows[1]["url"]).endswith("/done")
        second = page.call("tell")
        shown = desktop.expect("notification")
        desktop.do(**click, body=[shown["id"], "action-again"])
        assert heard.get(timeout=20)[1] == {"key": second, "action": "again", "url": "/done"}
        third = page.call("tell")
        shown = desktop.expect("notification")
        page.call("services.notifications.withdraw", third)
        assert desktop.expect("withdrawn")["id"] == shown["id"]


def test_click_leads_to_the_window_it_names_and_to_no_other(bus: Bus) -> None:
    app = App("Notes")
    heard = listening(app, "notifications.click")

    @app.expose
    async def tell() -> None:
        window = app.open_window("second", url="/")
        await app.notifications.show("Done", url="/done", window=window)
        await app.notifications.show("Gone", url="/gone", window=app.open_window("third", url="/"))
        app.window("third").close(force=True)

    with Desktop(bus, "notifications") as desktop, TestClient(app) as page:
        page.call("tell")
        for shown in (desktop.expect("notification"), desktop.expect("notification")):
            desktop.do(
                kind="signal", path="/org/freedesktop/Notifications", interface=NOTIFICATIONS,
                member="ActionInvoked", signature="us", body=[shown["id"], "default"],
            )  # fmt: skip
            heard.get(timeout=60)
        addresses = [str(options["url"]) for options in page.engine.windows.values()]
    # The window of the second has gone: its click is told, and leads nowhere.
    assert [address.rpartition("/")[2] for address in addresses] == ["", "done"]


def test_handler_on_the_loop_hears_of_a_menu(bus: Bus, icon: Path) -> None:
    app = App("Tray")
    heard: Queue[str] = Queue()

    @app.on_start
    def ready() -> None:
        @app.menus.on_click("go")
        async def go(event: Event) -> None:
            heard.put(event.data["id"])

    with Desktop(bus, "tray") as desktop, TestClient(app) as page:
        page.call("services.tray.show", str(icon), {"items": [{"label": "Go", "id": "go"}]})
        shown = desktop.expect("tray")
        desktop.do(kind="choose", name=shown["name"], number=shown["menu"]["children"][0]["number"])
        assert heard.get(timeout=20) == "go"
