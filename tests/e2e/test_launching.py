"""Clicks on notifications that start the app which showed them: by a bus that starts programs."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
from e2e.desktop import NOTIFICATIONS, Bus, Desktop
from pytron import App, CallError
from pytron.answer import Answer
from pytron.services.launch import Click, read, secret_of
from pytron.services.linux.scope import named
from pytron.testing import TestClient

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="D-Bus is Linux's")

ID = "dev.pytron.bell"
PAGE = """<!doctype html><meta charset="utf-8"><title>Bell</title><script type="module">
import pytron from "/_pytron/client.js";
await pytron.call("arrived", [location.pathname]);
</script>"""
#: What it does it says over a socket: the bus starts it, and nobody has its output.
PROGRAM = """
import json, os, socket, sys
from pathlib import Path
from pytron import App
from pytron.services.notifications import Action

app = App("Bell", app_id="dev.pytron.bell", frontend="page", single_instance=True)
line = socket.socket(socket.AF_UNIX)
line.connect(str(Path(__file__).with_name("line")))

def say(*words):
    line.sendall(json.dumps(words).encode() + b"\\n")

@app.expose
async def arrived(path):
    say("page", path)
    if sys.argv[1:] == ["--show"]:
        await app.notifications.register()
        say("can", app.can("notifications.launch").possible)
        icon = Path(__file__).with_name("icon.png")
        reply = Action("reply", "Reply")
        await app.notifications.show("Post", "for you", actions=[reply], url="/inbox", icon=icon)
        app.quit()

@app.on("notifications.click")
def clicked(event):
    say("click", event.data)

@app.on("instance.started")
def started(event):
    say("started", event.data["args"])
    if event.data["args"] == ["--quit"]:
        app.quit()

if __name__ == "__main__":
    say("begins", os.getpid())
    raise SystemExit(app.run())
"""


class Line:
    """What the apps of a test say, each by a connection of its own."""

    def __init__(self, place: Path) -> None:
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(place))
        self._listener.listen()
        self._listener.settimeout(60)

    def app(self) -> Iterator[list[Any]]:
        """What the next app says, until it ends."""
        peer, _ = self._listener.accept()
        peer.settimeout(60)
        return self._read(peer)

    def _read(self, peer: socket.socket) -> Iterator[list[Any]]:
        with peer, peer.makefile("r", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)

    def close(self) -> None:
        """Listen no more."""
        self._listener.close()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's own folders, and the program in them."""
    for name, folder in (("XDG_DATA_HOME", "data"), ("XDG_CONFIG_HOME", "config"),
                         ("XDG_RUNTIME_DIR", "run"), ("HOME", "home")):  # fmt: skip
        (tmp_path / folder).mkdir(mode=0o700)
        monkeypatch.setenv(name, str(tmp_path / folder))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    page = tmp_path / "page" / "index.html"
    page.parent.mkdir()
    page.write_text(PAGE, "utf-8")
    (tmp_path / "app.py").write_text(textwrap.dedent(PROGRAM), "utf-8")
    (tmp_path / "icon.png").write_bytes(b"a picture")
    return tmp_path


@pytest.fixture
def bus(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bus]:
    del home  # it must be there: the bus looks into it
    with Bus() as made:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", made.address)
        yield made


@pytest.fixture
def line(home: Path) -> Iterator[Line]:
    made = Line(home / "line")
    yield made
    made.close()


def said(app: Iterator[list[Any]], kind: str) -> Any:
    """The next thing of a kind that an app says."""
    return next(words[1] for words in app if words[0] == kind)


def click(desktop: Desktop, target: str) -> None:
    """What a portal does when a notification was clicked whose action begins with `app.`."""
    desktop.do(
        kind="call", name=ID, path="/dev/pytron/bell", interface="org.freedesktop.Application",
        member="ActivateAction", signature="sava{sv}", body=["notification", [["s", target]], {}],
    )  # fmt: skip


