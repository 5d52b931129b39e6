"""Events that are declared with the type of their data."""

from __future__ import annotations

import asyncio
import enum
import re
from dataclasses import dataclass
from functools import partial
from queue import Queue
from typing import Any

import pytest
from pytron import Api, App, CallError, ConfigError, Event
from pytron.testing import TestClient


@dataclass
class Saved:
    id: int
    title: str = ""


class Side(enum.Enum):
    LEFT = "left"


@dataclass
class Moved:
    side: Side
    raw: bytes


def test_page_gets_the_data(app: App[Any]) -> None:
    saved = app.event("saved", Saved)
    with TestClient(app) as page:
        page.subscribe("saved")
        page.sync()
        saved.emit(Saved(3, "a"))
        assert page.event() == ("saved", {"id": 3, "title": "a"})


def test_handler_gets_the_declared_type(app: App[Any]) -> None:
    saved = app.event("saved", Saved)
    seen: Queue[Event[Saved]] = Queue()
    saved.on(seen.put)
    with TestClient(app) as page:
        page.emit("saved", {"id": 3})
        event = seen.get(timeout=10)
        assert event.data == Saved(3)
        assert event.window == "main"


def test_data_of_another_type_never_reaches_a_handler(app: App[Any]) -> None:
    saved = app.event("saved", Saved)
    seen: Queue[Event[Saved]] = Queue()
    saved.on(seen.put)
    with TestClient(app) as page:
        page.emit("saved", {"id": "three"})
        fault = page.wait_for_fault()
        assert fault.code == "invalid_arguments"
        assert "the event 'saved': Expected `int`, got `str` - at `$.id`" in str(fault)
        page.emit("saved", {"id": 4})
        assert seen.get(timeout=10).data == Saved(4)
    assert seen.empty()


SLIPS = ("savde", "save", "saveds", "zaved")


@pytest.mark.parametrize("name", SLIPS)
def test_a_page_is_told_of_a_slip_in_a_name(app: App[Any], name: str) -> None:
    app.event("saved", Saved)
    with TestClient(app) as page:
        page.subscribe(name)
        assert f"no event {name!r} is declared: did you mean 'saved'?" in str(page.wait_for_fault())
        page.emit(name, 1)
        fault = page.wait_for_fault()
        assert (fault.code, page.faults) == ("invalid_arguments", [])
        app.emit(name, 2)  # what a page listens to it gets all the same
        assert page.event() == (name, 2)


def test_names_that_are_meant_are_no_slips(app: App[Any]) -> None:
    app.event("saved", Saved)
    app.event("go", None)
    app.on("saves")(lambda event: None)  # noqa: ARG005 - only that it is there
    with TestClient(app) as page:
        app.emit("save", 1)
        for name in ("saved", "saves", "save", "saved*", "moved", "no"):
            page.subscribe(name)
        page.sync()
        assert page.faults == []


def test_app_emits_it_as_well(app: App[Any]) -> None:
    saved = app.event("saved", Saved)
    seen: Queue[Event[Saved]] = Queue()
    saved.on(seen.put)
    with TestClient(app) as page:
        page.subscribe("saved")
        page.sync()
        app.emit("saved", Saved(1))
        assert page.event()[1] == {"id": 1, "title": ""}
        assert seen.get(timeout=10).data == Saved(1)


def test_one_window_can_be_meant(app: App[Any]) -> None:
    saved = app.event("saved", Saved)
    with TestClient(app) as page:
        app.open_window("other")
        other = page.page("other")
        for one in (page, other):
            one.subscribe("saved")
            one.subscribe("last")
            one.sync()
        saved.emit(Saved(1), to="other")
        app.emit("last")
        assert other.event()[0] == "saved"
        assert page.event()[0] == "last"


def test_event_without_data(app: App[Any]) -> None:
    closed = app.event("closed")
    with TestClient(app) as page:
        page.subscribe("closed")
        page.sync()
        closed.emit()
        assert page.event() == ("closed", None)


def test_group_declares_for_the_app_that_includes_it(app: App[Any]) -> None:
    before, group = Api("before"), Api("group")
    early = before.event("early", int)
    app.include(before)
    app.include(group)
    late = group.event("late", int)
    assert list(app.events) == ["early", "late"]
    with TestClient(app) as page:
        page.subscribe("*")
        page.sync()
        early.emit(1)
        late.emit(2)
        assert [page.event(), page.event()] == [("early", 1), ("late", 2)]


def test_group_without_an_app_cannot_emit() -> None:
    alone = Api("alone").event("lost", int)
    with pytest.raises(ConfigError, match="no app includes the group"):
        alone.emit(1)


def test_two_declarations_collide(app: App[Any]) -> None:
    app.event("saved", Saved)
    with pytest.raises(ConfigError, match="declared twice"):
        app.event("saved", int)


@pytest.mark.parametrize(
    ("kind", "data", "why"),
    [
        (Saved, {"id": "three"}, "Expected `int`, got `str` - at `$.id`"),
        (Saved, Saved("three"), "Expected `int`, got `str` - at `$.id`"),  # type: ignore[arg-type]
        (None, 3, "Expected `null`, got `int`"),
        (list[bytes], [b"x", 3], "Expected `bytes`"),
    ],
)
def test_python_cannot_emit_what_is_declared_otherwise(
    app: App[Any], kind: Any, data: object, why: str
) -> None:
    saved = app.event("saved", kind)

    def emit_async(data: object) -> None:
        asyncio.run(app.emit_async("saved", data))

    with TestClient(app) as page:
        page.subscribe("*")
        page.sync()
        for emit in (saved.emit, partial(app.emit, "saved"), emit_async):
            with pytest.raises(CallError, match=re.escape(f"the event 'saved': {why}")) as caught:
                emit(data)
            assert caught.value.code == "invalid_arguments"
        app.emit("other")
        assert page.event()[0] == "other"


def test_bytes_and_enums_of_a_declared_event_are_taken(app: App[Any]) -> None:
    moved = app.event("moved", Moved)
    seen: Queue[Event[Moved]] = Queue()
    moved.on(seen.put)
    with TestClient(app) as page:
        page.subscribe("moved")
        page.sync()
        moved.emit(Moved(Side.LEFT, b"x"))
        assert page.event() == ("moved", {"side": "left", "raw": b"x"})
        assert seen.get(timeout=60).data == Moved(Side.LEFT, b"x")
