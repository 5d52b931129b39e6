"""Dialogs: what is asked of the window host, from wherever, and what comes of it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pytron import App, CallError, EngineError, PytronError
from pytron.engines.headless import HeadlessEngine
from pytron.runtime.runtime import Runtime
from pytron.services.dialogs import Filter
from pytron.testing import RemoteError, TestClient


class Host:
    """Stands in for the user: keeps what was asked, gives what the test says."""

    def __init__(self, page: TestClient, **answers: object) -> None:
        engine = page.engine
        assert isinstance(engine, HeadlessEngine)
        self.asked: list[tuple[str, Mapping[str, Any]]] = []
        for name, value in answers.items():
            engine.services[f"dialogs.{name}"] = self._answering(name, value)

    def _answering(self, name: str, value: object) -> Any:
        def answer(args: Mapping[str, Any]) -> object:
            self.asked.append((name, args))
            if isinstance(value, Exception):
                raise value
            return value

        return answer


def test_worker_thread_waits_for_a_file() -> None:
    app = App("Dialogs")

    @app.expose
    def choose() -> str:
        chosen = app.dialogs.open_file(
            filters=[Filter("Pictures", ["png", "*.jpg", ".gif"])], folder=Path("/tmp")
        ).result()
        return str(chosen)

    with TestClient(app) as page:
        host = Host(page, open=["/a/b.png"])
        assert page.call("choose") == str(Path("/a/b.png"))
    name, args = host.asked[0]
    assert name == "open"
    assert args["mode"] == "file"
    assert args["filters"] == [{"name": "Pictures", "extensions": ["png", "jpg", "gif"]}]
    assert args["folder"] == str(Path("/tmp").absolute())


def test_loop_awaits_and_two_are_answered_at_once() -> None:
    app = App("Dialogs")

    @app.expose
    async def choose() -> list[str | None]:
        import asyncio

        asked = app.dialogs.save_file(name="a.txt"), app.dialogs.prompt("Name?")
        saved, name = await asyncio.gather(*[_of(one) for one in asked])
        return [str(saved), name]

    async def _of(answer: Any) -> Any:
        return await answer

    with TestClient(app) as page:
        Host(page, save="/a.txt", prompt="Ada")
        assert page.call("choose") == [str(Path("/a.txt")), "Ada"]


def test_page_calls_with_an_object_of_options_and_its_own_window() -> None:
    app = App("Dialogs")
    with TestClient(app) as page:
        host = Host(page, open=None, message=1)
        assert page.call("services.dialogs.open_file", {"title": "One"}) is None
        assert page.call("services.dialogs.open_files") == []
        assert page.call("services.dialogs.message", "Save?", {"buttons": ["Yes", "No"]}) == "No"
        assert page.call("services.dialogs.confirm", "Sure?") is False
    assert [args.get("title") for _, args in host.asked] == ["One", None, None, None]


def test_wrong_arguments_of_a_page_are_refused_by_name() -> None:
    with TestClient(App("Dialogs")) as page:
        with pytest.raises(RemoteError, match=r"options\.title: expected `str") as wrong:
            page.call("services.dialogs.open_file", {"title": 5})
        assert wrong.value.code == "invalid_arguments"
        with pytest.raises(RemoteError, match="open_file") as unknown:
            page.call("services.dialogs.open_fil")
        assert unknown.value.code == "unknown_function"


def test_foreign_window_may_not_until_it_is_granted() -> None:
    app = App("Dialogs")

    @app.expose
    def show(allow: list[str]) -> None:
        app.open_window(f"w{len(allow)}", url="https://example.org/", trust=True, allow=allow)

    with TestClient(app) as page:
        Host(page, open=["/x"])
        page.call("show", [])
        with pytest.raises(RemoteError, match=r"allow=\['services:dialogs'\]") as refused:
            page.page("w0").call("services.dialogs.open_file")
        assert refused.value.code == "not_allowed"
        page.call("show", ["services:dialogs"])
        granted = page.page("w1")
        assert granted.call("services.dialogs.open_file") == str(Path("/x"))
        with pytest.raises(RemoteError, match="services:opener"):
            granted.call("services.opener.url", "https://example.org/")


def test_star_grants_no_service() -> None:
    app = App("Dialogs")

    @app.expose
    def show() -> None:
        app.open_window("docs", allow=["*"])

    with TestClient(app) as page:
        page.call("show")
        with pytest.raises(RemoteError, match="services:dialogs"):
            page.page("docs").call("services.dialogs.open_file")


def test_missing_service_is_said_with_the_reason() -> None:
    with TestClient(App("Dialogs")) as page:
        with pytest.raises(RemoteError, match="headless engine") as missing:
            page.call("services.dialogs.open_file")
        assert missing.value.code == "unsupported"


def test_error_of_the_host_keeps_its_code() -> None:
    with TestClient(App("Dialogs")) as page:
        Host(page, open=CallError("the window has closed", code="closed"))
        with pytest.raises(RemoteError) as closed:
            page.call("services.dialogs.open_file")
        assert closed.value.code == "closed"


def test_window_that_closes_ends_the_waiting() -> None:
    app = App("Dialogs")

    @app.expose
    def ask() -> str:
        window = app.open_window("asking")
        answer = app.dialogs.open_file(window=window)
        window.close(force=True)
        try:
            answer.result()
        except CallError as error:
            return error.code
        return "answered"

    with TestClient(app) as page:
        engine = page.engine
        assert isinstance(engine, HeadlessEngine)
        engine.silent.add("dialogs.open")
        assert page.call("ask") == "closed"


def test_main_thread_is_told_instead_of_blocked() -> None:
    app = App("Dialogs")
    with TestClient(app) as page:
        engine = page.engine
        assert isinstance(engine, HeadlessEngine)
        engine.silent.add("dialogs.prompt")
        with pytest.raises(EngineError, match="await it"):
            app.dialogs.prompt("?").result()


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda app: app.dialogs.save_file(name="../x"), "folder="),
        (lambda app: app.dialogs.message("?", buttons=[]), "labels"),
        (lambda app: app.dialogs.message("?", buttons=["a", "a"]), "differ"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_shown(call: Any, reason: str) -> None:
    app = App("Dialogs")
    with TestClient(app), pytest.raises(CallError, match=reason) as refused:
        call(app).result()
    assert refused.value.code == "invalid_arguments"


def test_app_that_does_not_run_is_said_so() -> None:
    with pytest.raises(Exception, match="needs the running app"):
        App("Dialogs").dialogs.open_file()


def test_nothing_is_imported_before_it_is_used() -> None:
    code = "import sys, pytron; pytron.App(); print([m for m in sys.modules if 'services.' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda app: app.menus.popup([]), "open_window"),
        (lambda app: app.system.screens(), "open_window"),
        (lambda app: app.downloads.save("/x"), "open_window"),
    ],
)
def test_what_needs_a_window_says_so_where_none_is_open(
    monkeypatch: pytest.MonkeyPatch, call: Any, words: str
) -> None:
    app = App("Dialogs")
    refused: list[PytronError] = []

    @app.expose
    async def ask() -> None:
        try:
            await call(app)
        except CallError as error:
            refused.append(error)

    with TestClient(app) as page, monkeypatch.context() as patch:
        patch.setattr(Runtime, "windows", ())  # as between the last window and the next
        page.call("ask")
    assert re.search(words, str(refused[0]))
    assert refused[0].code == "closed"