@pytest.mark.parametrize("portal", ["portal", "old portal"])
def test_click_starts_the_app_that_has_ended_at_its_page(
    home: Path, bus: Bus, line: Line, portal: str
) -> None:
    program = [sys.executable, str(home / "app.py")]
    with Desktop(bus, portal, "units") as desktop:
        with subprocess.Popen([*program, "--show"]) as first:
            shows = line.app()
            assert said(shows, "can") is True
            assert first.wait(60) == 0
        if portal == "portal":
            assert desktop.expect("registered")["app"] == ID
        else:
            scope = {"unit": f"app-pytron-{ID}-{first.pid}.scope", "PIDs": [first.pid]}
            assert desktop.expect("scope") == {"kind": "scope", "mode": "fail", **scope}
        shown = desktop.expect("lasting")
        assert (shown["title"], shown["body"], shown["icon"]) == ("Post", "for you", True)
        assert shown["default-action"] == "app.notification"
        click(desktop, shown["default-action-target"])
        second = line.app()
        assert said(second, "begins") != first.pid
        # The start page may say that it is there, or the click's page take its place before.
        wanted: list[list[Any]] = [
            ["click", {"key": 1, "action": None, "url": "/inbox"}],
            ["page", "/inbox"],
        ]
        while wanted:
            words = next(second)
            if words in wanted:
                wanted.remove(words)
        # It runs now: the same click reaches it, and nothing is started.
        (button,) = shown["buttons"]
        assert button["label"] == "Reply"
        click(desktop, button["target"])
        assert said(second, "click") == {"key": 1, "action": "reply", "url": "/inbox"}
        click(desktop, shown["default-action-target"].replace("inbox", "other"))
        subprocess.run([*program, "--quit"], timeout=60, check=True)
        # The forged click was told to nobody before.
        assert [words for words in second if words[0] == "click"] == []


def test_launcher_reaches_the_app_that_runs(home: Path, bus: Bus, line: Line) -> None:
    program = [sys.executable, str(home / "app.py")]
    with Desktop(bus, "portal") as desktop:
        with subprocess.Popen([*program, "--show"]) as first:
            assert said(line.app(), "can") is True
            assert first.wait(60) == 0
        entry = home / "data" / "applications" / f"{ID}.desktop"
        assert "DBusActivatable=true" in entry.read_text("utf-8").splitlines()
        asked = {"kind": "call", "name": ID, "path": "/dev/pytron/bell",
                 "interface": "org.freedesktop.Application"}  # fmt: skip
        desktop.do(**asked, member="Activate", signature="a{sv}", body=[{}])
        started = line.app()
        assert said(started, "started") == []
        desktop.do(**asked, member="Open", signature="asa{sv}", body=[["--quit"], {}])
        assert said(started, "started") == ["--quit"]
        assert list(started) == []


def waited(answer: Answer[Any]) -> Any:
    """What it gives: the main thread of a test may not wait for it itself."""
    with ThreadPoolExecutor(1) as worker:
        return worker.submit(answer.result, 60).result(60)


def test_registering_is_taken_back(home: Path, bus: Bus) -> None:
    app = App("Bell", app_id=ID, single_instance=True)
    folder = home / "data"
    with (
        Desktop(bus, "portal", "notifications") as desktop,
        TestClient(app),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(sys.modules["__main__"], "__file__", str(home / "app.py"))
        patch.setattr(sys.modules["__main__"], "__spec__", None)
        assert app.can("notifications.register")
        assert "register()" in app.can("notifications.launch").reason
        waited(app.notifications.show("before"))
        assert desktop.expect("notification")["title"] == "before"
        waited(app.notifications.register())
        assert app.can("notifications.launch")
        key = waited(app.notifications.show("lasting"))
        assert desktop.expect("lasting")["id"] == str(key)
        waited(app.notifications.withdraw(key))
        assert desktop.expect("removed")["id"] == str(key)
        waited(app.links.register_scheme("bell"))
        waited(app.notifications.unregister())
        entry = folder / "applications" / f"{ID}.desktop"
        text = entry.read_text("utf-8")
        assert "x-scheme-handler/bell" in text
        assert "DBusActivatable" not in text
        waited(app.notifications.register())
        waited(app.links.unregister())
        assert "DBusActivatable=true" in entry.read_text("utf-8")
        waited(app.notifications.unregister())
        assert not entry.exists()
        assert list((folder / "dbus-1" / "services").iterdir()) == []


@pytest.mark.usefixtures("bus")
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"app_id": ID}, "single_instance=True"),
        ({"app_id": "bell", "single_instance": True}, "org.example.notes"),
        ({"app_id": ID, "single_instance": True}, "xdg-desktop-portal"),
    ],
)
def test_what_cannot_start_the_app_is_said(options: dict[str, Any], words: str) -> None:
    app = App("Bell", **options)
    with TestClient(app):
        said = app.can("notifications.launch")
        assert not said
        assert words in said.reason
        with pytest.raises(CallError, match=words) as refused:
            waited(app.notifications.register())
        assert refused.value.code == "unsupported"


