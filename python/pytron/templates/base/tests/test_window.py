"""Tests of the real window, used as its user does. They need a built page and a display."""

from pytron.testing import DrivenWindow


def test_greets_in_the_window(app_window: DrivenWindow) -> None:
    app_window.by_label("Name").fill("Ada")
    with app_window.expect_call("greet") as call:
        app_window.by_role("button", "Greet").click()
    assert call.arguments == ["Ada"]
    app_window.css("#answer").expect_text("Hello, Ada! This is Python.")
    app_window.css("#events").expect_to_hold("Ada")


def test_counts_in_the_window(app_window: DrivenWindow) -> None:
    app_window.by_role("button", "One more").click()
    app_window.css("#count").expect_text("1")
    assert app_window.app.state["count"] == 1
    app_window.by_role("button", "Reset").click()
    app_window.css("#count").expect_text("0")
