"""Record classes of all kinds as state."""

from __future__ import annotations

import array
import contextlib
import copy
import dataclasses
import datetime
import decimal
import enum
import functools
import pathlib
import uuid
from typing import Any, Generic, NamedTuple, TypeVar

import attrs
import msgspec
import numpy as np
import pytest
from pytron import codec
from pytron.errors import StateError
from pytron.state import State, plain

from .samples import Note, Notes, ops_of, recorded

T = TypeVar("T")


def test_a_typo_names_the_near_field() -> None:
    state = State("app", Notes)
    with pytest.raises(AttributeError, match="Notes has no field 'cuont': did you mean 'count'"):
        state.root.cuont = 1  # type: ignore[attr-defined]
    state.root.items.append(Note())
    with pytest.raises(AttributeError, match="its fields are text, done, tags"):
        state.root.items[0].zzzzzz = 1  # type: ignore[attr-defined]
    assert "cuont" not in vars(state.root)


def test_deleting_a_field_returns_to_its_default() -> None:
    state = State("app", Notes)
    state.root.count = 3
    state.root.items.append(Note())
    patches = recorded(state)
    del state.root.count
    del state.root.items
    assert (state.root.count, state.root.items) == (0, [])
    assert [op["op"] for op in ops_of(patches)] == ["set", "set"]

    @dataclasses.dataclass
    class Needs:
        name: str

    bare = State("app", Needs("x"))
    with pytest.raises(AttributeError, match="no default to go back to"):
        del bare.root.name
    with pytest.raises(AttributeError):
        del bare.root.nmae  # type: ignore[attr-defined]


@dataclasses.dataclass(slots=True)
class Slotted:
    x: int = 0
    inner: list[int] = dataclasses.field(default_factory=list[int])


@dataclasses.dataclass(frozen=True)
class Frozen:
    x: int = 0
    inner: list[int] = dataclasses.field(default_factory=list[int])


@dataclasses.dataclass(kw_only=True)
class WithMethods:
    x: int = 0
    made: list[str] = dataclasses.field(default_factory=list[str])
    later: int = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        self.made.append("made")

    def grow(self) -> None:
        self.x += 1

    @property
    def double(self) -> int:
        return self.x * 2

    @double.setter
    def double(self, value: int) -> None:
        self.x = value // 2

    @functools.cached_property
    def cached(self) -> str:
        return f"cached {self.x}"


@dataclasses.dataclass
class Box(Generic[T]):
    content: T | None = None


@attrs.define
class Attrs:
    x: int = attrs.field(default=0, validator=attrs.validators.instance_of(int))
    inner: list[int] = attrs.field(factory=list)


class Struct(msgspec.Struct, rename="camel", tag="struct"):
    some_count: int = 0
    inner: list[int] = []


class FrozenStruct(msgspec.Struct, frozen=True):
    x: int = 0
    inner: list[int] = []


class Colour(enum.Enum):
    RED = "red"


def test_slots_are_tracked() -> None:
    state = State("app", Slotted)
    patches = recorded(state)
    state.root.x = 1
    state.root.inner.append(2)
    assert [op["path"] for op in ops_of(patches)] == [["x"], ["inner"]]
    assert msgspec.json.encode(state.root) == b'{"x":1,"inner":[2]}'


def test_a_frozen_record_is_tracked_inside() -> None:
    state = State("app", Frozen)
    with pytest.raises(dataclasses.FrozenInstanceError):
        state.root.x = 1  # type: ignore[misc]
    state.root.inner.append(1)
    assert state.snapshot() == (1, {"x": 0, "inner": [1]})
    with pytest.raises(StateError, match="'x' can't be changed"):
        state.apply([{"op": "set", "path": ["x"], "value": 2}])
    holder = State[Any]("app", {"frozen": Frozen(3)})
    holder.root["frozen"] = Frozen(4)
    assert holder.snapshot() == (1, {"frozen": {"x": 4, "inner": []}})


def test_methods_properties_and_private_attributes_work() -> None:
    value = WithMethods()
    value.later = 7
    state = State("app", value)
    patches = recorded(state)
    assert state.root.made == ["made"]  # copying doesn't run __post_init__ again
    assert state.root.cached == "cached 0"
    state.root.grow()
    state.root.double = 8
    state.root._private = 1  # type: ignore[attr-defined]
    assert [op["value"] for op in ops_of(patches)] == [1, 4]
    assert state.snapshot() == (2, {"x": 4, "made": ["made"], "later": 7})


def test_a_field_without_value_is_left_out() -> None:
    state = State("app", WithMethods())
    assert state.snapshot()[1] == {"x": 0, "made": ["made"]}
    with contextlib.suppress(RuntimeError), state.transaction():
        state.root.later = 1
        raise RuntimeError
    assert not hasattr(state.root, "later")
    assert state.revision == 0


def test_generic_and_derived_classes_keep_their_class() -> None:
    class Derived(Note):
        pass

    state = State[Any]("app", {"box": Box([Derived("x")])})
    node = state.root["box"]
    assert type(node).__mro__[1] is Box
    assert isinstance(node.content[0], Derived)
    node.content[0].done = True
    assert state.revision == 1


