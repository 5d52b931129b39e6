"""A desktop of the tests' own: a bus, and on it a tray, a notification server and a portal.

Run as a program it is that desktop: `python desktop.py ADDRESS` serves on a bus, and writes what it
is asked to its output as JSON lines; lines of JSON on its input tell it what the user does.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from queue import Queue
from typing import Any

#: Found before a test takes programs away.
DAEMON = shutil.which("dbus-daemon") or "dbus-daemon"
WATCHER = "org.kde.StatusNotifierWatcher"
ITEM = "org.kde.StatusNotifierItem"
NOTIFICATIONS = "org.freedesktop.Notifications"

#: A bus that starts what the user has registered, and nothing of the machine's.
_RULES = """<busconfig>
<type>session</type><listen>unix:dir={folder}</listen><servicedir>{services}</servicedir>
<policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
</policy></busconfig>"""


class Bus:
    """A private bus daemon; its address is for `DBUS_SESSION_BUS_ADDRESS`."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="bus")
        rules = Path(self._folder.name) / "bus.conf"
        own = Path(os.environ.get("XDG_DATA_HOME", self._folder.name), "dbus-1", "services")
        rules.write_text(_RULES.format(folder=self._folder.name, services=own), "utf-8")
        command = [DAEMON, f"--config-file={rules}", "--nofork", "--print-address=1"]
        self._daemon = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._daemon.stdout is not None
        self.address = self._daemon.stdout.readline().strip()

    def __enter__(self) -> Bus:
        return self

    def __exit__(self, *_: object) -> None:
        self._daemon.terminate()
        self._daemon.communicate(timeout=10)
        self._folder.cleanup()


