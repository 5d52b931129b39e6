"""Dialogs for real: opened by a page, answered by keys on the display."""

from __future__ import annotations

import os
from pathlib import Path

from e2e.driver import RunApp

PRESS = """
import subprocess

def xdotool(*words):
    done = subprocess.run(["xdotool", *words], capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.split()

def shown(title):
    command = ["xdotool", "search", "--onlyvisible", "--name", f"^{title}$"]
    return subprocess.run(command, capture_output=True, timeout=20).returncode == 0

@app.expose
def press(title: str, *keys: str) -> None:
    # Waits until a window of this title is shown; then it has the keyboard. A search fails when
    # another window goes meanwhile.
    command = ["xdotool", "search", "--sync", "--onlyvisible", "--name", f"^{title}$"]
    window = ""
    while not window:
        window = subprocess.run(command, capture_output=True, text=True, timeout=60).stdout.strip()
    # A window is shown before it listens: keys that come too early are lost, and sent once more.
    for _ in range(8):
        subprocess.run(["xdotool", "windowactivate", "--sync", window], timeout=20, capture_output=True)
        for key in keys:
            if key.startswith("/"):
                xdotool("type", "--delay", "40", key)
            else:
                xdotool("key", key)
        if not keys or not all(shown(title) for _ in range(200)):
            return  # it has gone
    raise AssertionError(f"{title} took no keys")
"""


def test_file_is_chosen_by_its_path(run_app: RunApp, tmp_path: Path) -> None:
    picture = tmp_path / "picture one.PNG"
    picture.write_bytes(b"x")
    page = f"""
    const filters = [{{ name: "Pictures", extensions: ["png"] }}];
    const chosen = pytron.services.dialogs.open_file({{ title: "Choose it", filters }});
    await pytron.press("Choose it", "ctrl+a", {str(picture)!r}, "Return");
    await report(await chosen);
    """
    assert run_app(page, PRESS).reports == [str(picture)]


def test_dismissed_dialog_gives_null(run_app: RunApp) -> None:
    page = """
    for (const [call, title] of [["open_file", "One"], ["save_file", "Two"], ["open_folder", "Three"]]) {
      const chosen = pytron.services.dialogs[call]({ title });
      await pytron.press(title, "Escape");
      await report(await chosen);
    }
    """
    assert run_app(page, PRESS).reports == [None, None, None]


def test_file_is_saved_under_the_proposed_name(run_app: RunApp, tmp_path: Path) -> None:
    page = f"""
    const chosen = pytron.services.dialogs.save_file({{ title: "Save", name: "notes.txt", folder: {str(tmp_path)!r} }});
    await pytron.press("Save", "Return");
    await report(await chosen);
    """
    assert run_app(page, PRESS).reports == [str(tmp_path / "notes.txt")]


def test_message_gives_the_button(run_app: RunApp) -> None:
    page = """
    const { dialogs } = pytron.services;
    const answer = dialogs.message("Save the changes?", { title: "Ask", buttons: ["Save", "Discard", "Cancel"], level: "question" });
    await pytron.press("Ask", "Return");
    await report(await answer);
    const dismissed = dialogs.confirm("Sure?", { title: "Sure" });
    await pytron.press("Sure", "Escape");
    await report(await dismissed);
    """
    assert run_app(page, PRESS).reports == ["Save", False]


def test_prompt_gives_the_text_or_null(run_app: RunApp) -> None:
    page = """
    const { dialogs } = pytron.services;
    const name = dialogs.prompt("<b>Your</b> name?", { title: "Name", value: "x" });
    await pytron.press("Name", "ctrl+a", "A", "d", "a", "Return");
    await report(await name);
    const kept = dialogs.prompt("Which?", { title: "Kept", value: 'a "b" & <c>' });
    await pytron.press("Kept", "Return");
    await report(await kept);
    const dismissed = dialogs.prompt("Word?", { title: "Word", value: "x", secret: true });
    await pytron.press("Word", "Escape");
    await report(await dismissed);
    """
    assert run_app(page, PRESS).reports == ["Ada", 'a "b" & <c>', None]


def test_two_dialogs_at_once_and_one_whose_window_closes(run_app: RunApp) -> None:
    python = (
        """
import asyncio
from pytron import CallError
"""
        + PRESS
        + """
@app.expose
async def both() -> list:
    other = app.open_window("other", title="Other", url="/")
    first = app.dialogs.confirm("First?", title="First", window=app.window("main"))
    second = app.dialogs.confirm("Second?", title="Second", window=other)
    await asyncio.to_thread(press, "Second")
    other.close(force=True)
    found = []
    try:
        await second
    except CallError as error:
        found.append(error.code)
    await asyncio.to_thread(press, "First", "Return")
    return [*found, await first]
"""
    )
    page = """
    if (pytron.window.label === "other") await new Promise(() => {});
    await report(await pytron.both());
    """
    python = python.replace(
        "import asyncio\n",
        "import asyncio\napp = App('Test', frontend='page', ephemeral=True)\n",
        1,
    )
    assert run_app("await pytron.ready;" + page, python).reports == [["closed", True]]


def test_link_of_a_page_opens_the_browser_and_only_when_the_user_asks(
    run_app: RunApp, tmp_path: Path
) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    opened = tmp_path / "opened"
    browser = tools / "xdg-open"
    browser.write_text(f'#!/bin/sh\necho "$1" >> {opened}\n')
    browser.chmod(0o755)
    python = (
        PRESS
        + """
@app.expose
def click(x: int, y: int) -> None:
    (window,) = xdotool("search", "--sync", "--onlyvisible", "--name", "^Test$")
    xdotool("windowactivate", "--sync", window, "mousemove", "--window", window, str(x), str(y), "click", "1")

@app.expose
def wait_for(text: str) -> None:
    subprocess.run(["sh", "-c", f"until grep -sq {text} OPENED; do sleep 0.05; done"], timeout=20, check=True)

@app.on("window.external")
def seen(event) -> None:
    app.emit("seen", event.data["url"])
""".replace("OPENED", str(opened))
    )
    page = """
    document.body.innerHTML = '<a id="link" target="_blank" href="https://example.org/by-the-user" style="position:fixed;inset:0">link</a>';
    const alone = event("seen");
    await report("listening"); // what is told from now on is heard
    location.href = "https://example.org/by-itself";
    await report(await alone);
    const asked = event("seen");
    await report("listening");
    await pytron.click(60, 60);
    await report(await asked);
    await pytron.wait_for("by-the-user");
    await report(await failure(pytron.services.opener.url("file:///etc/passwd")).then((f) => f.code));
    await pytron.services.opener.url("https://example.org/by-a-call");
    """
    environment = {"PATH": f"{tools}:{os.environ['PATH']}"}
    reports = run_app(page, python, environment=environment).reports
    assert reports == [
        "listening",
        "https://example.org/by-itself",
        "listening",
        "https://example.org/by-the-user",
        "invalid_arguments",
    ]
    assert sorted(opened.read_text().split()) == [
        "https://example.org/by-a-call",
        "https://example.org/by-the-user",
    ]
