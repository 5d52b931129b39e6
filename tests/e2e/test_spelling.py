"""Misspelled words, by a dictionary of the test's own: no other has its word."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from e2e.driver import RunApp
from e2e.test_menus import MENUS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="enchant is Linux's")

PAGE = """
document.body.innerHTML = `<textarea id=field style="position:absolute;left:20px;top:20px;width:150px;height:80px;font:30px monospace">pytronik</textarea>`;
await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
field.focus();
const there = new Promise((done) => field.addEventListener("contextmenu", done, { once: true }));
const mended = new Promise((done) => field.addEventListener("input", done, { once: true }));
await pytron.click(60, 40, 3);
await there;
for (let word = "pytronik"; word === "pytronik"; word = field.value)
  await Promise.race([mended, pytron.keys_there("Down", "Return")]);  // the first guess
report(field.value);
"""
PYTHON = (
    MENUS
    + """
@app.expose
def keys_there(*names: str) -> None:  # to whatever has the keyboard: the menu
    for name in names:
        xdotool("key", name)
"""
)


@pytest.mark.parametrize(("wanted", "own"), [("True", "qq:en"), ('["en_GB", "qq"]', "en")])
def test_a_word_is_mended_from_the_menu(
    run_app: RunApp, tmp_path: Path, wanted: str, own: str
) -> None:
    words = tmp_path / "enchant" / "hunspell"
    words.mkdir(parents=True)
    (words / "qq.aff").write_text("SET UTF-8\n", "utf-8")
    (words / "qq.dic").write_text("1\npytronic\n", "utf-8")
    option = f'app = App("Test", frontend="page", ephemeral=True, spellcheck={wanted})\n'
    environment = {"XDG_CONFIG_HOME": str(tmp_path), "LANGUAGE": own}
    run = run_app(PAGE, option + PYTHON, environment=environment)
    assert run.reports == ["pytronic"]
