"""What annotations become, and which are refused with the place where they stand."""

from __future__ import annotations

import collections
import enum
import functools
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray
from pytron import App, ConfigError
from pytron.discovery import find_app, locate
from pytron.typegen import declarations, describe

if TYPE_CHECKING:
    from decimal import Decimal as OnlyForCheckers

Word = str | None


class Reserved(NamedTuple):
    default: int
    new: str


class Widget:
    """Has no form in JSON."""


@dataclass
class Holder:
    widget: Widget


@dataclass
class Left:
    a: int


@dataclass
class Right:
    b: int


class Mixed(enum.Enum):
    NUMBER = 1
    TEXT = "a"


class Shouted(str):
    pass


@dataclass
class Ordered:
    amounts: collections.OrderedDict[str, int]


def written(function: Callable[..., Any]) -> str:
    """The one line that is written for a function."""
    app: App[Any] = App("one")
    app.expose(name="f")(function)
    found = [line for line in declarations(describe(app)).splitlines() if "    f(" in line]
    return found[0].strip()


def refusal(function: Callable[..., Any]) -> str:
    app: App[Any] = App("one")
    app.expose(name="f")(function)
    with pytest.raises(ConfigError) as raised:
        describe(app)
    return str(raised.value)


def test_type_without_a_form_is_refused_with_its_place() -> None:
    def f(x: int) -> list[Widget]: ...

    assert "f(), its result: Widget has no form in JSON" in refusal(f)


def test_field_without_a_form_is_refused_with_its_place() -> None:
    def f() -> Holder: ...

    assert "Holder.widget: Widget has no form" in refusal(f)


def test_every_problem_is_named() -> None:
    def f(x: Callable[[], int]) -> type[int]: ...

    text = refusal(f)
    assert "argument x" in text
    assert "its result" in text


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (collections.OrderedDict[str, int], "OrderedDict"),
        (list[collections.Counter[str]], "Counter"),
        (Shouted, "Shouted"),
        (np.float32, "numpy.float32"),
        (Ordered, "OrderedDict"),
    ],
)
def test_what_can_only_leave_python_is_no_argument(kind: Any, name: str) -> None:
    def f(x: Any) -> None: ...

    f.__annotations__["x"] = kind
    text = refusal(f)
    assert "f(), argument x" in text
    assert f"{name} can go to a page, but not come from one" in text


def test_the_same_may_be_a_result() -> None:
    def f() -> dict[str, Ordered | Shouted | np.float32 | None]: ...

    assert written(f) == "f(): Promise<{ [key: string]: Ordered | string | number | null }>;"


def test_mixed_enum_is_a_result_but_no_argument() -> None:
    def f() -> Mixed: ...
    def g(x: Mixed) -> None: ...

    assert "Promise<Mixed>" in written(f)
    assert "Enums must contain" in refusal(g)


def test_union_that_cannot_be_told_apart_is_refused_as_an_argument() -> None:
    def f(x: Left | Right) -> None: ...

    assert "may not contain more than one" in refusal(f)


def test_union_of_records_is_fine_as_a_result() -> None:
    def f() -> Left | Right: ...

    assert written(f) == "f(): Promise<Left | Right>;"


def test_array_of_a_type_that_pages_lack_is_refused() -> None:
    def f() -> NDArray[np.complex64]: ...

    assert "an array of complex64 cannot cross" in refusal(f)


def test_name_that_is_only_there_for_checkers_is_refused() -> None:
    def f(x: OnlyForCheckers) -> None: ...

    assert "import the name at run time" in refusal(f)


def test_event_of_a_type_without_a_form_is_refused() -> None:
    app: App[Any] = App("one")
    app.event("made", Widget)
    with pytest.raises(ConfigError, match="the event 'made': Widget has no form"):
        describe(app)


def test_plain_aliases_and_generators_without_items() -> None:
    def f(word: Word, level: Literal["a", 2]) -> Iterator[Word]:
        yield word or str(level)

    assert written(f) == 'f(word: string | null, level: "a" | 2): AsyncIterable<string | null>;'


def test_iterable_that_is_no_generator_is_an_array() -> None:
    def f() -> list[int]:
        return []

    assert written(f) == "f(): Promise<number[]>;"


def test_docs_of_partials_and_callable_objects_are_those_of_their_functions() -> None:
    def add(a: int, b: int) -> int:
        """Adds."""
        return a + b

    class Doubler:
        def __call__(self, value: int) -> int:
            """Doubles."""
            return value * 2

    app: App[Any] = App("one")
    app.expose(name="one_more")(functools.partial(add, 1))
    app.expose(name="double")(Doubler())
    docs = {function.name: function.doc for function in describe(app).functions}
    assert docs == {"one_more": "Adds.", "double": "Doubles."}


def test_words_of_typescript_may_be_names() -> None:
    def f(new: int, function: str) -> Reserved: ...

    app: App[Any] = App("one")
    app.expose(f)
    text = declarations(describe(app))
    assert "f(new_: number, function_: string): Promise<Reserved>;" in text
    assert "f: { new: number; function: string };" in text
    assert "export type Reserved = [default_: number, new_: string];" in text


def test_parameters_of_functions_that_are_not_typed_are_open() -> None:
    def f(a, *rest, b=1, **more):  # type: ignore[no-untyped-def]
        return a, rest, b, more

    assert written(f) == "f(a: any, ...rest: any[]): Promise<any>;"


@pytest.mark.skipif(sys.version_info < (3, 12), reason="type statements came with Python 3.12")
def test_type_statements(tmp_path: Path) -> None:
    source = """
    from dataclasses import dataclass
    from pytron import App

    type Json = dict[str, Json] | list[Json] | str | float | bool | None
    type Pair[T] = tuple[T, T]

    @dataclass
    class Box[T]:
        content: T

    app = App("modern")

    @app.expose
    def json() -> Json: ...

    @app.expose
    def pair(pair: Pair[int]) -> Pair[str]: ...

    @app.expose
    def box(box: Box[int]) -> Box[str]: ...
    """
    (tmp_path / "modern.py").write_text(textwrap.dedent(source), "utf-8")
    text = declarations(describe(find_app(locate(str(tmp_path / "modern.py")))))
    assert "export type Json = { [key: string]: Json } | Json[] | string" in text
    assert "export type Pair<T> = [T, T];" in text
    assert "pair(pair: Pair<number>): Promise<Pair<string>>;" in text
    assert "box(box: Box<number>): Promise<Box<string>>;" in text
