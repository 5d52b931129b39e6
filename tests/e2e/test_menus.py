"""Menus and global shortcuts for real, by keys and the pointer on the display."""

from __future__ import annotations

from e2e.driver import RunApp
from e2e.test_dialogs import PRESS

MENUS = (
    PRESS
    + """
from pytron.services.menus import LINE, Item

def focus():
    (window,) = xdotool("search", "--sync", "--onlyvisible", "--name", "^Test$")
    xdotool("windowactivate", "--sync", window)
    return window

@app.expose
def keys(*names: str) -> None:
    focus()
    for name in names:
        xdotool("key", name)

@app.expose
async def begin() -> None:
    await app.menus.set([
        Item("File", items=[
            Item("Open", "open", keys="CmdOrCtrl+O"),
            Item("Loud", "loud", kind="check", keys="CmdOrCtrl+L"),
            LINE,
            Item("Small", "small", kind="radio", checked=True, keys="CmdOrCtrl+1"),
            Item("Large", "large", kind="radio", keys="CmdOrCtrl+2"),
        ]),
        *app.menus.standard()[1:],
    ])

@app.expose
def click(x: int, y: int, button: int = 1) -> None:
    xdotool("mousemove", "--window", focus(), str(x), str(y), "click", str(button))
"""
)

POPUP = (
    MENUS
    + """
import time

known = set()

def on_screen():
    command = ["xdotool", "search", "--onlyvisible", "--name", ""]  # those without a name, too
    return set(subprocess.run(command, capture_output=True, text=True, timeout=20).stdout.split())

@app.expose
def remember_windows() -> None:
    xdotool("search", "--sync", "--onlyvisible", "--name", "^Test$")  # it at least is there
    known.clear()
    known.update(on_screen())

def wait_for_menu():
    # A menu is one more window on the screen; keys before it are lost.
    deadline = time.monotonic() + 60
    while on_screen() <= known:
        assert time.monotonic() < deadline, "no menu is shown"

@app.expose
def popup_keys(*names: str) -> None:
    wait_for_menu()
    for name in names:
        xdotool("key", name)
"""
)


def test_items_are_chosen_by_their_keys_and_changed_live(run_app: RunApp) -> None:
    page = """
    await pytron.begin();
    const chosen = async (keys) => {
      const told = event("menu.click");
      await pytron.keys(keys);
      const { id, checked } = await told;
      return [id, checked];
    };
    await report(await chosen("ctrl+o"));
    await report([await chosen("ctrl+l"), await chosen("ctrl+l")]);
    await report([await chosen("ctrl+2"), await chosen("ctrl+2")]);
    await pytron.services.menus.update("open", { label: "Open…", enabled: false });
    await pytron.keys("ctrl+o");
    await report(await chosen("ctrl+l"));
    const wrong = await failure(pytron.services.menus.set([{ label: "X", id: "x", keys: "Ctrl+Nonsense" }]));
    await report([wrong.code, (await failure(pytron.services.menus.update("none", { label: "x" }))).code]);
    """
    reports = run_app(page, MENUS).reports
    assert reports == [
        ["open", None],
        [["loud", True], ["loud", False]],
        [["large", True], ["large", True]],
        ["loud", True],
        ["invalid_arguments", "invalid_arguments"],
    ]


def test_quit_asks_every_window_and_one_may_keep_the_app(run_app: RunApp) -> None:
    python = (
        MENUS
        + """
asked = []

@app.on("window.closing")
def closing(event) -> None:
    asked.append(event.data)
    report([event.data, len(asked)])
    if len(asked) == 1:
        event.prevent()
        app.emit("kept")
"""
    )
    page = """
    await pytron.services.menus.set([{ label: "File", items: [{ role: "showall" }, { role: "quit", keys: "F6" }] }]);
    const kept = event("kept");
    await pytron.keys("F6");
    await kept;
    await pytron.keys("F6");
    """
    reports = run_app(page, python, finish=False).reports
    assert reports == [[{"quit": True}, 1], [{"quit": True}, 2]]


def test_edit_roles_work_on_the_page(run_app: RunApp) -> None:
    page = """
    document.body.innerHTML = "<input id=a value=hello><input id=b>";
    const [a, b] = document.querySelectorAll("input");
    await pytron.services.menus.set([
      { label: "Edit", items: [{ role: "selectall", keys: "F6" }, { role: "copy", keys: "F7" }, { role: "paste", keys: "F8" }] },
    ]);
    a.focus();
    await pytron.keys("F6", "F7");
    b.focus();
    const pasted = new Promise((done) => b.addEventListener("input", done, { once: true }));
    await pytron.keys("F8");
    await pasted;
    await report(b.value);
    """
    assert run_app(page, MENUS).reports == ["hello"]


