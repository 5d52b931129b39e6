"""What can be exposed, and under which names."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import pytest
import pytron
from pytron import Api, App, ConfigError
from pytron.dispatcher.functions import RESERVED
from pytron.testing import TestClient

AppOf = App[Any]


def one() -> int:
    return 1


async def two() -> int:
    return 2


def numbers() -> Iterator[int]:
    yield 1


@pytest.mark.parametrize("options", [{}, {"name": "other"}, {"timeout_s": 3.0}])
def test_expose_gives_back_what_it_was_given(app: AppOf, options: Any) -> None:
    assert app.expose(one, **options) is one
    assert app.expose(name="two.three")(two) is two
    assert app.expose()(numbers) is numbers


def test_names_may_have_namespaces(app: AppOf) -> None:
    app.expose(one, name="files.read")
    with TestClient(app) as page:
        assert page.call("files.read") == 1


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_reserved_names_are_refused_at_any_depth(app: AppOf, name: str) -> None:
    for full in (name, f"files.{name}", f"{name}.read"):
        with pytest.raises(ConfigError, match="reserved"):
            app.expose(one, name=full)


@pytest.mark.parametrize("name", ["", "1a", "a b", "a..b", "_a", "a._b", "a-b", ".a"])
def test_names_that_a_page_cannot_write_are_refused(app: AppOf, name: str) -> None:
    with pytest.raises(ConfigError):
        app.expose(one, name=name or " ")


def test_name_taken_is_refused(app: AppOf) -> None:
    app.expose(one)
    with pytest.raises(ConfigError, match="exposed twice"):
        app.expose(two, name="one")


@pytest.mark.parametrize(("first", "second"), [("a", "a.b"), ("a.b", "a"), ("a.b.c", "a.b")])
def test_name_that_is_a_function_and_a_namespace_is_refused(
    app: AppOf, first: str, second: str
) -> None:
    app.expose(one, name=first)
    with pytest.raises(ConfigError, match="collide"):
        app.expose(two, name=second)


def test_names_that_only_begin_alike_are_different(app: AppOf) -> None:
    app.expose(one, name="note")
    app.expose(two, name="notes.add")


def test_nothing_can_be_exposed_while_the_app_runs(app: AppOf) -> None:
    with TestClient(app), pytest.raises(ConfigError, match="already runs"):
        app.expose(one)
    app.expose(one)


def test_one_window_must_be_a_list_of_one(app: AppOf) -> None:
    with pytest.raises(ConfigError, match=r'windows=\["main"\]'):
        app.expose(one, windows="main")


@pytest.mark.parametrize("timeout_s", [0, -1, float("nan")])
def test_timeout_must_be_above_zero(app: AppOf, timeout_s: float) -> None:
    with pytest.raises(ConfigError, match="above 0"):
        app.expose(one, timeout_s=timeout_s)


# --- callables of every kind ------------------------------------------------------------------


class Adder:
    def __init__(self, by: int) -> None:
        self.by = by

    def add(self, n: int) -> int:
        return n + self.by

    def __call__(self, n: int) -> int:
        return n - self.by

    @staticmethod
    def fixed() -> int:
        return 5

    @classmethod
    def made(cls, n: int) -> int:
        return cls(n).by


def test_bound_methods_static_methods_and_builtins_can_be_exposed(app: AppOf) -> None:
    adder = Adder(10)
    app.expose(adder.add)
    app.expose(Adder.fixed)
    app.expose(Adder.made)
    app.expose(abs, name="magnitude")
    with TestClient(app) as page:
        assert page.call("add", 1) == 11
        assert page.call("fixed") == 5
        assert page.call("made", 3) == 3
        assert page.call("magnitude", -4) == 4


def test_partials_and_callable_objects_need_a_name(app: AppOf) -> None:
    partial = functools.partial(Adder(0).add, 4)
    for target in (partial, Adder(1)):
        with pytest.raises(ConfigError, match="give name=…"):
            app.expose(target)
    app.expose(partial, name="four")
    app.expose(Adder(1), name="less")
    app.expose(functools.partial(two), name="two_later")
    with TestClient(app) as page:
        assert page.call("four") == 4
        assert page.call("less", 4) == 3
        assert page.call("two_later") == 2


def test_decorated_functions_are_checked_by_what_they_wrap(app: AppOf) -> None:
    @functools.wraps(one)
    def wrapper(*args: Any, **kwargs: Any) -> int:
        return one(*args, **kwargs) + 1

    app.expose(wrapper)
    with TestClient(app) as page:
        assert page.call("one") == 2


def test_class_is_refused_with_the_remedy(app: AppOf) -> None:
    with pytest.raises(ConfigError, match=r"app\.expose\(Adder\(\)\)"):
        app.expose(Adder)


def test_what_cannot_be_marked_is_refused() -> None:
    with pytest.raises(ConfigError, match="a property cannot be marked"):
        pytron.expose(property(lambda _self: 1))


def test_what_cannot_be_called_is_refused(app: AppOf) -> None:
    with pytest.raises(ConfigError, match="no method marked"):
        app.expose(5)


def test_annotation_that_cannot_be_resolved_is_told_with_the_function(app: AppOf) -> None:
    def broken(a: Missing) -> None:  # type: ignore[name-defined] # noqa: F821
        raise AssertionError(a)

    app.expose(broken)  # pyright: ignore[reportUnknownArgumentType]
    with TestClient(app) as page, pytest.raises(Exception, match="annotation of 'broken'"):
        page.call("broken", 1)


# --- instances --------------------------------------------------------------------------------


class Notes:
    def __init__(self) -> None:
        self.titles = ["a"]

    @pytron.expose
    def titles_of(self) -> list[str]:
        return self.titles

    @pytron.expose(name="drop", windows=["main"], timeout_s=5)
    async def delete(self, title: str) -> None:
        self.titles.remove(title)

    @pytron.expose
    @staticmethod
    def version() -> int:
        return 3

    @staticmethod
    @pytron.expose
    def edition() -> int:
        return 4

    def hidden(self) -> None:
        raise AssertionError

    @property
    def trap(self) -> int:
        raise AssertionError("nothing is walked")


class MoreNotes(Notes):
    def titles_of(self) -> list[str]:  # overridden without the mark: no longer exposed
        raise AssertionError

    @pytron.expose
    def more(self) -> int:
        return 1


def test_marked_methods_of_an_instance_form_a_namespace(app: AppOf) -> None:
    notes = Notes()
    assert app.expose(notes) is notes
    assert set(app.functions) == {
        "notes.titles_of", "notes.drop", "notes.version", "notes.edition",
    }  # fmt: skip
    assert app.functions["notes.drop"].options.windows == ("main",)
    with TestClient(app) as page:
        page.call("notes.drop", "a")
        assert page.call("notes.titles_of") == []
        assert page.call("notes.version") == 3
        assert page.call("notes.edition") == 4


def test_subclass_exposes_what_it_marks_and_inherits(app: AppOf) -> None:
    app.expose(MoreNotes(), name="more")
    assert set(app.functions) == {"more.drop", "more.version", "more.edition", "more.more"}


def test_options_of_the_instance_hold_where_the_method_says_nothing(app: AppOf) -> None:
    app.expose(Notes(), windows=["settings"], timeout_s=1)
    assert app.functions["notes.titles_of"].options.windows == ("settings",)
    assert app.functions["notes.titles_of"].options.timeout_s == 1
    assert app.functions["notes.drop"].options.timeout_s == 5


# --- groups -----------------------------------------------------------------------------------


def test_group_is_called_under_its_namespace(app: AppOf) -> None:
    notes = Api("notes")
    notes.expose(one)
    app.include(notes)
    with TestClient(app) as page:
        assert page.call("notes.one") == 1


def test_group_may_grow_after_it_was_included(app: AppOf) -> None:
    notes, seen = Api("notes"), []
    app.include(notes)
    notes.expose(one)
    notes.on("saved")(seen.append)
    with TestClient(app) as page:
        assert page.call("notes.one") == 1
        page.emit("saved", 1)
        page.call("notes.one")
    assert len(seen) == 1


def test_groups_may_hold_groups(app: AppOf) -> None:
    inner, outer = Api("inner"), Api("outer")
    inner.expose(one)
    outer.include(inner)
    app.include(outer)
    inner.expose(two)
    assert set(app.functions) == {"outer.inner.one", "outer.inner.two"}


def test_collision_of_groups_is_told_where_it_happens(app: AppOf) -> None:
    first, second = Api("notes"), Api("notes")
    app.include(first)
    app.include(second)
    first.expose(one)
    with pytest.raises(ConfigError, match="exposed twice"):
        second.expose(one)


def test_namespace_of_a_group_must_be_a_name() -> None:
    with pytest.raises(ConfigError, match="reserved"):
        Api("state")