def test_attrs_classes_keep_their_validators() -> None:
    state = State("app", Attrs)
    state.root.x = 2
    state.root.inner.append(1)
    with pytest.raises(TypeError):
        state.root.x = "no"  # type: ignore[assignment]
    assert state.snapshot() == (2, {"x": 2, "inner": [1]})
    assert state.root == Attrs(2, [1])


def test_structs_show_the_names_that_pages_see() -> None:
    state = State("app", Struct)
    patches = recorded(state)
    state.root.some_count += 1
    state.root.inner.append(5)
    assert [op["path"] for op in ops_of(patches)] == [["someCount"], ["inner"]]
    assert state.snapshot()[1] == {"type": "struct", "someCount": 1, "inner": [5]}
    assert msgspec.json.decode(msgspec.json.encode(state.root)) == state.snapshot()[1]
    assert state.root == Struct(1, [5])
    assert Struct(1, [5]) == state.root
    assert state.root != Struct(2, [5])
    state.apply([{"op": "set", "path": ["someCount"], "value": 9}])
    assert state.root.some_count == 9
    with pytest.raises(AttributeError, match="did you mean 'some_count'"):
        state.root.some_cuont = 1  # type: ignore[attr-defined]


def test_a_frozen_struct_is_tracked_inside() -> None:
    state = State("app", FrozenStruct)
    with pytest.raises(AttributeError):
        state.root.x = 1  # type: ignore[misc]
    state.root.inner.append(1)
    assert state.snapshot() == (1, {"x": 0, "inner": [1]})


def test_an_array_like_struct_is_refused() -> None:
    class Row(msgspec.Struct, array_like=True):
        x: int = 0

    with pytest.raises(StateError, match="array_like"):
        State[Any]("app", {"row": Row()})


def view_of(array: Any) -> memoryview[Any]:
    return memoryview(array)


def test_leaves_are_kept_as_they_are() -> None:
    array = np.arange(3)
    floats: Any = view_of(array.astype("f4"))
    state = State[Any]("app", {"colour": Colour.RED, "pair": (1, "x")})
    state.root["array"] = array
    state.root["bytes"] = bytearray(b"ab")
    state.root["view"] = memoryview(b"cd")
    state.root["scalar"] = np.float64(1.5)
    state.root["integer"] = np.int64(3)
    state.root["floats"] = floats
    state.root["empty"] = view_of(np.zeros((0, 3)))
    array[0] = floats[0] = 9
    _, value = state.snapshot()
    assert value["colour"] is Colour.RED
    assert value["pair"] == [1, "x"]
    assert value["array"].tolist() == [0, 1, 2]
    assert (value["bytes"], value["view"]) == (bytearray(b"ab"), b"cd")
    assert type(value["scalar"]) is float
    assert type(value["integer"]) is int
    assert (value["floats"].format, value["floats"].tolist()) == ("f", [0, 1, 2])
    assert value["empty"].format == "d"
    assert value["floats"].readonly
    assert copy.deepcopy(state.root)["array"].tolist() == [0, 1, 2]
    assert plain(state.root["pair"]) == [1, "x"]


class Moment(datetime.datetime):
    pass


class Pair(NamedTuple):
    a: int
    b: int


class Flags(enum.Flag):
    ONE = 1


class Odd(enum.Enum):
    BAD = object()


LEAVES: list[Any] = [
    *(None, True, 1, 1.5, "é", b"x", bytearray(b"x"), memoryview(b"x")),
    *(datetime.datetime.now(datetime.timezone.utc), datetime.date.today(), datetime.time(1)),
    *(datetime.timedelta(1), decimal.Decimal("1.5"), uuid.uuid4(), pathlib.PurePath("/x")),
    *(Colour.RED, Flags.ONE, (1, "x"), Pair(1, 2)),
    *(np.arange(3), np.arange(3, dtype=">i4"), np.ones((2, 2), "f4")[:, ::2], np.bool_(True)),
    *(np.float16(1), np.str_("x"), np.datetime64("2020-01-01"), array.array("d", [1.0])),
    *(memoryview(array.array("h", [1, 2])), np.zeros((0, 3))),
]


@pytest.mark.parametrize("value", LEAVES, ids=lambda value: type(value).__name__)
def test_every_leaf_can_be_sent(value: object) -> None:
    state = State[Any]("app", {})
    patches = recorded(state)
    state.root["x"] = value
    codec.encode(patches[0].ops, at=("ops",))
    codec.encode(state.snapshot()[1])


@pytest.mark.parametrize(
    "value",
    [
        Moment.now(),
        Odd.BAD,
        datetime.timezone.utc,
        np.array([True]),
        np.array([1], "f2"),
        np.array([1j]),
        np.array(["x"]),
        np.array([object()]),
        view_of(np.array([True])),
        np.complex64(1),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_cannot_be_sent_is_refused(value: object) -> None:
    state = State[Any]("app", {})
    with pytest.raises(StateError, match="can't hold at 'x'"):
        state.root["x"] = value