@pytest.mark.parametrize(
    ("services", "words"),
    [
        (["oldest portal", "units"], "1.14"),
        (["old portal"], "systemd"),
        (["old portal", "failing units"], "failed"),
    ],
)
def test_portal_that_does_not_learn_who_asks_shows_nothing_lasting(
    home: Path, bus: Bus, services: list[str], words: str, caplog: pytest.LogCaptureFixture
) -> None:
    app = App("Bell", app_id=ID, single_instance=True)
    clicked: Queue[Any] = Queue()
    app.on("notifications.click", lambda event: clicked.put(event.data))
    service = home / "data" / "dbus-1" / "services" / f"{ID}.service"
    service.parent.mkdir(parents=True)
    service.write_text(f"[D-BUS Service]\nName={ID}\nExec=/bin/false\n")  # a package's
    with Desktop(bus, *services, "notifications") as desktop, TestClient(app):
        if "failing units" not in services:  # which it tells only when it is asked
            assert words in app.can("notifications.launch").reason
            with pytest.raises(CallError, match=re.escape(words)) as refused:
                waited(app.notifications.register())
            assert refused.value.code == "unsupported"
        key = waited(app.notifications.show("While it runs"))
        assert words in caplog.text
        shown = desktop.expect("notification")
        desktop.do(
            kind="signal", path="/org/freedesktop/Notifications", interface=NOTIFICATIONS,
            member="ActionInvoked", signature="us", body=[shown["id"], "default"],
        )  # fmt: skip
        assert clicked.get(timeout=60) == {"key": key, "action": None, "url": None}


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("app.slice/app-gnome-dev.pytron.bell-4711.scope", True),
        ("app.slice/app-dev.pytron.bell@8a2f.service", True),
        ("app.slice/app-KDE.slice/app-dev.pytron.bell.service", True),
        ("app.slice/app-gnome-dev.pytron.belly-4711.scope", False),
        ("app.slice/app-gnome-devxpytron.bell-4711.scope", False),
        ("app.slice/dbus-:1.2-dev.pytron.bell@0.service", False),
        ("app.slice/vte-spawn-1.scope/app-dev.pytron.bell-1.scope", False),
    ],
)
def test_unit_names_the_app(unit: str, expected: bool) -> None:
    above = "/user.slice/user-1000.slice/user@1000.service"
    assert named(ID, f"1:name=systemd:/\n0::{above}/{unit}\n") is expected
    assert not named(ID, f"0::/user.slice/user-1000.slice/session-2.scope/{unit}\n")


def test_address_of_a_click_cannot_be_made_by_others(tmp_path: Path) -> None:
    secret = secret_of(tmp_path)
    assert secret_of(tmp_path) == secret
    assert (tmp_path / "notifications.key").stat().st_mode & 0o077 == 0
    made = Click(7, "run", "main", "/a b?c=d&sign=e", "ö")
    address = made.address(ID, secret)
    assert read(address, ID, secret) == made
    for wrong in (
        address.replace("key=7", "key=8"),
        address + "0",
        address.partition("&sign=")[0],
        f"x-pytron-{ID}:click",
        "https://example.com/",
        "",
    ):
        assert read(wrong, ID, secret) is None, wrong
    assert read(address, "dev.pytron.other", secret) is None
    assert read(address, ID, b"another") is None
    (tmp_path / "notifications.key").write_bytes(b"cut off")
    assert len(secret_of(tmp_path)) == 32
