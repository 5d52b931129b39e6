"""How an app is tested: no window, no display, a page that the test drives."""

import pytest
from app import app
from pytron.testing import RemoteError, TestClient


def test_adds() -> None:
    with TestClient(app) as page:
        assert page.call("add", 1, 2) == 3


def test_refuses_words() -> None:
    with TestClient(app) as page:
        with pytest.raises(RemoteError) as failure:
            page.call("add", 1, "two")
        assert failure.value.code == "invalid_arguments"


def test_page_is_served() -> None:
    with TestClient(app) as page:
        assert "First" in page.get("/").text
