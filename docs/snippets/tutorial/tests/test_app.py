"""Without a window: the client is the page."""

from collections.abc import Generator

import pytest
from app import app
from pytron.testing import Blob, RemoteError, TestClient


@pytest.fixture
def page() -> Generator[TestClient]:
    app.state.books = []  # each test begins with an empty list
    with TestClient(app) as page:
        yield page


def test_a_title_comes_onto_the_list_once(page: TestClient) -> None:
    page.call("add", " Emma ")
    with pytest.raises(RemoteError, match="Emma is on the list already") as refused:
        page.call("add", "Emma")
    assert refused.value.code == "refused"
    assert page.wait_for_state(lambda state: len(state["books"]) == 1)


def test_a_file_of_titles_is_taken_in(page: TestClient) -> None:
    page.subscribe("imported")
    page.sync()
    file = Blob(b"Emma\n\nPersuasion\nEmma\n", name="austen.txt")
    assert list(page.stream("take_in", file)) == ["Emma", "Persuasion"]
    assert page.event() == ("imported", {"file": "austen.txt", "count": 2})
