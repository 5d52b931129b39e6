"""What Python values become on the wire, beyond the shared vectors."""

from __future__ import annotations

import array
import collections
import datetime
import enum
import json
import types
import uuid
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple, TypedDict

import attrs
import msgspec
import numpy as np
import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytron import codec
from pytron.errors import CallError

pytestmark = pytest.mark.usefixtures("encoder")


@dataclass
class Box:
    inside: Any
    count: int = 1
    hidden: ClassVar[int] = 7


@attrs.define
class AttrsBox:
    inside: Any


class StructBox(msgspec.Struct, tag="box", rename="camel", omit_defaults=True):
    what_is_inside: Any
    count: int = 1


class ModelBox(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(arbitrary_types_allowed=True)
    inside: Any


class Pair(NamedTuple):
    first: Any
    second: Any


class Movie(TypedDict):
    name: str
    still: bytes


class Size(enum.IntEnum):
    LARGE = 3


class Huge(enum.Enum):
    NUMBER = 2**60


class Blob(enum.Enum):
    DATA = b"\x01\x02"


def plain(value: object) -> Any:
    encoded = codec.encode(value)
    assert not encoded.parts
    return json.loads(encoded.json)


def lifted(value: object) -> tuple[Any, list[tuple[Any, str, bytes]]]:
    """The JSON, and for each part its place, type and bytes."""
    encoded = codec.encode(value)
    parts: list[tuple[Any, str, bytes]] = []
    for entry in encoded.bin:
        index, kind = entry["part"], entry["type"]
        assert isinstance(index, int)
        assert isinstance(kind, str)
        parts.append((entry["at"], kind, bytes(encoded.parts[index])))
    return json.loads(encoded.json), parts


def refusal(value: object) -> str:
    with pytest.raises(CallError) as caught:
        codec.encode(value)
    assert caught.value.code == "encode_failed"
    return str(caught.value)


@pytest.mark.parametrize(
    ("wrap", "outside", "path"),
    [
        (lambda v: [v], [None], (0,)),
        (lambda v: (1, v), [1, None], (1,)),
        (lambda v: {"a": {"b": v}}, {"a": {"b": None}}, ("a", "b")),
        (lambda v: {5: v}, {"5": None}, ("5",)),
        (lambda v: Box(v), {"inside": None, "count": 1}, ("inside",)),
        (lambda v: AttrsBox(v), {"inside": None}, ("inside",)),
        (lambda v: StructBox(v), {"type": "box", "whatIsInside": None}, ("whatIsInside",)),
        (lambda v: ModelBox(inside=v), {"inside": None}, ("inside",)),
        (lambda v: ModelBox(inside=ModelBox(inside=v)), {"inside": {"inside": None}},
         ("inside", "inside")),
        (lambda v: Pair(1, v), [1, None], (1,)),
        (lambda v: types.MappingProxyType({"a": v}), {"a": None}, ("a",)),
        (lambda v: [Box([{"x": AttrsBox(v)}])], [{"inside": [{"x": {"inside": None}}], "count": 1}],
         (0, "inside", 0, "x", "inside")),
    ],
    ids=["list", "tuple", "dict", "int-key", "dataclass", "attrs", "struct", "pydantic",
         "pydantic-twice", "namedtuple", "mapping", "all-together"],
)  # fmt: skip
@pytest.mark.parametrize(
    ("binary", "kind", "data"),
    [
        (b"\x01\x02", "bytes", b"\x01\x02"),
        (bytearray(b"\x03"), "bytes", b"\x03"),
        (memoryview(b"\x04"), "bytes", b"\x04"),
        (b"", "bytes", b""),
        (array.array("H", [1, 258]), "uint16", b"\x01\x00\x02\x01"),
        (np.array([1.5], dtype="float32"), "float32", b"\x00\x00\xc0\x3f"),
    ],
    ids=["bytes", "bytearray", "memoryview", "empty", "array", "numpy"],
)
def test_binary_leaves_as_a_part_wherever_it_stands(
    wrap: Any, outside: Any, path: tuple[Any, ...], binary: Any, kind: str, data: bytes
) -> None:
    text, parts = lifted(wrap(binary))
    assert text == outside
    assert parts == [(("value", *path), kind, data)]


def test_typed_dict_with_bytes() -> None:
    movie: Movie = {"name": "x", "still": b"\x01"}
    assert lifted(movie) == (
        {"name": "x", "still": None}, [(("value", "still"), "bytes", b"\x01")]
    )  # fmt: skip


def test_bytes_of_an_enum_leave_as_a_part() -> None:
    assert lifted([Blob.DATA]) == ([None], [(("value", 0), "bytes", b"\x01\x02")])


def test_everything_else_keeps_its_form_beside_binary() -> None:
    values = [
        StructBox(1, count=2), Size.LARGE, datetime.date(2024, 2, 29), {3}, uuid.UUID(int=5),
        Box(None), np.float32(0.5), {1: "a"},
    ]  # fmt: skip
    text, _ = lifted([b"", *values])
    assert text[1:] == plain(values)


@pytest.mark.parametrize("kind", codec.ELEMENTS)
def test_arrays_keep_their_element_type(kind: str) -> None:
    values = np.arange(6, dtype=kind)
    [(_, wire, data)] = lifted(values)[1]
    assert (wire, data) == (kind, values.tobytes())


def test_array_of_two_dimensions_says_its_shape() -> None:
    [entry] = codec.encode(np.zeros((2, 3))).bin
    assert entry["shape"] == (2, 3)


def test_array_without_elements_keeps_its_shape() -> None:
    encoded = codec.encode(np.zeros((0, 3)))
    assert encoded.bin[0]["shape"] == (0, 3)
    assert encoded.parts[0].nbytes == 0


@pytest.mark.parametrize(
    "values",
    [
        np.arange(10)[::2],
        np.arange(12).reshape(3, 4).T,
        np.asfortranarray(np.arange(12.0).reshape(3, 4)),
        np.arange(5)[::-1],
    ],
    ids=["stride", "transposed", "fortran", "reversed"],
)
def test_arrays_that_are_not_contiguous_are_sent_in_c_order(values: Any) -> None:
    encoded = codec.encode(values)
    assert encoded.parts[0] == values.tobytes(order="C")


def test_memoryview_with_steps_keeps_its_element_type() -> None:
    view = memoryview(array.array("d", [0, 1, 2, 3]))[::2]
    assert lifted(view)[1] == [(("value",), "float64", array.array("d", [0, 2]).tobytes())]


def test_big_endian_arrays_are_turned_round() -> None:
    assert lifted(np.array([1, 256], dtype=">i2"))[1] == [(("value",), "int16", b"\1\0\0\1")]


@pytest.mark.parametrize(
    ("value", "number"),
    [(np.float32(0.5), 0.5), (np.int64(7), 7), (np.bool_(True), True), (np.array(3), 3),
     (np.str_("x"), "x"), (np.array(2.5), 2.5)],
)  # fmt: skip
def test_numpy_scalars_and_arrays_without_dimensions_are_numbers(value: Any, number: Any) -> None:
    assert plain(value) == number
    assert plain([value]) == [number]


@pytest.mark.parametrize(
    "value",
    [
        np.array([object()]), np.array(["a"]), np.array([1j]), np.array([True]),
        np.zeros(2, dtype="float16"), np.array(["2024-01-01"], dtype="datetime64[D]"),
        np.zeros(1, dtype=[("a", "i4")]),
    ],
    ids=["object", "text", "complex", "bool", "float16", "datetime", "record"],
)  # fmt: skip
def test_arrays_without_a_type_on_the_wire_are_refused_with_a_remedy(value: Any) -> None:
    assert "convert it to a number type" in refusal({"a": [value]})
    assert "value.a[0]: " in refusal({"a": [value]})


@pytest.mark.parametrize("make", [np.float32, np.float64, float, np.float16])
def test_nan_is_never_null(make: Any) -> None:
    nan = make("nan")
    for value in (nan, [nan], {"a": nan}, Box(nan), ModelBox(inside=nan), [b"", nan], [None, nan]):
        assert "nan has no form in JSON" in refusal(value)


@pytest.mark.parametrize("make", [int, np.int64, np.uint64])
def test_integers_past_2_53_are_refused_wherever_they_stand(make: Any) -> None:
    last = make(2**53 - 1)
    assert plain([last]) == [2**53 - 1]
    large = make(2**53)
    for value in (large, [large], {"a": large}, Box(large), ModelBox(inside=large), [b"", large]):
        assert "past 2^53" in refusal(value)


def test_enum_past_2_53_is_refused() -> None:
    assert "past 2^53" in refusal([Huge.NUMBER])


def test_long_digits_in_texts_are_no_integers() -> None:
    assert plain({"card": "1" * 30, "id": uuid.UUID(int=2**100)})["card"] == "1" * 30


def test_times_of_numpy_are_sent_where_python_has_them() -> None:
    assert plain(np.datetime64("2024-02-29")) == "2024-02-29"
    assert "convert it to a type of Python" in refusal(np.datetime64("2024-02-29", "ns"))


@pytest.mark.parametrize("base", [str, int, float])
def test_subclasses_of_scalars_are_the_scalars(base: Any) -> None:
    class Own(base):
        def __str__(self) -> str:
            raise AssertionError("the value is taken, not how it is shown")

    assert plain([Own("3")]) == [base("3")]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({1.5: 1}, "the key 1.5 is a float"),
        ({b"a": 1}, "the key b'a' is a bytes"),
        ({None: 1}, "the key None is a NoneType"),
        ({True: 1}, "the key True is a bool"),
        ({1: "a", "1": "b"}, "two keys are both written '1'"),
        ({Blob.DATA: 1}, "make it a str"),
    ],
)
def test_keys_that_json_would_change_are_refused(value: Any, told: str) -> None:
    assert told in refusal({"a": [value]})
    assert "cannot send value.a[0]: " in refusal({"a": [value]})
    assert told in refusal([b"", value])


