"""Tests of the Python side, without a window: the client is the page."""

from pytron.testing import TestClient

from app import app


def test_greets() -> None:
    with TestClient(app) as page:
        assert page.call("greet", " Ada ") == "Hello, Ada! This is Python."


def test_tells_every_window() -> None:
    with TestClient(app) as page:
        page.subscribe("greeted")
        page.sync()
        page.call("greet", "Ada")
        name, data = page.event()
        assert (name, data["name"]) == ("greeted", "Ada")


def test_page_and_python_share_the_count() -> None:
    with TestClient(app) as page:
        page.change([{"op": "set", "path": ["count"], "value": 3}])
        assert app.state.count == 3
        page.call("reset")
        assert page.wait_for_state(lambda state: state["count"] == 0)
