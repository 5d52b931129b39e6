"""The test client that users test their apps with."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
from pytron import App
from pytron.testing import RemoteError, TestClient

AppOf = App[Any]


@pytest.fixture
def echo(app: AppOf) -> AppOf:
    @app.expose
    def give(*values: Any, **_named: Any) -> list[Any]:
        return list(values)

    @app.expose
    def fail() -> None:
        raise ValueError("no")

    return app


def test_values_come_back_as_python_has_them(echo: AppOf) -> None:
    with TestClient(echo) as page:
        assert page.call("give", 1, "x", None, [1.5], {"a": True}) == [
            1, "x", None, [1.5], {"a": True},
        ]  # fmt: skip
        [data, array] = page.call("give", b"ab", np.array([[1, 2]], dtype="int32"))
        assert (data, type(data)) == (b"ab", bytes)
        assert (array.format, array.tolist()) == ("i", [[1, 2]])


def test_arguments_by_position_and_by_name_do_not_mix(echo: AppOf) -> None:
    with TestClient(echo) as page, pytest.raises(TypeError, match="not both"):
        page.call("give", 1, a=2)


def test_errors_carry_what_the_page_is_told(echo: AppOf) -> None:
    with TestClient(echo) as page:
        with pytest.raises(RemoteError, match="no") as caught:
            page.call("fail")
        assert (caught.value.name, caught.value.code) == ("ValueError", "exception")
        assert page.faults == []


@pytest.mark.parametrize(
    "wait",
    [
        lambda page: page.event(),
        lambda page: page.wait_for_fault(),
        lambda page: page.wait_for_state(lambda _state: False),
    ],
)
def test_what_does_not_come_is_a_timeout(app: AppOf, wait: Any) -> None:
    with TestClient(app, timeout_s=0.05) as page, pytest.raises(TimeoutError, match=r"in 0\.05 s"):
        wait(page)


def test_waiting_ends_with_the_window(app: AppOf) -> None:
    with TestClient(app) as client:
        app.open_window("second")
        page = client.page("second")
        app.window("second").close(force=True)
        with pytest.raises(TimeoutError, match="before the window closed"):
            page.event()


def test_frame_can_be_anything(app: AppOf) -> None:
    with TestClient(app) as page:
        page.send_text(b"nonsense")
        assert page.wait_for_fault().code == "protocol"


def test_client_leaves_no_thread_and_can_be_used_again(echo: AppOf) -> None:
    before = set(threading.enumerate())
    for _ in range(3):
        with TestClient(echo) as page:
            echo.open_window("second")
            page.page("second")
            assert page.call("give", 1) == [1]
        assert set(threading.enumerate()) == before


def test_error_inside_the_block_still_ends_the_app(echo: AppOf) -> None:
    with pytest.raises(KeyError), TestClient(echo):
        raise KeyError
    with TestClient(echo) as page:
        assert page.call("give") == []


def test_page_that_cannot_begin_still_ends_the_app(
    app: App[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_page: TestClient) -> None:
        raise RemoteError({"name": "", "message": "no", "code": "version"})

    with monkeypatch.context() as broken:
        broken.setattr(TestClient, "hello", fail)
        with pytest.raises(RemoteError, match="no"), TestClient(app):
            pass
    with TestClient(app) as page:
        page.sync()


def test_page_that_misses_a_patch_is_an_error_of_the_kit(app: AppOf) -> None:
    with TestClient(app) as page:
        patch = {"kind": "patch", "scope": "app", "revision": 9, "ops": []}
        with pytest.raises(AssertionError, match="a patch is missing after revision 0"):
            page._take(patch, [])
