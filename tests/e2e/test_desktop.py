"""Dock, file manager and portal for real: over a bus of the tests' own, without a window."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import pytest
from e2e.desktop import Bus, Desktop
from e2e.portals import GLOBAL_SHORTCUTS
from e2e.test_everywhere import ended
from pytron import App
from pytron.errors import CallError
from pytron.testing import RemoteError, TestClient

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="D-Bus is Linux's")


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Bus]:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path / "system"))
    with Bus() as made:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", made.address)
        yield made


# --- the dock -------------------------------------------------------------------------------------


def install(tmp_path: Path, app: App[Any]) -> None:
    """What a package installs: an entry by which docks know the app."""
    entry = tmp_path / "system" / "applications" / f"{app.id}.desktop"
    entry.parent.mkdir(parents=True)
    entry.write_text("[Desktop Entry]\n", "utf-8")


def test_dock_shows_number_and_progress_until_the_app_ends(bus: Bus, tmp_path: Path) -> None:
    app = App("Mail", app_id="dev.pytron.mail")
    install(tmp_path, app)
    with Desktop(bus, "dock") as desktop:
        with TestClient(app) as page:
            assert app.can("badge.count")
            page.call("services.badge.count", 3)
            shown = desktop.expect("badge")
            assert shown["uri"] == "application://dev.pytron.mail.desktop"
            assert (shown["count"], shown["count-visible"]) == (3, True)
            page.call("services.badge.progress", 0.5)
            shown = desktop.expect("badge")
            assert (shown["progress"], shown["progress-visible"]) == (0.5, True)
            assert shown["count"] == 3
            page.call("services.badge.count", None)
            assert desktop.expect("badge")["count-visible"] is False
        gone = desktop.expect("badge")
        assert (gone["count-visible"], gone["progress-visible"]) == (False, False)


def test_badge_that_nobody_shows_is_no_success(bus: Bus, tmp_path: Path) -> None:
    app = App("Mail", app_id="dev.pytron.mail")
    with TestClient(app) as page:
        with pytest.raises(RemoteError, match="no dock here") as refused:
            page.call("services.badge.count", 3)
        assert refused.value.code == "unsupported"
        with Desktop(bus, "dock"):
            with pytest.raises(RemoteError, match=r"dev\.pytron\.mail\.desktop"):
                page.call("services.badge.progress", 1)
            assert not app.can("badge")
            install(tmp_path, app)
            assert app.can("badge")
        for wrong in ((-1, "count"), (1.5, "progress")):
            with pytest.raises(RemoteError, match="from 0 to") as bad:
                page.call(f"services.badge.{wrong[1]}", wrong[0])
            assert bad.value.code == "invalid_arguments"


# --- the file manager -----------------------------------------------------------------------------


def test_file_is_shown_selected_by_the_file_manager(bus: Bus, tmp_path: Path) -> None:
    note = tmp_path / "a note.txt"
    note.write_text("x", "utf-8")
    with Desktop(bus, "files") as desktop, TestClient(App("Notes")) as page:
        page.call("services.opener.reveal", str(note))
        assert desktop.expect("revealed")["uris"] == [note.as_uri()]


@pytest.mark.usefixtures("bus")
def test_without_a_file_manager_on_the_bus_the_folder_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools, opened = tmp_path / "bin", tmp_path / "opened"
    tools.mkdir()
    program = tools / "xdg-open"
    program.write_text(f'#!/bin/sh\nprintf %s "$1" > {opened}\n', "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tools), prepend=":")
    note = tmp_path / "note"
    note.write_text("x", "utf-8")
    with TestClient(App("Notes")) as page:
        page.call("services.opener.reveal", str(note))
        assert opened.read_text("utf-8") == str(tmp_path)
        with pytest.raises(RemoteError, match="does not exist"):
            page.call("services.opener.reveal", str(tmp_path / "none"))


# --- shortcuts on Wayland -------------------------------------------------------------------------


@pytest.fixture
def wayland(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-of-this-test")


def press(session: str, identity: str) -> dict[str, Any]:
    return {
        "kind": "signal", "path": "/org/freedesktop/portal/desktop",
        "interface": GLOBAL_SHORTCUTS, "member": "Activated", "signature": "osta{sv}",
        "body": [session, identity, 0, {}],
    }  # fmt: skip


@pytest.mark.usefixtures("wayland")
def test_shortcut_is_what_the_compositor_answers(bus: Bus) -> None:
    app = App("Player", app_id="dev.pytron.player")
    pressed: Queue[tuple[str, Any]] = Queue()
    app.on("shortcuts.pressed", lambda event: pressed.put(event.data))
    with Desktop(bus, "portal") as desktop, TestClient(app) as page:
        assert app.can("shortcuts.register")
        register = "services.shortcuts.register"
        page.call(register, "play", "CmdOrCtrl+Shift+K", {"description": "Play or pause"})
        assert desktop.expect("registered")["app"] == "dev.pytron.player"
        asked = desktop.expect("bind")
        looks = {"description": "Play or pause", "preferred_trigger": "CTRL+SHIFT+k"}
        assert asked["shortcuts"] == [["play", looks]]
        desktop.do(**press(asked["session"], "play"))
        assert pressed.get(timeout=60) == {"id": "play"}
        for wish, code, words in (
            ("forbidden", "cancelled", "did not agree"),
            ("taken", "unsupported", "did not give"),
        ):
            with pytest.raises(RemoteError, match=words) as refused:
                page.call(register, "other", "F9", {"description": wish})
            assert refused.value.code == code
            desktop.expect("session closed")
        page.call("services.shortcuts.unregister", "play")
        desktop.expect("session closed")


def heard(desktop: Desktop, signal: Mapping[str, Any], pressed: Queue[Any]) -> Any:
    """Press until it is heard: the app may still be reading the answer to its question."""
    for _ in range(600):
        desktop.do(**signal)
        with contextlib.suppress(Empty):
            return pressed.get(timeout=0.1)
    raise AssertionError("no press is heard")


@pytest.mark.usefixtures("wayland")
def test_shortcuts_outlive_the_portal(bus: Bus, caplog: pytest.LogCaptureFixture) -> None:
    app = App("Player", app_id="dev.pytron.player")
    pressed: Queue[Any] = Queue()
    app.on("shortcuts.pressed", lambda event: pressed.put(event.data))
    with TestClient(app) as page:
        with Desktop(bus, "portal") as first:
            page.call("services.shortcuts.register", "play", "F9")
            page.call("services.shortcuts.register", "stop", "F10")
            gone = first.expect("bind")["session"]
            page.call("services.shortcuts.unregister", "stop")
        with Desktop(bus, "portal") as second:
            assert second.expect("registered")["app"] == "dev.pytron.player"
            asked = second.expect("bind")
            looks = {"description": "play", "preferred_trigger": "F9"}
            assert asked["shortcuts"] == [["play", looks]]
            assert asked["session"] != gone
            assert heard(second, press(asked["session"], "play"), pressed) == {"id": "play"}
            page.call("services.shortcuts.unregister", "play")
            second.expect("session closed")
        page.call("services.shortcuts.unregister", "play")
    assert not caplog.records


@pytest.mark.usefixtures("wayland")
def test_a_portal_that_ends_before_it_answers_is_said(bus: Bus) -> None:
    app = App("Player", app_id="dev.pytron.player")
    with TestClient(app, timeout_s=60) as page:
        with Desktop(bus, "portal") as desktop:
            answer = app.shortcuts.register("play", "F9", description="hanging")
            desktop.expect("bind")
            assert app.can("shortcuts.register")  # answered after the binding was taken on
        error = ended(answer)
        assert error is not None
        assert error.code == "unsupported"
        assert "ended before it answered BindShortcuts; ask once more" in str(error)
        with Desktop(bus, "portal"):
            page.call("services.shortcuts.register", "play", "F9")


@pytest.mark.usefixtures("wayland")
def test_a_portal_that_gives_no_shortcuts_any_more_is_said(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = App("Player", app_id="dev.pytron.player")
    said: Queue[str] = Queue()
    warning = "pytron.services.linux.shortcuts._log.warning"
    monkeypatch.setattr(warning, lambda text, *given: said.put(text % given))
    with TestClient(app) as page:
        with Desktop(bus, "portal"):
            page.call("services.shortcuts.register", "play", "F9")
        with Desktop(bus, "oldest portal"):
            told = said.get(timeout=60)
            assert "the shortcut 'play' is lost: Wayland lets no app grab keys, and" in told
        with Desktop(bus, "portal") as third:  # which gives what the one before did not
            assert third.expect("bind")["shortcuts"][0][0] == "play"


@pytest.mark.usefixtures("bus", "wayland")
def test_wayland_without_a_portal_is_said() -> None:
    app = App("Player")
    with TestClient(app) as page:
        assert "xdg-desktop-portal" in app.can("shortcuts.register").reason
        with pytest.raises(RemoteError, match="xdg-desktop-portal") as refused:
            page.call("services.shortcuts.register", "play", "Super+Space")
        assert refused.value.code == "unsupported"
        with pytest.raises(RemoteError, match="write modifiers") as wrong:
            page.call("services.shortcuts.register", "play", "Hyper+K")
        assert wrong.value.code == "invalid_arguments"


@pytest.mark.parametrize(
    ("keys", "trigger"),
    [
        ("CmdOrCtrl+Shift+K", "CTRL+SHIFT+k"),
        ("Alt+Super+F12", "ALT+LOGO+F12"),
        ("Ctrl + PageUp", "CTRL+Page_Up"),
        ("7", "7"),
    ],
)
def test_keys_are_written_as_the_portal_has_them(keys: str, trigger: str) -> None:
    from pytron.services.linux.shortcuts import trigger_of

    assert trigger_of(keys) == trigger


@pytest.mark.usefixtures("bus")
def test_who_has_left_the_bus_for_good_does_not_come_back() -> None:
    from pytron.services.linux.bus import Bus as Connection

    connection = Connection()
    assert connection.has("org.freedesktop.DBus")
    connection.close()
    with pytest.raises(CallError, match="the app ends") as late:
        connection.has("org.freedesktop.DBus")
    assert late.value.code == "closed"
