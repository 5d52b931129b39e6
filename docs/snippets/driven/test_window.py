from pytron.testing import DrivenWindow


def test_adds_in_the_window(app_window: DrivenWindow) -> None:
    app_window.by_label("First").fill("20")
    app_window.by_label("Second").fill("22")
    with app_window.expect_call("add") as call:
        app_window.by_role("button", "Add").click()
    assert call.arguments == [20, 22]
    app_window.by_role("status").expect_text("42")
