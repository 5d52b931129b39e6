"""Events that are declared with the type of their data."""

from __future__ import annotations

from dataclasses import dataclass
from queue import Queue
from typing import Any

import pytest
from pytron import Api, App, ConfigError, Event
from pytron.testing import TestClient


@dataclass
class Saved:
    id: int
    title: str = ""


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