def test_keys_of_other_kinds_are_texts() -> None:
    assert plain({datetime.date(2024, 2, 29): 1, 7: 2, Size.LARGE: 3, "x": 4}) == {
        "2024-02-29": 1, "7": 2, "3": 3, "x": 4,
    }  # fmt: skip


def test_error_names_the_first_place() -> None:
    assert "cannot send value.rows[1].inside.b[0]: builtins.object has no form in JSON" in refusal(
        {"rows": [Box(1), Box({"a": 1, "b": [object(), object()]})]}
    )


def test_error_says_where_in_its_message_the_value_stands() -> None:
    with pytest.raises(CallError, match=r"cannot send data\[0\]: "):
        codec.encode([object()], at=("data",))


@pytest.mark.parametrize(
    "value",
    [object(), len, Box, ModelBox, 1j, range(3), iter([]), collections.deque([1]), Exception("x")],
    ids=repr,
)
def test_what_has_no_rule_is_refused(value: Any) -> None:
    assert "encode" not in refusal([value])


def test_broken_texts_are_refused_with_a_remedy() -> None:
    assert "errors='replace'" in refusal({"name": "caf\udce9"})


def test_what_python_may_still_change_is_copied() -> None:
    buffer, numbers = bytearray(b"ab"), np.arange(3)
    parts = codec.encode([buffer, numbers]).parts
    buffer[:] = b"xyz"  # not refused either: nothing holds on to it
    numbers[:] = 9
    assert [bytes(part) for part in parts] == [b"ab", np.arange(3).tobytes()]


