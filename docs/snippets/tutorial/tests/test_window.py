"""The real windows, used as their user does."""

from pytron.testing import DrivenWindow


def test_books_are_listed_and_ticked_off(app_window: DrivenWindow) -> None:
    for title in ("Emma", "Persuasion"):
        app_window.by_label("Title").fill(title)
        app_window.by_role("button", "Add").click()
        app_window.by_label(title).expect_visible()
    app_window.by_role("button", "Numbers").click()
    numbers = app_window.app.window("numbers")
    numbers.by_role("heading").expect_text("0 of 2 read")
    app_window.by_label("Emma").check()
    numbers.by_role("heading").expect_text("1 of 2 read")


def test_what_is_wrong_is_said(app_window: DrivenWindow) -> None:
    app_window.by_role("button", "Add").click()
    app_window.by_role("alert").expect_text("a book needs a title")
