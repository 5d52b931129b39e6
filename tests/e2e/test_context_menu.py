"""The engine's own context menu: as much of it as the window's option says."""

from __future__ import annotations

import pytest
from e2e.driver import RunApp
from e2e.test_menus import MENUS

PAGE = """
document.body.innerHTML = `<textarea id=field style="position:absolute;left:20px;top:20px;width:150px;height:80px">word</textarea>
  <button id=plain style="position:absolute;left:20px;top:200px;width:150px;height:80px">plain</button>`;
await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
const asked = (where) => new Promise((done) => where.addEventListener("contextmenu", done, { once: true }));
const pressed = new Promise((done) => plain.addEventListener("click", done, { once: true }));
"""
#: A press on a button reaches the page only when no menu is open: an open one takes it.
NOTHING = """
await pytron.click(60, 240);
await pressed;
report("nothing");
"""


def app(option: str) -> str:
    return f'app = App("Test", frontend="page", ephemeral=True{option})\n' + MENUS


@pytest.mark.parametrize("option", ["", ', context_menu="edit"'])
def test_a_plain_place_has_no_menu(run_app: RunApp, option: str) -> None:
    page = (
        PAGE
        + """
    const there = asked(document);
    await pytron.click(200, 350, 3);
    await there;
    """
        + NOTHING
    )
    assert run_app(page, app(option)).reports == ["nothing"]


def test_a_field_has_a_menu_that_edits(run_app: RunApp) -> None:
    page = (
        PAGE
        + """
    field.focus(); field.select();
    const there = asked(field);
    await pytron.click(60, 60, 3);
    await there;
    const cut = new Promise((done) => field.addEventListener("input", done, { once: true }));
    for (let empty = false; !empty; empty = field.value === "")
      await Promise.race([cut, pytron.keys_there("Down", "Return")]);  // Cut is first
    report(field.value);
    """
    )
    python = app("") + (
        """
@app.expose
def keys_there(*names: str) -> None:  # to whatever has the keyboard: the menu
    for name in names:
        xdotool("key", name)
"""
    )
    assert run_app(page, python).reports == [""]


def test_none_shows_none_in_a_field_either(run_app: RunApp) -> None:
    page = (
        PAGE
        + """
    const there = asked(field);
    await pytron.click(60, 60, 3);
    await there;
    """
        + NOTHING
    )
    assert run_app(page, app(', context_menu="none"')).reports == ["nothing"]


def test_options_that_are_none_are_named(run_app: RunApp) -> None:
    python = 'app = App("Test", frontend="page", context_menu="all")\n'
    run = run_app("", python, code=1)
    assert "context_menu='all' is none of 'default', 'edit', 'none'" in run.log
