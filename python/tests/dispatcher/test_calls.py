"""Calls from a page: answers, permission, and how they end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from pytron import App, CallError, ProtocolError, current, protocol
from pytron.testing import RemoteError, TestClient
from waiting import Gate

AppOf = App[Any]


def refused(page: TestClient, name: str, *arguments: Any, **named: Any) -> RemoteError:
    with pytest.raises(RemoteError) as caught:
        page.call(name, *arguments, **named)
    return caught.value


def every_kind(a: int, b: str = "b", *rest: float, c: bool = False, d: int = 4) -> list[Any]:
    return [a, b, list(rest), c, d]


# --- answers ----------------------------------------------------------------------------------


def test_exception_of_a_function_reaches_the_page_without_its_traceback(
    app: AppOf, caplog: pytest.LogCaptureFixture
) -> None:
    @app.expose
    def fail() -> None:
        raise KeyError("gone")

    with TestClient(app) as page, caplog.at_level(logging.ERROR, "pytron.calls"):
        error = refused(page, "fail")
    assert (error.name, error.code, error.trace) == ("KeyError", "exception", None)
    [record] = caplog.records
    assert record.exc_info is not None
    assert error.ref
    assert error.ref in record.getMessage()


def test_development_shows_the_traceback(app: AppOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTRON_DEV", "1")

    @app.expose
    def fail() -> None:
        raise ValueError("x")

    with TestClient(app) as page:
        assert "in fail" in (refused(page, "fail").trace or "")


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


class Broken(CallError):
    def __getattribute__(self, name: str) -> Any:
        if name in ("code", "data"):
            raise RuntimeError("no such thing")
        return super().__getattribute__(name)


@pytest.mark.parametrize(
    ("error", "code", "message", "data"),
    [
        (CallError("no", code="no_money", data={"left": 3}), "no_money", "no", {"left": 3}),
        (CallError("no", data=[b"bytes"]), "exception", "no", None),
        (CallError("no", data=object()), "exception", "no", None),
        (FileNotFoundError("caf\udce9"), "exception", "caf\\udce9", None),
        (Unspeakable(), "exception", "Unspeakable", None),
        (Broken("no"), "exception", "no", None),
        (SystemExit(3), "exception", "3", None),
        (KeyboardInterrupt(), "exception", "KeyboardInterrupt", None),
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize("where", ["thread", "loop"])
def test_whatever_is_raised_the_call_ends_with_its_error(
    app: AppOf, where: str, error: BaseException, code: str, message: str, data: Any
) -> None:
    if where == "thread":

        @app.expose
        def fail() -> None:
            raise error
    else:

        @app.expose(name="fail")
        async def fail_later() -> None:
            await asyncio.sleep(0)
            raise error

    with TestClient(app) as page:
        seen = refused(page, "fail")
        assert (seen.code, str(seen), seen.data) == (code, message, data)
        assert refused(page, "fail").code == code  # the worker has survived


def test_error_with_a_code_of_its_own_keeps_it(app: AppOf) -> None:
    class Denied(Exception):
        code = "denied"

    @app.expose
    def fail() -> None:
        raise Denied("no")

    with TestClient(app) as page:
        assert (refused(page, "fail").code, refused(page, "fail").name) == ("denied", "Denied")


def test_result_without_a_form_is_an_error_that_names_the_place(app: AppOf) -> None:
    @app.expose
    def make() -> Any:
        return {"a": [object()]}

    with TestClient(app) as page:
        error = refused(page, "make")
    assert error.code == "encode_failed"
    assert "value.a[0]" in str(error)


@pytest.mark.parametrize(
    "bad", [(float("nan"),), ("half",), (1, float("inf")), (None,), (10**400,), (1, 2, 3)]
)
def test_progress_that_no_page_could_read_is_refused(app: AppOf, bad: tuple[Any, ...]) -> None:
    @app.expose
    def work() -> None:
        current().progress(*bad)

    with TestClient(app) as page:
        assert refused(page, "work").code == "encode_failed"


def test_progress_may_be_a_number_of_numpy(app: AppOf) -> None:
    @app.expose
    def work() -> None:
        current().progress(np.float32(0.5), np.int64(3))  # type: ignore[arg-type]

    with TestClient(app) as page:
        page.call("work")
        assert [told[1:] for told in page.progress] == [(0.5, 3, None)]


def test_progress_comes_before_the_result(app: AppOf) -> None:
    @app.expose
    def work() -> int:
        current().progress(1, 3, "reading")
        current().progress(2)
        return 3

    with TestClient(app) as page:
        assert page.call("work") == 3
        identity = page.progress[0][0]
        assert page.progress == [(identity, 1, 3, "reading"), (identity, 2, None, None)]


def test_what_a_function_emits_and_changes_comes_before_its_result(app: AppOf) -> None:
    @app.expose
    def work() -> None:
        app.emit("step", 1)
        app.state.step = 1

    with TestClient(app) as page:
        page.subscribe("step")
        page.call("work")
        assert list(page._events) == [("step", 1)]
        assert page.state == {"step": 1}


# --- names and permission ---------------------------------------------------------------------


def test_unknown_name_is_refused_with_near_ones(app: AppOf) -> None:
    app.expose(every_kind)
    with TestClient(app) as page:
        error = refused(page, "evry_kind")
    assert error.code == "unknown_function"
    assert "did you mean 'every_kind'?" in str(error)


def test_windows_names_who_may_call(app: AppOf) -> None:
    @app.expose(windows=["settings"])
    def save() -> str:
        return current().window.label

    with TestClient(app) as page:
        error = refused(page, "save")
        assert error.code == "not_allowed"
        assert "window 'main' may not call 'save'; " in str(error)
        assert "expose it with windows=['settings', 'main']" in str(error)
        app.open_window("settings")
        assert page.page("settings").call("save") == "settings"


def test_checks_come_before_arguments_are_looked_at(app: AppOf) -> None:
    app.expose(windows=["settings"])(every_kind)
    with TestClient(app) as page:
        assert refused(page, "every_kind", "wrong").code == "not_allowed"


# --- frames -----------------------------------------------------------------------------------


def test_args_of_another_type_are_malformed(app: AppOf) -> None:
    app.expose(every_kind)
    with TestClient(app) as page:
        page.send({"kind": "call", "id": 9, "name": "every_kind", "args": "1"})
        with pytest.raises(RemoteError) as caught:
            page.result(9)
    assert caught.value.code == "protocol"


def test_id_in_use_is_refused_and_the_call_goes_on(app: AppOf) -> None:
    gate = Gate()

    @app.expose
    def wait() -> int:
        gate.pass_through()
        return 1

    with TestClient(app) as page:
        identity = page.start("wait")
        page.send({"kind": "call", "id": identity, "name": "wait", "args": []})
        assert "in use already" in str(page.wait_for_fault())
        gate.set()
        assert page.result(identity) == 1


def test_more_than_the_limit_of_pending_calls_is_busy(
    app: AppOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(protocol.LIMITS, "pending", 2)  # type: ignore[arg-type]
    gate = Gate()

    @app.expose
    def wait() -> None:
        gate.pass_through()

    with TestClient(app) as page:
        calls = [page.start("wait"), page.start("wait")]
        assert refused(page, "wait").code == "busy"
        gate.set()
        assert [page.result(call) for call in calls] == [None, None]
        assert page.call("wait") is None


@pytest.mark.parametrize(
    ("text", "code"),
    [(b"", "protocol"), (b"{}", "protocol"), (b"[" * 200, "too_deep"), (b"\xff", "protocol"),
     (b'[{"kind":"head","parts":[["1",1]]}]', "protocol")],
)  # fmt: skip
def test_bad_frame_is_answered_once_and_the_session_goes_on(
    app: AppOf, text: bytes, code: str
) -> None:
    app.expose(every_kind)
    with TestClient(app) as page:
        page.send_text(text)
        assert page.wait_for_fault().code == code
        assert page.call("every_kind", 1)[0] == 1
        assert not page.faults


def test_too_many_parts_are_refused(app: AppOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(protocol.LIMITS, "parts", 1)  # type: ignore[arg-type]
    with TestClient(app) as page:
        page.send_text(b"[]", [memoryview(b"a"), memoryview(b"b")])
        assert page.wait_for_fault().code == "too_large"


@pytest.mark.parametrize("executor", ["thread", "loop", "pool"])
def test_too_many_parts_are_not_sent(executor: str) -> None:
    """No way to a page takes them: the line to it would break."""

    def many(count: int) -> list[bytes]:
        return [b"x"] * count

    most = protocol.LIMITS["parts"]
    with ThreadPoolExecutor(1) as own:
        app: AppOf = App("test", ephemeral=True, executors={"pool": own})
        app.expose(many, executor=executor)
        with TestClient(app) as page:
            assert page.call("many", most) == [b"x"] * most
            assert "yield them one by one" in str(error := refused(page, "many", most + 1))
            assert error.code == "too_large"


def test_too_many_parts_fail_a_stream_and_an_event(app: AppOf) -> None:
    many = [b"x"] * (protocol.LIMITS["parts"] + 1)

    @app.expose
    def items() -> Iterator[Any]:
        yield 1
        yield many

    with TestClient(app) as page:
        page.subscribe("news")
        stream = page.stream("items")
        assert next(stream) == 1
        with pytest.raises(RemoteError) as caught:
            next(stream)
        assert caught.value.code == "too_large"
        with pytest.raises(ProtocolError, match="1,025 binary values"):
            app.emit("news", many)


def test_what_comes_before_hello_is_refused_with_its_id(app: AppOf) -> None:
    app.expose(every_kind)
    with TestClient(app) as client:
        window = app.open_window("second")
        page = client.page("second", hello=False)
        page.send({"kind": "call", "id": 1, "name": "every_kind", "args": [1]})
        with pytest.raises(RemoteError, match="hello first") as caught:
            page.result(1)
        assert caught.value.code == "protocol"
        page.send({"kind": "subscribe", "name": "x"})
        assert page.wait_for_fault().code == "protocol"
        assert window.label == "second"


def test_hello_of_another_version_is_refused_with_the_remedy(app: AppOf) -> None:
    with TestClient(app) as page:
        page.send({"kind": "hello", "version": 2, "shape": "unknown"})
        error = page.wait_for_fault()
    assert error.code == "version"
    assert "pytron-client" in str(error)


def test_bad_message_in_a_good_frame_is_answered_alone(app: AppOf) -> None:
    app.expose(every_kind)
    with TestClient(app) as page:
        good = {"kind": "call", "id": 1, "name": "every_kind", "args": [5]}
        page.send({"kind": "eval"}, good, {})
        assert page.result(1)[0] == 5
        assert [page.wait_for_fault().code for _ in range(2)] == ["protocol"] * 2