def test_context_menu_gives_what_was_chosen_or_null(run_app: RunApp) -> None:
    page = """
    const { menus } = pytron.services;
    const items = [{ label: "Rename", id: "rename" }, { label: "Delete", id: "delete" }];
    await pytron.remember_windows();
    let chosen = menus.popup(items, { x: 20, y: 20 });
    await pytron.popup_keys("Down", "Down", "Return");
    await report(await chosen);
    await pytron.remember_windows();
    chosen = menus.popup(items, { x: 20, y: 20 });
    await pytron.popup_keys("Escape");
    await report(await chosen);
    await pytron.remember_windows();
    chosen = menus.popup(items);
    await pytron.popup_keys("Down", "Return");
    await report(await chosen);
    """
    assert run_app(page, POPUP).reports == ["delete", None, "rename"]


def test_menu_whose_window_closes_ends_and_others_still_work(run_app: RunApp) -> None:
    python = (
        POPUP
        + """
import asyncio
from threading import Event

loaded = Event()

@app.expose
def second_is_loaded() -> None:
    loaded.set()

@app.expose
async def close_in_the_middle() -> str:
    second = app.open_window("second", url="/second.html", title="Second")
    assert await asyncio.to_thread(loaded.wait, 60)
    # Else it might come later, and be taken for the menu.
    await asyncio.to_thread(xdotool, "search", "--sync", "--onlyvisible", "--name", "^Second$")
    await asyncio.to_thread(remember_windows)
    chosen = app.menus.popup([Item("Rename", "rename")], x=20, y=20, window=second)
    await asyncio.to_thread(wait_for_menu)
    second.close(force=True)
    try:
        return f"chosen: {await chosen}"
    except pytron.CallError as error:
        return error.code
"""
    )
    second = """<!doctype html><script type="module">
    import pytron from "/_pytron/client.js";
    await pytron.ready;
    await pytron.second_is_loaded();
    </script>"""
    page = """
    await report(await pytron.close_in_the_middle());
    await pytron.remember_windows();
    const chosen = pytron.services.menus.popup([{ label: "Delete", id: "delete" }], { x: 20, y: 20 });
    await pytron.popup_keys("Down", "Return");
    await report(await chosen);
    """
    reports = run_app(page, python, files={"page/second.html": second}).reports
    assert reports == ["closed", "delete"]


def test_the_menu_of_all_windows_is_that_of_later_ones_too(run_app: RunApp) -> None:
    python = (
        MENUS
        + """
@app.expose
async def later() -> None:
    app.open_window("later", title="Later", url="/later.html")

@app.expose
def there() -> None:
    (window,) = xdotool("search", "--sync", "--onlyvisible", "--name", "^Later$")
    xdotool("windowactivate", "--sync", window)
    xdotool("key", "ctrl+o")
"""
    )
    later = """<!doctype html><script type="module">
    import pytron from "/_pytron/client.js";
    await pytron.ready;
    await pytron.there();
    </script>"""
    page = """
    await pytron.begin();
    const told = event("menu.click");
    await pytron.later();
    await report((await told).id);
    """
    assert run_app(page, python, files={"page/later.html": later}).reports == ["open"]


def test_global_shortcut_is_pressed_taken_and_given_back(run_app: RunApp) -> None:
    page = """
    const { shortcuts } = pytron.services;
    await shortcuts.register("show", "CmdOrCtrl+Shift+F9");
    const pressed = event("shortcuts.pressed");
    await pytron.away("ctrl+shift+F9");
    await report(await pressed);
    await report((await failure(shortcuts.register("other", "CmdOrCtrl+Shift+F9"))).code);
    await shortcuts.unregister("show");
    await shortcuts.register("other", "CmdOrCtrl+Shift+F9");
    await report((await failure(shortcuts.register("x", "Nonsense+?"))).code);
    """
    python = (
        PRESS
        + """
@app.expose
def away(keys: str) -> None:
    app.window().minimize()
    xdotool("key", keys)
"""
    )
    assert run_app(page, python).reports == [{"id": "show"}, "unsupported", "invalid_arguments"]
