"""Moving an app's windows to a second engine when the first shows nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pytron.engine import AssetRequest, EngineOptions, Frame, Happening, Incoming
from pytron.engines.headless import HeadlessEngine
from pytron.engines.native import hosted, remembered
from pytron.engines.native.rescue import RescuingEngine
from pytron.errors import EngineError

OPTIONS = EngineOptions("app", "App", None, dev=False)
BLANK = Happening("blank", 1, {"reason": "nothing is seen"})


class Scripted(HeadlessEngine):
    """An engine that gives what the test says and keeps what it is told."""

    def __init__(self, environment: Any = None) -> None:
        super().__init__()
        self.environment = environment
        self.told: list[dict[str, Any]] = []
        self.gives: list[Incoming] = []
        self.answered: list[int] = []
        self.ended: list[int] = []

    def start(self, options: EngineOptions) -> None:
        pass

    def command(self, message: Any) -> None:
        self.told.append(dict(message))

    def receive(self, timeout_s: float | None = None) -> list[Incoming]:  # noqa: ARG002
        given, self.gives = self.gives, []
        return given

    def answer(self, request: int, status: Any, headers: Any, body: Any) -> None:  # noqa: ARG002
        self.answered.append(request)

    def quit(self, code: int = 0) -> None:
        self.ended.append(code)


@pytest.fixture
def second(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    """What is started in the second place."""
    made = Scripted()

    def make(environment: Any) -> Scripted:
        made.environment = environment
        return made

    monkeypatch.setattr(hosted, "HostedEngine", make)
    return made


def engines() -> tuple[Scripted, RescuingEngine]:
    first = Scripted()
    first.is_here = True
    engine = RescuingEngine(first, {"SOFT": "1"})
    engine.start(OPTIONS)
    engine.command({"kind": "open", "window": 1, "options": {"url": "a", "title": "A"}, "kept": 1})
    engine.command({"kind": "open", "window": 2, "options": {"url": "b"}})
    return first, engine


def test_windows_are_opened_anew_as_they_are_now(second: Scripted) -> None:
    first, engine = engines()
    engine.command({"kind": "set", "window": 1, "title": "B"})
    engine.command({"kind": "navigate", "window": 1, "url": "c"})
    engine.command({"kind": "service", "id": 1, "name": "menu.set", "args": {}})
    engine.command({"kind": "service", "id": 2, "name": "dialogs.open", "args": {}})
    first.gives = [Happening("closed", 2, {}), BLANK]
    assert engine.receive() == [Happening("renewed", 1, {})]
    assert second.environment == {"SOFT": "1"}
    opened, menu = second.told
    assert opened == {
        "kind": "open", "window": 1, "options": {"url": "c", "title": "B"}, "kept": 1,
    }  # fmt: skip
    assert menu["name"] == "menu.set"
    assert first.told[-1] == {"kind": "close", "window": 1}
    engine.command({"kind": "focus", "window": 1})
    assert second.told[-1]["kind"] == "focus"
    engine.quit(3)
    assert first.ended == second.ended == [3]


def test_of_services_the_last_word_about_each_thing_is_said_again(second: Scripted) -> None:
    first, engine = engines()

    def say(name: str, **args: object) -> None:
        engine.command({"kind": "service", "id": 1, "name": name, "args": args})

    for number in range(1000):
        say("menu.update", id="count", label=str(number))
    say("menu.update", id="count", enabled=False)
    say("menu.set", items=[])
    say("menu.update", id="count", label="new")
    for id in ("kept", "given back"):
        say("shortcuts.register", id=id, keys="F6")
    say("shortcuts.unregister", id="given back")
    first.gives = [BLANK]
    engine.receive()
    told = [(one["name"], one["args"]) for one in second.told if one["kind"] == "service"]
    assert told == [
        ("menu.update", {"id": "count", "enabled": False}),
        ("menu.set", {"items": []}),
        ("menu.update", {"id": "count", "label": "new"}),
        ("shortcuts.register", {"id": "kept", "keys": "F6"}),
    ]
    given_back = [one for one in first.told if one.get("name") == "shortcuts.unregister"]
    assert [one["args"]["id"] for one in given_back] == ["given back", "kept"]


def test_requests_of_both_are_told_apart(second: Scripted) -> None:
    first, engine = engines()
    first.gives = [BLANK]
    engine.receive()
    second.gives = [AssetRequest(7, 1, "GET", "/", {})]
    (asked,) = engine.receive()
    assert isinstance(asked, AssetRequest)
    engine.answer(asked.request, 200, [], b"")
    engine.answer(7, 200, [], b"")
    assert (second.answered, first.answered) == ([7], [7])


def test_a_second_failure_is_told(second: Scripted) -> None:
    first, engine = engines()
    first.gives = [BLANK]
    engine.receive()
    second.gives = [BLANK]
    assert engine.receive() == [BLANK]


def test_only_a_page_that_never_lived_moves_because_it_died(second: Scripted) -> None:
    crash = Happening("crashed", 1, {"reason": "crashed"})
    for sign in (Happening("loaded", 1, {}), Frame(1, b"[]")):
        first, engine = engines()
        first.gives = [sign, crash]
        assert engine.receive() == [sign, crash]
        assert second.told == []
    first, engine = engines()
    first.gives = [crash]
    assert [item.kind for item in engine.receive() if isinstance(item, Happening)] == [
        "renewed", "renewed",
    ]  # fmt: skip


def test_without_a_second_engine_the_failure_is_told(
    second: Scripted, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: EngineOptions) -> None:
        raise EngineError("no")

    monkeypatch.setattr(second, "start", refuse)
    first, engine = engines()
    first.gives = [BLANK]
    assert engine.receive() == [BLANK]
    assert "cannot be opened anew with SOFT=1: no" in caplog.text


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What is known of the graphics, for the test to change."""
    facts = {"cards": "0x10de nouveau"}
    monkeypatch.delenv("PYTRON_GRAPHICS", raising=False)
    monkeypatch.setattr(remembered, "graphics_facts", lambda: dict(facts))
    monkeypatch.setattr(remembered, "host_facts", lambda: {"version": "2.50.6"})
    return facts


