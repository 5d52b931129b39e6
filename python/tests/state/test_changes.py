"""Changes that pages ask for: checked, whole, and typed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, NewType, TypedDict

import msgspec
import pytest
from pytron.errors import StateError
from pytron.state import Op, State

from .samples import Note, Notes, ops_of, recorded


def set_(*path: str | int, value: Any) -> dict[str, Any]:
    return {"op": "set", "path": list(path), "value": value}


def splice(*path: str | int, index: int = 0, remove: int = 0, insert: Any = ()) -> dict[str, Any]:
    values = {"index": index, "remove": remove, "insert": list(insert)}
    return {"op": "splice", "path": list(path), **values}


def typed(initial: Any) -> State[Any]:
    def convert(value: object, annotation: object) -> object:
        return msgspec.convert(value, annotation)

    return State[Any]("app", initial, convert=convert)


def refused(state: State[Any], *ops: Any, **options: Any) -> StateError:
    """Apply what must be refused, check that nothing came of it, and give the error."""
    before, patches = state.snapshot(), recorded(state)
    with pytest.raises(StateError) as caught:
        state.apply(list(ops), **options)
    assert state.snapshot() == before
    assert patches == []
    return caught.value


def test_a_change_becomes_one_patch_with_its_origin() -> None:
    state = typed(Notes)
    patches = recorded(state)
    revision = state.apply(
        [set_("count", value=2), splice("items", insert=[{"text": "x"}])], origin="page"
    )
    assert revision == 1
    assert patches[0].origin == "page"
    assert patches[0].ops[1]["insert"] == [{"text": "x", "done": False, "tags": []}]  # type: ignore[typeddict-item]
    assert isinstance(state.root.items[0], Note)
    state.root.count += 1
    assert patches[1].origin is None


def test_values_of_pages_are_tracked() -> None:
    state = typed(Notes)
    state.apply([splice("items", insert=[{"text": "x"}])])
    patches = recorded(state)
    state.root.items[0].tags.append("t")
    assert ops_of(patches)[0]["path"] == ["items", 0, "tags"]


def test_an_old_base_is_a_conflict() -> None:
    state = typed(Notes)
    state.root.count = 1
    error = refused(state, set_("count", value=5), base=0)
    assert error.code == "conflict"
    assert "revision 1" in str(error)
    assert state.apply([set_("count", value=5)], base=1) == 2


def test_all_or_nothing() -> None:
    state = typed(Notes)
    note = state.root.items
    error = refused(state, set_("items", value=[]), set_("count", value=1), set_("x", value=1))
    assert error.code == "invalid_change"
    patches = recorded(state)
    note.append(Note())
    assert len(patches) == 1  # the list that Python held is still the one in the state


@pytest.mark.parametrize(
    ("op", "message"),
    [
        (set_("coutn", value=1), "has no field 'coutn': did you mean 'count'"),
        (set_("count", value="x"), "'count': Expected `int`, got `str`"),
        (set_("items", 0, "done", value=1), "'items.0.done'"),
        (set_("items", 0, value={"text": 1}), "'items.0'"),
        (set_("items", 1, value={}), "nothing at 'items.1'"),
        (set_("items", "0", value={}), "nothing at 'items.0'|not an object"),
        (set_("by_name", 0, value={}), "not an object"),
        (set_("count", "x", value=1), "nothing at|not an object"),
        (splice("items", insert=[{"text": "ok"}, {"done": "no"}]), "'items'"),
        (splice("items", index=2), "has 1 items"),
        (splice("by_name"), "not an array"),
        (splice("count"), "not an array"),
        ({"op": "delete", "path": ["count"]}, "can be deleted"),
        ({"op": "delete", "path": ["items", 0]}, "can be deleted"),
        ({"op": "delete", "path": ["by_name", "x"]}, "nothing at 'by_name.x'"),
        ({"op": "delete", "path": []}, "can't be deleted"),
        (set_(value=1), "must be an object"),
        (set_(value={"coutn": 1}), "did you mean 'count'"),
        (set_("by_name", "__proto__", value={}), "can't be a key"),
        (set_("__class__", value=1), "has no field '__class__'"),
        (set_("__dict__", "x", value=1), "nothing at"),
        (set_("items", 0, "__pytron__", "tree", value=1), "nothing at"),
        (set_("title", value=2**60), "'title'"),
        (set_("by_name", "x", value=float("nan")), "by_name"),
    ],
)
def test_what_does_not_fit_is_refused(op: Any, message: str) -> None:
    state = typed(Notes)
    state.root.items.append(Note())
    error = refused(state, set_("count", value=1), op)
    assert error.code == "invalid_change"
    assert re.search(message, str(error)), str(error)


@pytest.mark.parametrize(
    "ops",
    [
        None,
        {},
        [None],
        [{}],
        [{"op": "set"}],
        [{"op": "set", "path": "count", "value": 1}],
        [{"op": "set", "path": ["count"]}],
        [{"op": "move", "path": ["count"]}],
        [{"op": "set", "path": [-1], "value": 1}],
        [{"op": "set", "path": [True], "value": 1}],
        [{"op": "set", "path": [1.0], "value": 1}],
        [{"op": "splice", "path": ["items"], "index": -1, "remove": 0, "insert": []}],
        [{"op": "splice", "path": ["items"], "index": 0, "remove": True, "insert": []}],
        [{"op": "splice", "path": ["items"], "index": 0, "remove": 0, "insert": {}}],
        [{"op": "splice", "path": ["items"], "index": 0, "remove": 0}],
    ],
)
def test_malformed_ops_are_refused(ops: Any) -> None:
    state = typed(Notes)
    with pytest.raises(StateError) as caught:
        state.apply(ops)
    assert caught.value.code == "invalid_change"
    assert state.revision == 0


def test_the_whole_can_be_set() -> None:
    state = typed(Notes)
    root = state.root
    state.apply([set_(value={"count": 3, "items": [{"text": "x"}]})])
    assert state.root is root
    assert root == Notes(count=3, items=[Note("x")])
    untyped = State[Any]("app")
    untyped.apply([set_(value={"a": {"b": []}})])
    untyped.apply([splice("a", "b", insert=[1])])
    assert untyped.root.a.b == [1]


def test_without_a_converter_fields_are_still_checked() -> None:
    state = State("app", Notes)
    refused(state, set_("x", value=1))
    state.apply([set_(value={"count": 3})])
    assert state.root.count == 3


class Point(TypedDict):
    x: int
    y: int


class Loose(TypedDict, total=False):
    x: int


Label = NewType("Label", str)


@dataclass
class Circle:
    radius: float = 0.0
    kind: Literal["circle"] = "circle"


@dataclass
class Shapes:
    limited: Annotated[list[int], msgspec.Meta(max_length=2)] = field(default_factory=list[int])
    either: list[int] | dict[str, str] | None = None
    pair: tuple[int, str] = (1, "x")
    point: Point = field(default_factory=lambda: Point(x=0, y=0))
    loose: Loose = field(default_factory=lambda: Loose())
    names: dict[str, Annotated[int, msgspec.Meta(ge=0)]] = field(default_factory=dict[str, int])
    shape: Circle | None = None
    labels: list[Label] = field(default_factory=list[Label])
    any: Any = None
    nested: list[list[int]] = field(default_factory=list[list[int]])


def test_a_limit_on_a_container_is_kept() -> None:
    state = typed(Shapes)
    state.apply([splice("limited", insert=[1, 2])])
    assert "'limited'" in str(refused(state, splice("limited", insert=[3])))
    state.apply([set_("limited", 0, value=5), splice("limited", index=1, remove=1)])
    assert state.root.limited == [5]
    state.root.limited.append(7)
    assert state.snapshot()[1]["limited"] == [5, 7]


def test_the_value_settles_which_member_of_a_union_is_meant() -> None:
    state = typed(Shapes)
    state.apply([set_("either", value=[1])])
    refused(state, splice("either", insert=["x"]))
    state.apply([splice("either", insert=[2])])
    assert state.root.either == [2, 1]
    state.apply([set_("either", value={"a": "b"})])
    refused(state, set_("either", "a", value=1))
    state.apply([set_("either", "a", value="c")])
    assert state.root.either == {"a": "c"}


def test_a_tuple_is_replaced_as_a_whole() -> None:
    state = typed(Shapes)
    patches = recorded(state)
    state.apply([set_("pair", 0, value=5)])
    assert state.root.pair == (5, "x")
    assert ops_of(patches) == [{"op": "set", "path": ["pair"], "value": [5, "x"]}]
    refused(state, set_("pair", 0, value="no"))
    refused(state, set_("pair", 2, value=1))
    refused(state, splice("pair", insert=[1]))
    refused(state, set_("pair", 0, "x", value=1))
    untyped = State[Any]("app", {"pair": (1, (2, 3))})
    untyped.apply([set_("pair", 1, 0, value=9)])
    assert untyped.snapshot()[1] == {"pair": [1, [9, 3]]}


def test_typed_dicts_keep_their_keys_and_types() -> None:
    state = typed(Shapes)
    state.apply([set_("point", "x", value=4), set_("loose", "x", value=1)])
    refused(state, set_("point", "x", value="no"))
    assert "its keys are x, y" in str(refused(state, set_("point", "z", value=1)))
    assert "required" in str(refused(state, {"op": "delete", "path": ["point", "x"]}))
    state.apply([{"op": "delete", "path": ["loose", "x"]}])
    assert state.root.point == {"x": 4, "y": 0}


def test_annotations_inside_containers_are_kept() -> None:
    state = typed(Shapes)
    state.apply([set_("names", "a", value=1), splice("labels", insert=["l"])])
    refused(state, set_("names", "a", value=-1))
    refused(state, splice("labels", insert=[1]))
    state.apply([splice("nested", insert=[[1], [2]]), splice("nested", 1, insert=[0])])
    refused(state, set_("nested", 0, 0, value="x"))
    state.apply([set_("shape", value={"radius": 1})])
    refused(state, set_("shape", "radius", value="x"))
    refused(state, set_("shape", "kind", value="square"))
    state.apply([set_("shape", "radius", value=2.5), set_("shape", value=None)])
    state.apply([set_("any", value={"x": [1]}), splice("any", "x", insert=["y"])])
    assert state.root.any == {"x": ["y", 1]}
    assert state.root.nested == [[1], [0, 2]]


def test_an_annotation_that_cannot_be_resolved_says_so() -> None:
    @dataclass
    class Broken:
        x: Missing = 0  # type: ignore[name-defined] # noqa: F821

    with pytest.raises(StateError, match="at the top level of a module"):
        typed(Broken).apply([set_("x", value=1)])


def test_ops_are_what_the_types_say() -> None:
    op: Op = {"op": "set", "path": ["count"], "value": 1}
    state = typed(Notes)
    assert state.apply([op]) == 1