class Desktop:
    """The desktop's services in a process of their own."""

    def __init__(self, bus: Bus, *services: str) -> None:
        environment = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": bus.address}
        self._process = subprocess.Popen(
            [sys.executable, __file__, *services],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self._said: Queue[dict[str, Any]] = Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.expect("ready")

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._said.put(json.loads(line))

    def expect(self, kind: str, timeout_s: float = 20) -> dict[str, Any]:
        """The next thing of this kind that it was asked."""
        while True:
            said = self._said.get(timeout=timeout_s)
            if said["kind"] == kind:
                return said

    def do(self, **what: Any) -> None:
        """The user does something."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()

    def freeze(self) -> None:
        """From now on it has its names, and answers nobody."""
        self._process.send_signal(signal.SIGSTOP)

    def __enter__(self) -> Desktop:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.kill()
        self._process.wait(10)
        self._reader.join(10)
        self._process.stdin.close()
        self._process.stdout.close()


def _say(kind: str, **fields: Any) -> None:
    sys.stdout.write(json.dumps({"kind": kind, **fields}) + "\n")
    sys.stdout.flush()


class _Watcher:
    """Watches for tray icons, and shows them: a StatusNotifier host."""

    xml = ""

    def __init__(self, bus: Any) -> None:
        self._bus = bus
        bus.export("/StatusNotifierWatcher", self)
        bus.own(WATCHER)

    def properties(self, interface: str) -> Mapping[str, tuple[str, Any]] | None:
        return {"IsStatusNotifierHostRegistered": ("b", True)} if interface == WATCHER else None

    def call(self, _interface: str, member: str, body: Sequence[Any]) -> Any:
        if member != "RegisterStatusNotifierItem":
            return None
        threading.Thread(target=self._look, args=[body[0]]).start()
        return "", ()

    def _look(self, name: str) -> None:
        props = "org.freedesktop.DBus.Properties"
        (found,) = self._bus.call(name, "/StatusNotifierItem", props, "GetAll", "s", (ITEM,))
        looks = {key: value[1] for key, value in found.items()}
        pixmaps = [[w, h, len(data)] for w, h, data in looks.pop("IconPixmap")]
        _say("tray", name=name, pixmaps=pixmaps, menu=self._layout(name), **looks)

    def _layout(self, name: str) -> Any:
        menu = "com.canonical.dbusmenu"
        body = (0, -1, [])
        _, layout = self._bus.call(name, "/MenuBar", menu, "GetLayout", "iias", body)
        return _plain(layout)


def _plain(layout: Any) -> dict[str, Any]:
    number, looks, children = layout
    shown = {key: value[1] for key, value in looks.items()}
    return {"number": number, **shown, "children": [_plain(child[1]) for child in children]}


class _Notifications:
    xml = ""

    def __init__(self, bus: Any) -> None:
        self._serial = 0
        bus.export("/org/freedesktop/Notifications", self)
        bus.own(NOTIFICATIONS)

    def properties(self, _interface: str) -> None:
        return None

    def call(self, _interface: str, member: str, body: Sequence[Any]) -> Any:
        if member == "GetCapabilities":
            return "as", (["actions", "body"],)
        if member == "Notify":
            app, replaces, icon, title, text, actions, hints, _ = body
            self._serial = replaces or self._serial + 1
            urgency = hints["urgency"][1]
            fields = {"title": title, "body": text, "actions": actions, "urgency": urgency}
            _say("notification", id=self._serial, app=app, icon=icon, **fields)
            return "u", (self._serial,)
        if member == "CloseNotification":
            _say("withdrawn", id=body[0])
            return "", ()
        return None


class _Files:
    """A file manager."""

    xml = ""

    def __init__(self, bus: Any) -> None:
        bus.export("/org/freedesktop/FileManager1", self)
        bus.own("org.freedesktop.FileManager1")

    def properties(self, _interface: str) -> None:
        return None

    def call(self, _interface: str, member: str, body: Sequence[Any]) -> Any:
        if member != "ShowItems":
            return None
        _say("revealed", uris=body[0])
        return "", ()


class _Logind:
    """Knows the session of whoever asks."""

    xml = ""

    def __init__(self, bus: Any) -> None:
        bus.export("/org/freedesktop/login1", self)
        bus.own("org.freedesktop.login1")

    def properties(self, _interface: str) -> None:
        return None

    def call(self, _interface: str, member: str, _body: Sequence[Any]) -> Any:
        if member != "GetSessionByPID":
            return None
        _say("session asked")
        return "o", ("/org/freedesktop/login1/session/own",)


class _Dock:
    """A dock that shows numbers and progress on icons."""

    def __init__(self, bus: Any) -> None:
        bus.listen(self._updated, interface="com.canonical.Unity.LauncherEntry", member="Update")
        bus.own("com.canonical.Unity")

    def _updated(self, body: Sequence[Any]) -> None:
        _say("badge", uri=body[0], **{key: value[1] for key, value in body[1].items()})


def _struct(value: Any) -> Any:
    """JSON has no tuples: a variant that holds a struct gets one."""
    match value:
        case [str(signature), list(items)] if signature.startswith("("):
            return signature, tuple(items)
        case _:
            return value


def main() -> None:
    """Serve until the input ends."""
    from jeepney import HeaderFields, new_error
    from keychain import Keychain  # beside this file, which is run as a program
    from portals import FailingUnits, OldestPortal, OldPortal, Portal, Units
    from pytron.services.linux.bus import Bus as Plain

    class Connection(Plain):
        """Knows who asks, as the portal must."""

        asking = ""

        def _answer(self, message: Any) -> Any:
            sender = message.header.fields[HeaderFields.sender]
            self.asking = sender.lstrip(":").replace(".", "_")
            if message.body and message.body[0] == "dh-ietf1024-sha256-aes128-cbc-pkcs7":
                kind = "org.freedesktop.DBus.Error.NotSupported"  # the keychain speaks plainly
                return new_error(message, kind, "s", ("no such sessions",))
            return super()._answer(message)

    bus = Connection()
    made: dict[str, Any] = {
        "keychain": lambda bus: Keychain(bus, _say),
        "logind": _Logind,
        "tray": _Watcher,
        "notifications": _Notifications,
        "files": _Files,
        "dock": _Dock,
        "portal": lambda bus: Portal(bus, _say),
        "old portal": lambda bus: OldPortal(bus, _say),
        "oldest portal": lambda bus: OldestPortal(bus, _say),
        "units": lambda bus: Units(bus, _say),
        "failing units": lambda bus: FailingUnits(bus, _say),
    }
    for service in sys.argv[1:]:
        made[service](bus)
    _say("ready")
    for line in sys.stdin:
        what = json.loads(line)
        kind = what.pop("kind")
        if kind == "call":
            signature, body = what.get("signature", ""), what.get("body", [])
            bus.call(what["name"], what["path"], what["interface"], what["member"], signature, body)
        elif kind == "choose":
            event = (what["number"], "clicked", ("i", 0), 0)
            menu = "com.canonical.dbusmenu"
            bus.call(what["name"], "/MenuBar", menu, "Event", "isvu", event)
        elif kind == "signal":
            body = [_struct(value) for value in what["body"]]
            bus.emit(what["path"], what["interface"], what["member"], what["signature"], body)


if __name__ == "__main__":
    main()