def kept_in(folder: Path) -> EngineOptions:
    return OPTIONS._replace(data_folder=str(folder / "app" / "pages"))


def started(options: EngineOptions) -> tuple[Scripted, RescuingEngine]:
    first = Scripted()
    first.is_here = True
    engine = RescuingEngine(first, {"SOFT": "1"})
    engine.start(options)
    engine.command({"kind": "open", "window": 1, "options": {"url": "a"}})
    return first, engine


def rescued(options: EngineOptions, second: Scripted) -> None:
    """One run in which the remedy helps."""
    first, engine = started(options)
    first.gives = [BLANK]
    engine.receive()
    second.gives = [Happening("loaded", 1, {})]
    engine.receive()
    second.told.clear()


@pytest.mark.usefixtures("machine")
def test_the_next_start_begins_with_what_has_helped(second: Scripted, tmp_path: Path) -> None:
    rescued(kept_in(tmp_path), second)
    first, engine = started(kept_in(tmp_path))
    assert (first.told, [one["kind"] for one in second.told]) == ([], ["open"])
    assert second.environment == {"SOFT": "1"}
    second.gives = [Happening("loaded", 1, {})]
    assert engine.receive() == [Happening("loaded", 1, {})]


@pytest.mark.usefixtures("machine")
def test_what_helps_no_more_is_forgotten(second: Scripted, tmp_path: Path) -> None:
    rescued(kept_in(tmp_path), second)
    _, engine = started(kept_in(tmp_path))
    second.gives = [BLANK]
    assert engine.receive() == [BLANK], "nothing else is left to try: the kit says so"
    first, _ = started(kept_in(tmp_path))
    assert first.told


def test_another_driver_is_tried_without_it(
    second: Scripted, tmp_path: Path, machine: dict[str, str]
) -> None:
    rescued(kept_in(tmp_path), second)
    machine["cards"] = "0x10de nvidia 570"
    first, _ = started(kept_in(tmp_path))
    assert first.told
    assert not list(tmp_path.rglob("graphics.json"))


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize("how", ["time", "variable", "damage", "own"])
def test_it_is_forgotten(
    how: str, second: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rescued(kept_in(tmp_path), second)
    (file,) = tmp_path.rglob("graphics.json")
    if how == "time":
        kept = json.loads(file.read_text("utf-8"))
        kept["since"] -= remembered.KEEP_S
        file.write_text(json.dumps(kept), "utf-8")
    elif how == "variable":
        monkeypatch.setenv("PYTRON_GRAPHICS", "again")
    elif how == "damage":
        file.write_text('{"since": []', "utf-8")
    options = kept_in(tmp_path / "of another app") if how == "own" else kept_in(tmp_path)
    first, _ = started(options)
    assert first.told
    assert file.exists() == (how == "own")


@pytest.mark.usefixtures("machine")
def test_an_app_that_keeps_nothing_remembers_nothing(second: Scripted) -> None:
    rescued(OPTIONS, second)
    first, _ = started(OPTIONS)
    assert first.told


@pytest.mark.usefixtures("machine")
def test_where_it_cannot_start_so_it_starts_as_ever(
    second: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rescued(kept_in(tmp_path), second)

    def refuse(_: EngineOptions) -> None:
        raise EngineError("no")

    monkeypatch.setattr(second, "start", refuse)
    first, _ = started(kept_in(tmp_path))
    assert first.told
