"""What a page sends, as the types that annotations name: the last column of section 5."""

from __future__ import annotations

import datetime
import decimal
import enum
import json
import pathlib
import uuid
from dataclasses import dataclass
from typing import Any, NamedTuple, TypedDict

import attrs
import msgspec
import numpy as np
import numpy.typing as npt
import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytron import codec
from pytron.errors import ProtocolError


class Colour(enum.Enum):
    RED = "red"


@dataclass
class Point:
    x: int
    y: int = 0


@attrs.define
class AttrsPoint:
    x: int


class StructPoint(msgspec.Struct, rename="camel"):
    the_x: int


class ModelPoint(pydantic.BaseModel):
    x: int


class Movie(TypedDict, total=False):
    name: str


class Pair(NamedTuple):
    first: int
    second: str


UTC = datetime.timezone.utc
UUID = uuid.UUID(int=5)
SAMPLES: list[tuple[Any, Any, object]] = [
    (datetime.datetime, "2024-02-29T12:30:05.25Z",
     datetime.datetime(2024, 2, 29, 12, 30, 5, 250000, tzinfo=UTC)),
    (datetime.date, "2024-02-29", datetime.date(2024, 2, 29)),
    (datetime.time, "12:30:00", datetime.time(12, 30)),
    (datetime.timedelta, "PT90S", datetime.timedelta(seconds=90)),
    (uuid.UUID, str(UUID), UUID),
    (decimal.Decimal, "1.10", decimal.Decimal("1.10")),
    (Colour, "red", Colour.RED),
    (set[int], [1, 2], {1, 2}),
    (frozenset[str], ["a"], frozenset({"a"})),
    (tuple[int, str], [1, "a"], (1, "a")),
    (Pair, [1, "a"], Pair(1, "a")),
    (pathlib.Path, "/a/b", pathlib.Path("/a/b")),
    (pathlib.PurePosixPath, "/a", pathlib.PurePosixPath("/a")),
    (Point, {"x": 1}, Point(1)),
    (AttrsPoint, {"x": 1}, AttrsPoint(1)),
    (StructPoint, {"theX": 1}, StructPoint(1)),
    (ModelPoint, {"x": 1}, ModelPoint(x=1)),
    (list[ModelPoint], [{"x": 1}], [ModelPoint(x=1)]),
    (Movie, {"name": "x"}, {"name": "x"}),
    (dict[int, str], {"1": "a"}, {1: "a"}),
    (dict[uuid.UUID, int], {str(UUID): 1}, {UUID: 1}),
    (int | str | None, None, None),
    (float, 1, 1.0),
    (int, 2**80, 2**80),
    (Any, {"a": [2**80]}, {"a": [2**80]}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "wire", "value"), SAMPLES, ids=lambda value: str(value)[:40])
def test_annotation_makes_the_value_from_json_and_beside_binary(
    kind: Any, wire: Any, value: object
) -> None:
    decoded = codec.decoder(kind)(json.dumps(wire).encode())
    assert decoded == value
    assert type(decoded) is type(value)
    converted = codec.convert(wire, kind)
    assert converted == value
    assert type(converted) is type(value)


@pytest.mark.parametrize(
    ("kind", "wire", "told"),
    [
        (int, "1", "Expected `int`, got `str`"),
        (int, 1.5, "Expected `int`, got `float`"),
        (int, True, "Expected `int`, got `bool`"),
        (str, 1, "Expected `str`, got `int`"),
        (Colour, "blue", "Invalid enum value"),
        (list[Point], [{"x": 1}, {"x": "a"}], r"got `str` - at `\$\[1\].x`"),
        (ModelPoint, {"x": "a"}, "valid integer"),
        (Movie, {"name": 1}, "Expected `str`"),
        (datetime.date, "yesterday", "Invalid RFC3339"),
        (pathlib.Path, 5, "."),
    ],
)
def test_what_does_not_fit_says_where_and_what_was_expected(
    kind: Any, wire: Any, told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        codec.decoder(kind)(json.dumps(wire).encode())
    with pytest.raises(ValueError, match=told):
        codec.convert(wire, kind)


class Holder:
    """A class of the user's that nobody knows how to make."""


def test_type_that_cannot_come_from_a_page_is_refused() -> None:
    with pytest.raises(ValueError, match="Expected `Holder`, got `dict`"):
        codec.convert({}, Holder)


@dataclass
class Deep:
    name: str
    data: list[dict[str, bytes]]


class ModelDeep(pydantic.BaseModel):
    deep: list[Deep]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (bytes, True), (bytearray, True), (memoryview, True), (npt.NDArray[np.float64], True),
        (list[bytes], True), (dict[str, int | bytes], True), (Deep, True),
        (ModelDeep, True), (list[tuple[int, Deep]], True), (None | Deep, True),
        (int, False), (Point, False), (Movie, False), (ModelPoint, False), (Any, False),
        (dict[str, list[Point]], False), (Colour, False), (datetime.datetime, False),
    ],
)  # fmt: skip
def test_types_that_may_hold_binary_are_known(kind: Any, expected: bool) -> None:
    assert codec.mentions_binary([kind]) is expected


