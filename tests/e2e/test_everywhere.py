"""Every service, from everywhere: on a machine that has nothing, and on one where nobody answers."""

from __future__ import annotations

import asyncio
import base64
import sys
from collections.abc import Callable, Mapping
from inspect import get_annotations, isfunction
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from e2e.desktop import Bus, Desktop
from pytron import App
from pytron.answer import Answer
from pytron.errors import CODES, CallError, PytronError
from pytron.services.desk import SERVICES
from pytron.services.exposed import functions_of
from pytron.testing import RemoteError, TestClient

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a bare machine is made for Linux")

FILE = "FILE"  # stands for a file that is there
#: A picture of one pixel.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
#: Every method that gives an answer, and arguments that fit.
CALLS: Mapping[str, tuple[Any, ...]] = {
    "autostart.disable": (),
    "autostart.enable": (["--hidden"],),
    "autostart.enabled": (),
    "badge.count": (1,),
    "badge.progress": (0.5,),
    "clipboard.clear": (),
    "clipboard.formats": (),
    "clipboard.read_files": (),
    "clipboard.read_html": (),
    "clipboard.read_image": (),
    "clipboard.read_text": (),
    "clipboard.watch": (True,),
    "clipboard.write_files": ([FILE],),
    "clipboard.write_html": ("<b>x</b>",),
    "clipboard.write_image": (PNG,),
    "clipboard.write_text": ("x",),
    "dialogs.confirm": ("?",),
    "dialogs.message": ("?",),
    "dialogs.open_file": (),
    "dialogs.open_files": (),
    "dialogs.open_folder": (),
    "dialogs.prompt": ("?",),
    "dialogs.save_file": (),
    "downloads.accept": (1, FILE),
    "downloads.cancel": (1,),
    "downloads.save": ("/file.txt",),
    "links.opened": (),
    "links.register_scheme": ("notes",),
    "links.register_files": (["note"],),
    "links.unregister": (),
    "menus.popup": ([],),
    "menus.set": ([],),
    "menus.update": ("open",),
    "notifications.register": (),
    "notifications.show": ("title",),
    "notifications.unregister": (),
    "notifications.withdraw": (1,),
    "opener.file": (FILE,),
    "opener.reveal": (FILE,),
    "opener.trash": (FILE,),
    "opener.url": ("https://example.org/",),
    "secrets.delete": ("key",),
    "secrets.get": ("key",),
    "secrets.set": ("key", "value"),
    "shortcuts.register": ("show", "F9"),
    "shortcuts.unregister": ("show",),
    "system.accent": (),
    "system.idle_s": (),
    "system.locale": (),
    "system.online": (),
    "system.power": (),
    "system.screens": (),
    "system.watch": (),
    "tray.hide": (),
    "tray.show": (FILE,),
    "windows.attention": (),
    "windows.carry": ([FILE],),
    "windows.drag": (),
    "windows.pdf": (FILE,),
    "windows.print": (),
    "windows.resize": ("n",),
    "windows.toggle_maximized": (),
}
NAMED: Mapping[str, Mapping[str, Any]] = {
    "links.register_files": {"mime": "application/x-note", "name": "Note"}
}
#: What needs neither a desktop nor programs.
ALWAYS = frozenset(
    {"autostart.disable", "autostart.enable", "autostart.enabled", "downloads.save",
     "links.opened", "links.unregister", "opener.trash", "system.locale", "system.online",
     "system.power", "system.watch", "tray.hide", "notifications.unregister",
     "notifications.withdraw", "windows.toggle_maximized"}
)  # fmt: skip


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without a bus, a display, a keychain and programs; its one file."""
    from keyring import core
    from keyring.backends.fail import Keyring

    for name in ("DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus")
    for name in ("HOME", "PATH", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"):
        folder = tmp_path / name.lower()
        folder.mkdir()
        monkeypatch.setenv(name, str(folder))
    monkeypatch.setattr(core, "_keyring_backend", Keyring())
    file = tmp_path / "file.txt"
    file.write_text("x", "utf-8")
    return file


def given(name: str, file: Path) -> list[Any]:
    """The arguments of a call; each time with a file that is there, for one goes to the trash."""
    file.touch()

    def real(value: Any) -> Any:
        if value == FILE:
            return file
        return [real(item) for item in value] if isinstance(value, list) else value

    return [real(value) for value in CALLS[name]]


def asking(app: App[Any], file: Path) -> Callable[[str], Answer[Any]]:
    def ask(name: str) -> Answer[Any]:
        service, _, method = name.partition(".")
        kind = SERVICES.find(service)
        return getattr(app.service(kind), method)(*given(name, file), **NAMED.get(name, {}))

    return ask


def check(name: str, error: PytronError | None) -> None:
    """A machine that has nothing gives what is always there, and refuses the rest with reasons."""
    if name in ALWAYS:
        assert error is None, (name, error)
        return
    assert error is not None, f"{name} says that it is done"
    assert error.code in ("unsupported", "closed"), (name, error)
    assert error.code in CODES
    assert len(str(error)) > 20, f"{name} says too little: {error}"


def ended(answer: Answer[Any]) -> PytronError | None:
    """How an answer ends, for a thread that must not wait for it."""
    there = Event()
    answer.when_done(there.set)
    assert there.wait(60), f"{answer.what} hangs"
    try:
        answer.result()
    except PytronError as error:
        return error
    return None


def test_table_has_every_function_of_pages() -> None:
    pages = {name.removeprefix("services.") for name in functions_of(None)}
    assert sorted(pages - set(CALLS)) == ["can"]  # it always answers: below


def test_table_has_every_method_that_answers() -> None:
    found = {
        f"{service}.{name}"
        for service in SERVICES.names()
        for name, method in vars(SERVICES.find(service)).items()
        if isfunction(method)
        and not name.startswith("_")
        and "Answer[" in str(get_annotations(method).get("return"))
    }
    assert found <= set(CALLS)


def test_page_is_told_what_a_bare_machine_can(bare: Path) -> None:
    del bare
    with TestClient(App("Bare"), timeout_s=60) as page:
        for name in CALLS:
            told = page.call("services.can", name)
            assert told["possible"] or len(told["reason"]) > 20, (name, told)
        assert page.call("services.can", "notifications.show")["possible"] is False
        assert page.call("services.can", "downloads.save")["possible"] is True
        for unknown in ("", ".", "no.such", "services.can", "__class__.mro", "windows.__init__"):
            assert page.call("services.can", unknown)["possible"] is False


@pytest.mark.parametrize("name", CALLS)
def test_bare_machine_answers_everywhere(bare: Path, name: str) -> None:
    app = App("Bare")
    ask = asking(app, bare)

    @app.expose
    def on_a_worker() -> None:
        ask(name).result(60)

    @app.expose
    async def on_the_loop() -> None:
        await ask(name)

    @app.expose
    async def twice() -> list[str]:
        async def one() -> None:
            await ask(name)

        found = await asyncio.gather(one(), one(), return_exceptions=True)
        return [error.code for error in found if isinstance(error, PytronError)]

    with TestClient(app, timeout_s=60) as page:
        check(name, ended(ask(name)))
        calls: list[tuple[str, list[Any]]] = [("on_a_worker", []), ("on_the_loop", [])]
        if f"services.{name}" in functions_of(None):
            arguments = [_plain(value) for value in given(name, bare)]
            calls.append((f"services.{name}", arguments))
        for call, arguments in calls:
            bare.touch()
            try:
                page.call(call, *arguments)
            except RemoteError as error:
                check(name, CallError(str(error), code=error.code))
            else:
                check(name, None)
        assert len(page.call("twice")) == (0 if name in ALWAYS - {"opener.trash"} else 2) or (
            name == "opener.trash"  # there is one file, and two want it
        )


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, Path) else value


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in CALLS
        if (name == "menus.popup" or name.partition(".")[0] in ("dialogs", "windows"))
        and name not in ALWAYS
    ],
)
def test_window_that_closes_ends_what_waits_for_it(bare: Path, name: str) -> None:
    app = App("Bare")
    service, _, method = name.partition(".")
    kind = SERVICES.find(service)
    wire = f"{kind.wire or service}.{kind.asks.get(method, method)}"

    @app.expose
    async def close_in_the_middle() -> str:
        window = app.open_window("asking")
        call = getattr(app.service(kind), method)
        answer = call(*given(name, bare), window=window)
        window.close(force=True)
        try:
            await answer
        except CallError as error:
            return error.code
        return "done"

    with TestClient(app, timeout_s=60) as page:
        page.engine.silent.add(wire)
        assert page.call("close_in_the_middle") == "closed"


def test_download_that_nobody_can_be_asked_about_fails_with_the_reason(bare: Path) -> None:
    del bare
    app = App("Bare")

    @app.asset("file.txt")
    def file() -> bytes:
        return b"x"

    with TestClient(app, timeout_s=60) as page:
        page.subscribe("download.*")
        keys = [page.call("services.downloads.save", "/file.txt") for _ in range(2)]
        failed: dict[int, str] = {}
        while len(failed) < 2:
            name, data = page.event()
            assert name in ("download.started", "download.failed")
            if name == "download.failed":
                failed[data["key"]] = data["error"]
    assert sorted(failed) == sorted(keys)
    for error in failed.values():
        assert error.startswith("nobody could be asked where file.txt goes: ")
        assert "dialogs.save" in error


def test_desktop_that_hangs_is_given_up_in_time(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = App("Hanging")
    ask = asking(app, bare)
    names = ("notifications.show", "tray.show", "opener.reveal", "shortcuts.register")

    @app.expose
    async def all_at_once() -> list[str]:
        async def one(name: str) -> None:
            await ask(name)

        found = await asyncio.gather(*map(one, names), return_exceptions=True)
        return [getattr(error, "code", repr(error)) for error in found]

    with Bus() as bus, Desktop(bus, "tray", "notifications", "files", "portal") as desktop:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
        monkeypatch.setenv("WAYLAND_DISPLAY", "of-this-test")
        desktop.freeze()
        with TestClient(app, timeout_s=60) as page:
            # reveal tries the folder instead, for which there is no program
            assert page.call("all_at_once") == ["timeout", "timeout", "unsupported", "timeout"]
            assert "did not answer" in app.can("tray").reason
