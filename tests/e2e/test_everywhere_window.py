"""Every service, from everywhere, over a real window on a machine that has a display and no more."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from e2e.driver import RunApp
from e2e.test_dialogs import PRESS
from e2e.test_everywhere import CALLS
from e2e.views import View

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a bare machine is made for Linux")

TESTS = Path(__file__).parents[1]
#: These wait for the user.
PATIENT = (
    *("dialogs.confirm", "dialogs.message", "dialogs.open_file", "dialogs.open_files"),
    *("dialogs.open_folder", "dialogs.prompt", "dialogs.save_file"),
)
#: These go by the button that the user holds or by a printer; tests of their own press it.
HELD = ("menus.popup", "windows.print", "windows.carry", "windows.drag", "windows.resize")
#: What was asked for does not exist, which no machine changes.
NOTHING_THERE = {
    "downloads.accept": "closed",
    "downloads.cancel": "closed",
    "menus.update": "invalid_arguments",
}
#: What has not been done is taken back without anybody's help.
TAKE_BACK = (
    *("links.unregister", "notifications.unregister", "notifications.withdraw"),
    *("shortcuts.unregister", "tray.hide"),
)
BARE = """
import os
from pathlib import Path
from pytron.errors import PytronError
from pytron.services.desk import SERVICES
from pytron.services.exposed import functions_of
from e2e.test_everywhere import NAMED, given

here = Path(__file__).parent / "bare"
for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"):
    (here / name).mkdir(parents=True, mode=0o700)
    os.environ[name] = str(here / name)
for kind in ("SESSION", "SYSTEM"):
    os.environ[f"DBUS_{kind}_BUS_ADDRESS"] = f"unix:path={here}/bus"
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

app = App("Test", frontend="page", ephemeral=True)
file = here / "file.txt"
asked = {}

def ask(name, window="main", **options):
    service, _, method = name.partition(".")
    kind = SERVICES.find(service)
    options |= NAMED.get(name, {})
    if service in ("windows", "dialogs"):
        options["window"] = app.window(window)
    return getattr(app.service(kind), method)(*given(name, file), **options)

def outcome(error):
    return {"code": error.code, "message": str(error)} if error else "done"

async def awaited(answer):
    try:
        await answer
    except PytronError as error:
        return outcome(error)
    return "done"

def waited_for(answer):
    try:
        answer.result(60)
    except PytronError as error:
        return outcome(error)
    return "done"

@app.expose
def asked_on_the_main_thread(name: str):
    return waited_for(asked.pop(name))
"""
EVERYWHERE = (
    BARE
    + """
import asyncio

@app.expose
def on_a_worker(name: str):
    return waited_for(ask(name))

@app.expose
async def on_the_loop_twice(name: str):
    return await asyncio.gather(awaited(ask(name)), awaited(ask(name)))

@app.expose(executor="main")
def on_the_main_thread(name: str) -> None:
    asked[name] = ask(name)

@app.expose
def arguments(name: str):
    if f"services.{name}" not in functions_of(None):
        return None  # pages have it not
    plain = lambda one: str(one) if isinstance(one, Path) else one
    return [[plain(item) for item in one] if isinstance(one, list) else plain(one)
            for one in given(name, file)]

@app.expose
def can(name: str):
    possible, reason = app.can(name)
    return [possible, reason]

@app.expose
def take_the_programs() -> None:
    os.environ["PATH"] = str(here)
"""
)
IN_THE_MIDDLE = (
    BARE
    + """
@app.expose
def open_another() -> None:
    app.open_window("another", title="Another", url="/")

@app.expose
def on_a_worker(name: str):
    return waited_for(ask(name, "another", title=f"{name} of a worker"))

@app.expose
async def on_the_loop(name: str):
    return await awaited(ask(name, "another", title=f"{name} of the loop"))

@app.expose(executor="main")
def on_the_main_thread(name: str) -> None:
    asked[name] = ask(name, "another", title=f"{name} of the main thread")

@app.expose
def close_it() -> None:
    app.window("another").close(force=True)
"""
)
BY_THE_DISPLAY = (
    PRESS
    + """
@app.expose
def shown_of(titles: list[str]) -> list[str]:
    return [title for title in titles if shown(title)]
