"""A window that stays blank is opened anew with software rendering, and else says why it cannot."""

from __future__ import annotations

import sys

import pytest
from e2e.driver import RunApp

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is known of it")

PYTHON = """
from pytron.services.menus import Item
app = App("Test", state={"starts": 0}, frontend="page", ephemeral=True, width=640, height=480)

@app.on_start
def begin():
    app.menus.set([Item("Late", "late")])

@app.expose
def started() -> int:
    with app.transaction():
        app.state.starts += 1
    return app.state.starts

@app.expose
async def place() -> list:
    return [(await pytron.current().window.bounds())["width"], pytron.current().window.label]

@app.on("window.loaded")
def loaded(event):
    if "/_pytron/error?blank" in event.data["url"]:
        report("error page")
        app.quit()
"""

PAGE = """
document.body.innerHTML = "<h1>There is something to see</h1>";
const starts = await pytron.started();
report([starts, ...await pytron.place()]);
if (starts === 1) await new Promise(() => {});
"""


def test_a_blank_window_is_opened_anew_and_the_app_goes_on(
    run_app: RunApp, blind: dict[str, str]
) -> None:
    environment = {**blind, "PYTRON_TEST_MENDS": "1"}
    done = run_app(PAGE, PYTHON, environment=environment, deadline_s=120)
    assert done.reports == [[1, 640, "main"], [2, 640, "main"]]
    assert "does not reach the window" in done.log
    assert "WEBKIT_DISABLE_COMPOSITING_MODE=1" in done.log


def test_a_page_whose_process_dies_at_once_is_opened_anew(
    run_app: RunApp, blind: dict[str, str]
) -> None:
    environment = {
        **blind,
        "PYTRON_TEST_MENDS": "1",
        "PYTRON_TEST_DIES": "1",
        "WEBKIT_DISABLE_DMABUF_RENDERER": "0",  # so that it wants EGL, here as with a card
    }
    page = PAGE.replace("starts === 1", "false")
    done = run_app(page, PYTHON, environment=environment, deadline_s=120)
    assert done.reports == [[1, 640, "main"]]
    assert "WEBKIT_DISABLE_COMPOSITING_MODE=1" in done.log


def test_what_stays_blank_shows_an_error_page(run_app: RunApp, blind: dict[str, str]) -> None:
    page = PAGE.replace("starts === 1", "true")
    done = run_app(page, PYTHON, environment=blind, finish=False, deadline_s=120)
    assert done.reports == [[1, 640, "main"], [2, 640, "main"], "error page"]


def test_a_page_that_is_blank_itself_is_left_alone(run_app: RunApp) -> None:
    page = """
    document.documentElement.style.background = "white";
    const frames = (count) => new Promise((done) => {
      const step = () => (count-- > 0 ? requestAnimationFrame(step) : done());
      step();
    });
    await frames(240);
    report(await pytron.started());
    """
    done = run_app(page, PYTHON)
    assert done.reports == [1]
    assert "blank" not in done.log