def test_what_cannot_change_is_not_copied() -> None:
    data, numbers = b"x" * 100, np.arange(3)
    numbers.setflags(write=False)
    parts = codec.encode([data, numbers]).parts
    assert parts[0].obj is data
    assert parts[1].obj is numbers


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(alphabet=st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(
        alphabet=st.characters(exclude_categories=["Cs"])), inner, max_size=4),
    max_leaves=30,
)  # fmt: skip


@given(values)
def test_plain_data_comes_back_as_it_was(value: Any) -> None:
    assert codec.decode(codec.encode(value).json) == value


@dataclass
class Tree:
    name: str = ""
    data: bytes = b""
    children: list[Tree] = field(default_factory=list["Tree"])


@given(st.recursive(
    st.builds(Tree, st.just("leaf"), st.binary(max_size=8)),
    lambda inner: st.builds(
        Tree, st.just("node"), st.binary(max_size=8), st.lists(inner, max_size=3)),
    max_leaves=10,
))  # fmt: skip
def test_binary_comes_back_where_it_was(tree: Tree) -> None:
    encoded = codec.encode(tree)
    placed = {"value": codec.decode(encoded.json)}
    codec.place(placed, encoded.bin, encoded.parts)
    assert codec.convert(placed["value"], Tree) == tree
