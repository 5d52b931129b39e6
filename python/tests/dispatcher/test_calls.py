"""Calls from a page: arguments, answers, permission, and how they end."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import numpy as np
import numpy.typing as npt
import pydantic
import pytest
from pytron import App, CallError, current, protocol
from pytron.testing import RemoteError, TestClient
from waiting import Gate

AppOf = App[Any]


def refused(page: TestClient, name: str, *arguments: Any, **named: Any) -> RemoteError:
    with pytest.raises(RemoteError) as caught:
        page.call(name, *arguments, **named)
    return caught.value


# --- arguments --------------------------------------------------------------------------------


def every_kind(a: int, b: str = "b", *rest: float, c: bool = False, d: int = 4) -> list[Any]:
    return [a, b, list(rest), c, d]


def only_named(a: int, *, b: int) -> int:
    return a - b


def by_place(a: int, b: int = 2, /, c: int = 3) -> list[int]:
    return [a, b, c]


@pytest.mark.parametrize(
    ("arguments", "named", "expected"),
    [
        ((1,), {}, [1, "b", [], False, 4]),
        ((1, "x", 2.5, 3), {}, [1, "x", [2.5, 3.0], False, 4]),
        ((), {"a": 1, "d": 9}, [1, "b", [], False, 9]),
        ((), {"c": True, "a": 1, "b": "x"}, [1, "x", [], True, 4]),
    ],
)
def test_arguments_reach_their_parameters(
    app: AppOf, arguments: Any, named: Any, expected: Any
) -> None:
    app.expose(every_kind)
    with TestClient(app) as page:
        assert page.call("every_kind", *arguments, **named) == expected


def test_positional_only_parameters_can_be_given_by_name_in_a_page(app: AppOf) -> None:
    app.expose(by_place)
    with TestClient(app) as page:
        assert page.call("by_place", a=1, c=9) == [1, 2, 9]
        assert page.call("by_place", 5, 6) == [5, 6, 3]


@pytest.mark.parametrize(
    ("function", "arguments", "named", "told"),
    [
        (every_kind, (), {}, "every_kind(): missing a; it is every_kind(a: int, b: str = 'b', "),
        (every_kind, ("x",), {}, "every_kind(): argument a: expected `int`, got `str`"),
        (every_kind, (1, "x", "y"), {}, "every_kind(): argument 3: expected `float`, got `str`"),
        (every_kind, (), {"a": 1, "e": 2}, "every_kind() has no argument called e"),
        (every_kind, (), {"b": "x"}, "every_kind(): missing a"),
        (by_place, (1, 2, 3, 4), {}, "by_place() takes at most 3 arguments by position;"),
        (by_place, (), {}, "by_place(): missing a;"),
        (only_named, (1,), {}, "only_named() takes b by name only: pytron.call('only_named', {…})"),
        (only_named, (), {"a": 1}, "only_named(): missing b"),
    ],
)
def test_wrong_arguments_are_refused_in_the_function_s_words(
    app: AppOf, function: Any, arguments: Any, named: Any, told: str
) -> None:
    app.expose(function)
    with TestClient(app) as page:
        error = refused(page, function.__name__, *arguments, **named)
    assert error.code == "invalid_arguments"
    assert told in str(error)


def test_too_many_arguments_counts_only_those_by_position(app: AppOf) -> None:
    @app.expose
    def mixed(a: int, *, b: int = 1, c: int = 2) -> int:
        return a + b + c

    with TestClient(app) as page:
        error = refused(page, "mixed", 1, 2)
    assert "takes at most 1 argument by position, and b, c by name" in str(error)


@dataclass
class Point:
    x: int
    y: int = 0


class Model(pydantic.BaseModel):
    name: str
    size: Annotated[int, pydantic.Field(gt=0)]


def test_arguments_are_made_of_their_annotations(app: AppOf) -> None:
    seen: list[Any] = []

    @app.expose
    def take(
        point: Point,
        model: Model,
        folder: Path,
        mode: Literal["r", "w"],
        few: Annotated[list[int], msgspec.Meta(max_length=2)],
    ) -> None:
        seen.extend([point, model, folder, mode, few])

    with TestClient(app) as page:
        page.call("take", {"x": 1}, {"name": "a", "size": 3}, "/tmp", "r", [1])
        assert seen == [Point(1), Model(name="a", size=3), Path("/tmp"), "r", [1]]
        good: list[Any] = [{"x": 1}, {"name": "a", "size": 3}, "/tmp", "r", [1]]
        for place, bad, told in [
            (0, {"x": "1"}, "argument point.x: expected `int`, got `str`"),
            (1, {"name": "a", "size": 0}, "size"),
            (3, "x", "argument mode"),
            (4, [1, 2, 3], "argument few"),
        ]:
            error = refused(page, "take", *good[:place], bad, *good[place + 1 :])
            assert error.code == "invalid_arguments"
            assert told in str(error)


def test_binary_arguments_are_bytes_and_typed_memory(app: AppOf) -> None:
    seen: list[Any] = []

    @app.expose
    def take(*values: Any) -> None:
        seen.extend(values)

    @app.expose
    def exact(a: bytes, b: bytearray, c: memoryview) -> None:
        seen.extend([a, b, c])

    with TestClient(app) as page:
        page.call("take", b"ab", np.array([1.5, 2.0]), {"deep": [b"c"]})
        page.call("exact", b"a", np.array([1, 2], dtype="uint8"), b"c")
    assert seen[0] == b"ab"
    assert type(seen[0]) is bytes
    assert seen[1].format == "d"
    assert seen[1].tolist() == [1.5, 2.0]
    assert seen[2] == {"deep": [b"c"]}
    assert seen[3:] == [b"a", bytearray(b"\1\2"), memoryview(b"c")]
    assert [type(value) for value in seen[3:]] == [bytes, bytearray, memoryview]


def test_text_is_no_bytes(app: AppOf) -> None:
    @app.expose
    def take(data: bytes) -> int:
        return len(data)

    with TestClient(app) as page:
        assert "expected `bytes`, got `str`" in str(refused(page, "take", "YWI="))


def test_numpy_arguments_are_arrays_of_the_annotated_type(app: AppOf) -> None:
    @app.expose
    def mean(values: npt.NDArray[np.float64]) -> float:
        return float(values.mean())

    @app.expose
    def shape(values: npt.NDArray[Any]) -> list[int]:
        return list(values.shape)

    with TestClient(app) as page:
        assert page.call("mean", np.array([1.0, 3.0])) == 2.0
        assert page.call("mean", [1, 2]) == 1.5
        assert page.call("shape", np.zeros((2, 3), dtype="int16")) == [2, 3]
        assert page.call("shape", np.zeros((0, 3))) == [0, 3]
        assert "array of float64, got float32" in str(
            refused(page, "mean", np.zeros(2, dtype="float32"))
        )
        assert "expected an array" in str(refused(page, "mean", "x"))
        assert "array of numbers" in str(refused(page, "shape", ["x"]))


def test_binary_that_does_not_fit_its_message_is_refused(app: AppOf) -> None:
    app.expose(every_kind)
    message = {"kind": "call", "id": 1, "name": "every_kind", "args": [None]}
    place = {"at": ["args", 0], "part": 1, "type": "bytes"}
    with TestClient(app) as page:
        page.send({**message, "bin": [place]}, parts=[memoryview(b"")])
        with pytest.raises(RemoteError) as caught:
            page.result(1)
    assert caught.value.code == "protocol"


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


@pytest.mark.parametrize(
    ("error", "code", "message", "data"),
    [
        (CallError("no", code="no_money", data={"left": 3}), "no_money", "no", {"left": 3}),
        (CallError("no", data=[b"bytes"]), "exception", "no", None),
        (CallError("no", data=object()), "exception", "no", None),
        (FileNotFoundError("caf\udce9"), "exception", "caf\\udce9", None),
        (Unspeakable(), "exception", "Unspeakable", None),
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
    assert "did you mean every_kind?" in str(error)


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
