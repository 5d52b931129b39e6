"""The machine, its keychain and folders for real: over buses of the tests' own, without a window."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
from e2e.desktop import Bus, Desktop
from pytron import App
from pytron.testing import RemoteError, TestClient

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asked of Linux")
OWN = "/org/freedesktop/login1/session/own"


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bus]:
    with Bus() as made:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", made.address)
        yield made


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bus]:
    with Bus() as made:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", made.address)
        yield made


def listening(app: App[Any]) -> Queue[tuple[str, Any]]:
    heard: Queue[tuple[str, Any]] = Queue()
    app.on("system.*", lambda event: heard.put((event.name, event.data)))
    return heard


def signal(path: str, interface: str, member: str, signature: str, *body: Any) -> dict[str, Any]:
    return {
        "kind": "signal", "path": path, "interface": interface, "member": member,
        "signature": signature, "body": body,
    }  # fmt: skip


def changed(path: str, interface: str, **values: Any) -> dict[str, Any]:
    """Properties of an object have changed; each a signature and a value."""
    props = "org.freedesktop.DBus.Properties"
    return signal(path, props, "PropertiesChanged", "sa{sv}as", interface, values, [])


def test_sleep_lock_power_and_colour_are_told(session: Bus, system: Bus) -> None:
    app = App("System")
    heard = listening(app)
    manager = "org.freedesktop.login1.Manager"
    its = "org.freedesktop.login1.Session"
    with (
        Desktop(system, "logind") as logind,
        Desktop(session, "portal") as desktop,
        TestClient(app) as page,
    ):
        assert app.can("system.watch")
        page.call("services.system.watch")
        logind.expect("session asked")
        page.call("services.system.watch")  # once is enough
        place = "/org/freedesktop/login1"
        logind.do(**signal(place, manager, "PrepareForSleep", "b", True))
        logind.do(**signal(place, manager, "PrepareForSleep", "b", False))
        assert heard.get(timeout=60) == ("system.suspend", {})
        assert heard.get(timeout=60) == ("system.resume", {})
        # the lock of another user's session is none of ours
        logind.do(**changed(f"{OWN}2", its, LockedHint=("b", True)))
        logind.do(**changed(OWN, its, LockedHint=("b", True)))
        logind.do(**changed(OWN, its, LockedHint=("b", True)))
        logind.do(**changed(OWN, its, LockedHint=("b", False)))
        assert heard.get(timeout=60) == ("system.lock", {})
        assert heard.get(timeout=60) == ("system.unlock", {})
        upower = "org.freedesktop.UPower"
        logind.do(**changed("/org/freedesktop/UPower", upower, OnBattery=("b", True)))
        name, data = heard.get(timeout=60)
        assert (name, set(data)) == ("system.power", {"battery", "percent"})
        saver = "org.freedesktop.ScreenSaver"
        desktop.do(**signal("/ScreenSaver", saver, "ActiveChanged", "b", True))
        assert heard.get(timeout=60) == ("system.lock", {})
        settings = "org.freedesktop.portal.Settings"
        key = ("org.freedesktop.appearance", "accent-color")
        for colour, told in (((0.0, 0.5, 1.0), "#0080ff"), ((-1.0, -1.0, -1.0), None)):
            place = "/org/freedesktop/portal/desktop"
            body = (*key, ("(ddd)", colour))
            desktop.do(**signal(place, settings, "SettingChanged", "ssv", *body))
            assert heard.get(timeout=60) == ("system.accent", {"colour": told})
        assert page.call("services.system.accent") == "#ff8000"
        assert heard.empty()


def test_network_is_told_when_it_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    from pytron.services.linux import network

    states = iter([True, True, False, True])
    monkeypatch.setattr(network, "online", lambda: next(states))
    told: Queue[bool] = Queue()
    kernel, ours = socket.socketpair(type=socket.SOCK_DGRAM)
    with kernel:
        watch = network.Watch(told.put, ours)
        for _ in range(3):
            kernel.send(b"a route has changed")
        assert [told.get(timeout=60), told.get(timeout=60)] == [False, True]
        watch.close()


def test_kernel_is_asked_for_routes() -> None:
    from pytron.services.linux import network

    network.Watch(lambda _: None).close()


def supply(folder: Path, name: str, **values: str) -> None:
    (folder / name).mkdir()
    for key, value in values.items():
        (folder / name / key).write_text(f"{value}\n", "utf-8")


def test_power_is_what_the_kernel_says(tmp_path: Path) -> None:
    from pytron.services.linux.system import power

    assert power(tmp_path / "none") == {"battery": False, "percent": None}
    supply(tmp_path, "BAT0", type="Battery", capacity="50")
    supply(tmp_path, "BAT1", type="Battery", capacity="70")
    supply(tmp_path, "mouse", type="Battery", scope="Device", capacity="1")
    supply(tmp_path, "AC", type="Mains", online="0")
    assert power(tmp_path) == {"battery": True, "percent": 60.0}
    (tmp_path / "AC" / "online").write_text("1", "utf-8")
    assert power(tmp_path) == {"battery": False, "percent": 60.0}


@pytest.mark.parametrize(
    ("variables", "found"),
    [
        ({"LANG": "de_DE.UTF-8"}, "de-DE"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "pt_BR"}, "pt-BR"),
        ({"LANG": "ca_ES@valencia"}, "ca-ES"),
        ({"LANG": "C.UTF-8"}, "en"),
    ],
)
def test_locale_is_named_as_pages_do(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], found: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, variables.get(name, ""))
    with TestClient(App("System")) as page:
        assert page.call("services.system.locale") == found


def test_facts_of_this_machine_have_their_types() -> None:
    with TestClient(App("System")) as page:
        assert page.call("services.system.online") in (True, False)
        assert set(page.call("services.system.power")) == {"battery", "percent"}


# --- secrets --------------------------------------------------------------------------------------


@pytest.fixture
def keyring_of_the_desktop(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """keyring as it is in an app: it looks for a keychain at first use."""
    import keyring
    from keyring import core

    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.SecretService.Keyring")
    before = core._keyring_backend
    core._keyring_backend = None
    yield
    keyring.set_keyring(before) if before else setattr(core, "_keyring_backend", None)


def secret(app: App[Any]) -> Callable[..., Any]:
    @app.expose
    async def secret(do: str, *words: str) -> str | None:
        found: str | None = await getattr(app.secrets, do)(*words)
        return found

    return secret


@pytest.mark.usefixtures("keyring_of_the_desktop")
def test_secret_is_kept_by_the_keychain_under_the_id_of_the_app(session: Bus) -> None:
    app = App("Mail", app_id="dev.pytron.mail")
    secret(app)
    with Desktop(session, "keychain") as desktop, TestClient(app) as page:
        assert app.can("secrets")
        assert page.call("secret", "get", "token") is None
        page.call("secret", "set", "token", "s3cret ü")
        kept = desktop.expect("kept")["attributes"]
        assert (kept["service"], kept["username"]) == ("dev.pytron.mail", "token")
        assert page.call("secret", "get", "token") == "s3cret ü"
        page.call("secret", "delete", "token")
        page.call("secret", "delete", "token")
        assert page.call("secret", "get", "token") is None
        with pytest.raises(RemoteError) as refused:
            page.call("services.secrets.get", "token")
        assert refused.value.code == "unknown_function"


@pytest.mark.usefixtures("session")
def test_missing_keychain_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from keyring import core
    from keyring.backends.fail import Keyring

    monkeypatch.setattr(core, "_keyring_backend", Keyring())
    app = App("Mail")
    secret(app)
    with TestClient(app) as page:
        assert "gnome-keyring" in app.can("secrets").reason
        with pytest.raises(RemoteError, match="gnome-keyring") as refused:
            page.call("secret", "set", "token", "x")
        assert refused.value.code == "unsupported"


# --- folders --------------------------------------------------------------------------------------


def test_folders_of_the_app_keep_to_the_one_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTRON_DATA_FOLDER", str(tmp_path))
    app = App("Notes", app_id="dev.pytron.notes")
    with TestClient(app):
        own = [app.folders.data, app.folders.config, app.folders.cache, app.folders.logs]
        assert all(folder.is_dir() for folder in own)
        assert all(folder.is_relative_to(tmp_path / "dev.pytron.notes") for folder in own)
        assert len(set(own)) == 4


def test_folders_are_of_the_app_and_made_when_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in ("DATA", "CONFIG", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind.lower()))
    app = App("Notes", app_id="dev.pytron.notes")
    with TestClient(app):
        assert not list(tmp_path.iterdir())
        assert app.folders.data == tmp_path / "data" / "dev.pytron.notes"
        assert app.folders.config == tmp_path / "config" / "dev.pytron.notes"
        assert app.folders.cache == tmp_path / "cache" / "dev.pytron.notes"
        assert tmp_path in app.folders.logs.parents
        made = (app.folders.data, app.folders.config, app.folders.cache, app.folders.logs)
        assert all(folder.is_dir() for folder in made)
        assert app.folders.documents.is_absolute()
        assert app.folders.downloads.is_absolute()
