"""Arguments of calls, checked against annotations."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import numpy as np
import numpy.typing as npt
import pydantic
import pytest
from pytron import App
from pytron.testing import RemoteError, TestClient

AppOf = App[Any]


def refused(page: TestClient, name: str, *arguments: Any, **named: Any) -> RemoteError:
    with pytest.raises(RemoteError) as caught:
        page.call(name, *arguments, **named)
    return caught.value


def every_kind(a: int, b: str = "b", *rest: float, c: bool = False, d: int = 4) -> list[Any]:
    return [a, b, list(rest), c, d]


def open_end(a: int = 0, **options: int) -> dict[str, int]:
    return {"a": a, **options}


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
        (open_end, (), {"b": 1}, "has no argument called b, and a page cannot fill **options;"),
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
