"""The worked examples of the pages for those who come from elsewhere, used in a real window."""

from __future__ import annotations

from pytron.testing import DrivenApp

from tools.dev.machine import ROOT

EXAMPLES = ROOT / "docs" / "snippets" / "migrating"


def test_from_pywebview() -> None:
    with DrivenApp(EXAMPLES / "pywebview" / "app.py") as app:
        window = app.window()
        window.by_role("button", "Count").click()
        window.css("#answer").expect_text("3 words, 11 letters")
        window.css("#progress").expect_attribute("value", "3")


def test_from_eel() -> None:
    with DrivenApp(EXAMPLES / "eel" / "app.py") as app:
        window = app.window()
        window.by_role("button", "Roll").click()
        window.css("#answer").expect_to_hold("You rolled ")
        rolled = window.css("#answer").text().removeprefix("You rolled ")
        assert int(rolled) in range(1, 7)
        window.css("#log li").expect_text(f"{rolled}/6")


def test_from_electron() -> None:
    with DrivenApp(EXAMPLES / "electron" / "app.py") as app:
        window = app.window()
        window.by_role("button", "Read").click()
        window.css("#answer").expect_text("Buy milk.")
        window.by_label("Note").fill("../app")
        window.by_role("button", "Read").click()
        window.css("#answer").expect_text("no_such_note: there is no note '../app'")
        window.by_label("Note").fill("today")
        window.by_role("button", "Open in a window").click()
        app.window("note-today").css("#note").expect_text("Buy milk.")


def test_from_the_namesake() -> None:
    with DrivenApp(EXAMPLES / "namesake" / "app.py") as app:
        window = app.window()
        window.by_role("button", "More").click()
        window.css("#count").expect_text("1")
        assert app.state["count"] == 1
        window.by_role("button", "Reset").click()
        window.css("#count").expect_text("0")
        window.by_role("button", "Draw").click()
        loaded = "new Promise((done) => { const look = () => document.images[0].naturalWidth ? done(document.images[0].naturalWidth) : setTimeout(look, 10); look(); })"
        assert window.evaluate(loaded)
