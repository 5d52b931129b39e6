"""Windows without a frame: moved, resized and maximized by what the page marks, with a real pointer."""

from __future__ import annotations

from e2e.driver import RunApp

FRAMELESS = """
import subprocess

app = App("Frameless", frontend="page", ephemeral=True, frameless=True, x=200, y=160, width=400, height=300)

def xdotool(*words) -> str:
    done = subprocess.run(["xdotool", *words], capture_output=True, text=True, timeout=60, check=True)
    return done.stdout

@app.expose
async def bounds() -> dict:
    return dict(await app.window().bounds())

@app.expose
def pull(x: int, y: int) -> None:
    window = xdotool("search", "--sync", "--onlyvisible", "--name", "^Frameless$").split()[0]
    xdotool("windowactivate", "--sync", window)
    xdotool("mousemove", "--sync", "--window", window, str(x), str(y))
    xdotool("mousedown", "1")

@app.expose
def move(dx: int, dy: int) -> None:
    for _ in range(4):  # a hand moves in steps, too
        xdotool("mousemove_relative", "--", str(dx // 4), str(dy // 4))

@app.expose
def release() -> None:
    xdotool("mouseup", "1")

@app.expose
def double(x: int, y: int) -> None:
    window = xdotool("search", "--sync", "--onlyvisible", "--name", "^Frameless$").split()[0]
    xdotool("windowactivate", "--sync", window)
    xdotool("mousemove", "--sync", "--window", window, str(x), str(y), "click", "--repeat", "2", "--delay", "60", "1")
"""

BAR = """
document.body.innerHTML = `<style>body { margin: 0 } header { height: 40px; background: #ccd }
  i { position: fixed; right: 0; bottom: 0; width: 12px; height: 12px; background: #99a }</style>
  <header data-pytron-drag>Title <button id=b>Button</button> <span data-pytron-drag=no>Text</span></header>
  <i data-pytron-resize=se></i>`;
await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
"""
TELLS = """
@app.on("window.state")
def stated(event) -> None:
    app.emit("it.state", event.data)
"""
#: Pulls until the window has followed: the grab begins when the manager has heard of it, which a
#: hand that is too quick does not wait for. The app's deadline ends it.
PULL = """
const pull = async (x, y, done) => {
  for (let to = 40; ; to = -to) {
    await pytron.pull(x, y);
    for (let step = 0; step < 4; step++) await pytron.move(to, to);
    await pytron.release();
    for (let look = 0; look < 100; look++) if (done(await pytron.bounds())) return;
  }
};
"""


def test_a_marked_region_moves_the_window_and_controls_in_it_do_not(run_app: RunApp) -> None:
    page = (
        BAR
        + PULL
        + """
    const before = await pytron.bounds();
    const clicked = new Promise((done) => b.addEventListener("click", done, { once: true }));
    const { left, top } = b.getBoundingClientRect();
    await pytron.pull(Math.round(left + 5), Math.round(top + 5));
    await pytron.release();
    await clicked;
    const still = await pytron.bounds();
    await pull(300, 20, ({ x, y }) => x !== before.x && y !== before.y);
    const after = await pytron.bounds();
    await report([still.x === before.x, after.width === before.width]);
    """
    )
    assert run_app(page, FRAMELESS).reports == [[True, True]]


def test_a_marked_corner_resizes_the_window(run_app: RunApp) -> None:
    page = (
        BAR
        + PULL
        + """
    const before = await pytron.bounds();
    await pull(394, 294, ({ width, height }) => width !== before.width && height !== before.height);
    const after = await pytron.bounds();
    await report(after.x === before.x);
    """
    )
    assert run_app(page, FRAMELESS).reports == [True]


def test_a_double_click_maximizes_and_restores(run_app: RunApp) -> None:
    page = (
        BAR
        + """
    for (const wanted of [true, false]) {
      const changed = new Promise((done) => {
        const stop = pytron.on("it.state", ({ maximized }) => {
          if (maximized === wanted) { stop(); done(maximized); }
        });
      });
      let known = false;
      changed.then(() => { known = true; });
      while (!known) {  // the window may still be on its way to where it is clicked
        await pytron.double(300, 20);
        for (let look = 0; look < 100 && !known; look++) await pytron.bounds();
      }
      await report(await changed);
    }
    """
    )
    assert run_app(page, FRAMELESS + TELLS).reports == [True, False]