"""
)
#: Wayland tells nobody of windows: GTK is asked, in the app's own process.
BY_GTK = """
import ctypes

gtk = ctypes.CDLL("libgtk-3.so.0")

class Node(ctypes.Structure):
    pass

Node._fields_ = [("window", ctypes.c_void_p), ("next", ctypes.POINTER(Node))]
gtk.gtk_window_list_toplevels.restype = ctypes.POINTER(Node)
gtk.gtk_window_get_title.restype = ctypes.c_char_p
gtk.gtk_window_get_title.argtypes = gtk.gtk_widget_get_mapped.argtypes = [ctypes.c_void_p]

@app.expose(executor="main")
def shown_of(titles: list[str]) -> list[str]:
    found, node = [], gtk.gtk_window_list_toplevels()
    while node:
        window, node = node.contents.window, node.contents.next
        if gtk.gtk_widget_get_mapped(window):
            found.append((gtk.gtk_window_get_title(window) or b"").decode())
    return [title for title in titles if title in found]
"""


def test_each_is_done_or_refused_with_the_reason_that_can_gives(run_app: RunApp) -> None:
    names = [name for name in CALLS if name not in (*PATIENT, *HELD)]
    page = f"""
    await pytron.take_the_programs();
    for (const name of {names!r}) {{
      const [possible, reason] = await pytron.can(name);
      const outcomes = [await pytron.on_a_worker(name), ...await pytron.on_the_loop_twice(name)];
      await pytron.on_the_main_thread(name);
      outcomes.push(await pytron.asked_on_the_main_thread(name));
      const args = await pytron.arguments(name);
      if (args !== null) {{
        const [service, method] = name.split(".");
        const {{ code, message }} = await failure(pytron.services[service][method](...args));
        outcomes.push(code === undefined ? "done" : {{ code, message }});
      }}
      await report([name, possible, reason, outcomes]);
    }}
    """
    found = run_app(page, EVERYWHERE, environment={"PYTHONPATH": str(TESTS)}).reports
    assert [name for name, *_ in found] == names
    for name, possible, reason, outcomes in found:
        if name == "opener.trash":  # there is one file, and two want it
            refused = [outcome["code"] for outcome in outcomes if outcome != "done"]
            assert set(refused) <= {"invalid_arguments"}, outcomes
        elif name in NOTHING_THERE:
            assert {outcome["code"] for outcome in outcomes} == {NOTHING_THERE[name]}, outcomes
        elif possible or name in TAKE_BACK:
            assert all(outcome == "done" for outcome in outcomes), (name, outcomes)
        else:
            wanted = {"code": "unsupported", "message": reason}
            assert all(outcome == wanted for outcome in outcomes), (name, reason, outcomes)
            assert len(reason) > 20, f"{name} says too little: {reason}"


def test_three_dialogs_at_once_end_with_their_window(run_app: RunApp, view: View) -> None:
    # Electron cannot take a dialog for files away: its answer is there, and the dialog stays.
    stays = "_f" if view.name == "chrome" else "none"
    page = f"""
    await pytron.ready;
    if (pytron.window.label === "another") await new Promise(() => {{}});
    for (const name of {list(PATIENT)!r}) {{
      await pytron.open_another();
      const asked = [pytron.on_a_worker(name), pytron.on_the_loop(name)];
      await pytron.on_the_main_thread(name);
      asked.push(pytron.asked_on_the_main_thread(name));
      const titles = ["a worker", "the loop", "the main thread"].map((place) => `${{name}} of ${{place}}`);
      while ((await pytron.shown_of(titles)).length < 3);
      await pytron.close_it();
      while (!name.includes({stays!r}) && (await pytron.shown_of(titles)).length > 0);
      await report([name, (await Promise.all(asked)).map((outcome) => outcome.code ?? outcome)]);
    }}
    """
    environment = {"PYTHONPATH": str(TESTS)}
    hand = BY_GTK if view.name == "wayland" else BY_THE_DISPLAY
    reports = run_app(page, IN_THE_MIDDLE + hand, environment=environment).reports
    assert reports == [[name, ["closed"] * 3] for name in PATIENT]