@pytest.mark.parametrize(
    ("values", "wanted", "expected"),
    [
        ([1, 2], np.float64, [1.0, 2.0]),
        ([1, 2], np.uint8, [1, 2]),
        ([0.1], np.float32, [np.float32(0.1)]),
        ([[1, 2], [3, 4]], np.int64, [[1, 2], [3, 4]]),
        ([], np.int16, []),
    ],
)
def test_lists_become_arrays_where_nothing_is_lost(values: Any, wanted: Any, expected: Any) -> None:
    array = codec.convert(values, npt.NDArray[wanted])
    assert array.dtype == wanted
    assert array.tolist() == expected


@pytest.mark.parametrize(
    ("values", "wanted"),
    [([300], np.uint8), ([-1], np.uint16), ([1.5], np.int32), (["1"], np.int8)],
)
def test_lists_that_would_lose_something_are_refused(values: Any, wanted: Any) -> None:
    with pytest.raises(ValueError, match="Expected an array"):
        codec.convert(values, npt.NDArray[wanted])


def test_lists_of_different_lengths_are_no_array() -> None:
    with pytest.raises(ValueError, match="inhomogeneous"):
        codec.convert([[1], [1, 2]], npt.NDArray[np.int64])


@pytest.mark.parametrize("kind", [*codec.ELEMENTS, "uint8c"])
@pytest.mark.parametrize("shape", [None, [2, 3], [0, 3], [6]])
def test_typed_parts_keep_type_and_shape(kind: str, shape: list[int] | None) -> None:
    name = "uint8" if kind == "uint8c" else kind
    count = 6 if shape is None else int(np.prod(shape))
    values = np.arange(count, dtype=name)
    tree: dict[str, Any] = {"value": None}
    place: dict[str, Any] = {"at": ["value"], "part": 0, "type": kind}
    codec.place(tree, [{**place, "shape": shape} if shape else place], [values.tobytes()])
    view = tree["value"]
    assert (view.format.lstrip("<"), view.itemsize) == (
        {"int64": "q", "uint64": "Q"}.get(name, values.dtype.char), values.itemsize
    )  # fmt: skip
    assert list(view.shape) == (shape or [6])
    array = codec.convert(view, npt.NDArray[Any])
    assert array.dtype == name
    assert array.tolist() == values.reshape(shape or [6]).tolist()


@given(
    at=st.lists(st.integers() | st.text() | st.none() | st.booleans(), max_size=4),
    part=st.integers() | st.none() | st.text(),
    kind=st.sampled_from(["bytes", "int32", "nonsense"]) | st.none() | st.integers(),
    shape=st.none() | st.lists(st.integers()) | st.lists(st.none()),
)
def test_places_never_raise_anything_but_protocol_error(
    at: Any, part: Any, kind: Any, shape: Any
) -> None:
    tree: dict[str, Any] = {"args": [None, {"x": None}, "text", 5]}
    entry = {"at": at, "part": part, "type": kind, "shape": shape}
    try:
        codec.place(tree, [entry], [b"abcd"])
    except ProtocolError:
        return
    assert tree != {"args": [None, {"x": None}, "text", 5]}
