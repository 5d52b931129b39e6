"""A kiosk keeps the screen: none of the keys that lead out of a browser's full screen does here."""

from __future__ import annotations

from e2e.driver import RunApp

#: Keys that browsers take for themselves. Each must reach the page, and do nothing more.
KEYS = (
    *("Escape", "F11", "F5", "ctrl+r", "ctrl+plus", "ctrl+minus", "ctrl+0", "ctrl+w", "ctrl+n"),
    *("ctrl+t", "ctrl+l", "ctrl+p", "alt+Left", "alt+Home", "BackSpace", "ctrl+shift+i", "F12"),
)
KIOSK = """
import subprocess

app = App("Test", frontend="page", ephemeral=True, title="Kiosk", kiosk=True)

def xdotool(*words: str) -> str:
    done = subprocess.run(["xdotool", *words], capture_output=True, text=True, timeout=60, check=True)
    return done.stdout

@app.expose
def active() -> None:
    window = xdotool("search", "--sync", "--onlyvisible", "--name", "^Kiosk$").split()[-1]
    xdotool("windowactivate", "--sync", window)

@app.expose
def press(keys: str) -> None:
    xdotool("key", keys)

@app.expose
def press_right_button() -> None:
    xdotool("mousemove", "400", "300", "click", "3")

@app.expose
async def is_full() -> bool:
    return (await app.window("main").status())["fullscreen"]

@app.on("window.closing")
def closing(event) -> None:
    event.prevent()
    app.emit("asked")
"""


def test_no_key_leads_out_of_a_kiosk(run_app: RunApp) -> None:
    page = f"""
    while (!(await pytron.is_full()) || innerWidth !== screen.width) await new Promise(requestAnimationFrame);
    await pytron.active();
    const looks = () => [innerWidth, innerHeight, devicePixelRatio, document.fullscreenElement];
    const before = JSON.stringify(looks());
    const asked = event("asked");
    const heard = [];
    addEventListener("keydown", (press) => heard.push(press.key));
    const until = async (key) => {{
      while (!heard.includes(key)) await new Promise(requestAnimationFrame);
    }};
    for (const keys of {list(KEYS)}) {{
      heard.length = 0;
      await pytron.press(keys);
      while (!heard.some((key) => !["Control", "Alt", "Shift"].includes(key)))
        await new Promise(requestAnimationFrame);
    }}
    const menu = new Promise((done) => addEventListener("contextmenu", done, {{ once: true }}));
    await pytron.press_right_button();
    await menu;
    await pytron.press("a");  // an open menu would take it
    await until("a");
    await pytron.press("alt+F4");
    await asked;
    report([JSON.stringify(looks()) === before, await pytron.is_full()]);
    """
    assert run_app(page, KIOSK).reports == [[True, True]]
