"""What a state held when the app ended, it holds when the app starts."""

from __future__ import annotations

import array
import datetime
import decimal
import enum
import shutil
import subprocess
import sys
import uuid
from dataclasses import dataclass, field, make_dataclass
from pathlib import Path
from typing import Any

import pytest
from pytron import App, codec
from pytron.errors import ConfigError, StateError
from pytron.persistence import Persistence, place_of
from pytron.persistence.journal import Journal
from pytron.platforms import apps_folder
from pytron.state import State
from pytron.testing import RemoteError, TestClient
from waiting import Gate

from .samples import Note, Notes, kept, read


class Colour(enum.Enum):
    RED = "red"


@dataclass
class Everything:
    raw: bytes = b""
    buffer: bytearray = field(default_factory=bytearray)
    numbers: Any = None
    place: Path = Path()
    when: datetime.datetime | None = None
    long: datetime.timedelta | None = None
    price: decimal.Decimal | None = None
    identity: uuid.UUID | None = None
    colour: Colour | None = None
    pair: tuple[int, str] = (0, "")
    nested: dict[str, list[Note]] = field(default_factory=dict[str, "list[Note]"])
    maybe: Note | None = None
    ratio: float = 0.0


def test_typed_state_comes_back_with_its_types(tmp_path: Path) -> None:
    with kept(tmp_path / "s.db", Everything) as (root, _):
        root.raw = b"\x00\xff"
        root.buffer = bytearray(b"abc")
        root.place = Path("a") / "b"
        root.when = datetime.datetime(2026, 1, 2, 3, 4, 5, 6, datetime.timezone.utc)
        root.long = datetime.timedelta(days=2, microseconds=5)
        root.price = decimal.Decimal("1.10")
        root.identity = uuid.UUID(int=5)
        root.colour = Colour.RED
        root.pair = (3, "c")
        root.nested = {"one": [Note("a", ["t"])]}
        root.nested["one"].append(Note("b"))
        root.maybe = Note("c")
        root.ratio = 3.0
        written = root
    again = read(tmp_path / "s.db", Everything)
    assert again == written
    assert isinstance(again.nested["one"][1], Note)
    assert type(again.buffer) is bytearray
    assert type(again.ratio) is float


def test_arrays_come_back_with_type_and_shape(tmp_path: Path) -> None:
    np = pytest.importorskip("numpy")
    grid: Any = ("grid", np.ndarray, field(default_factory=lambda: np.zeros((0, 2))))
    Arrays: Any = make_dataclass("Arrays", [grid])  # noqa: N806 - a class

    with kept(tmp_path / "s.db", Arrays) as (root, persistence):
        root.grid = np.arange(6, dtype=np.float32).reshape(3, 2)
        persistence.flush()
    again = read(tmp_path / "s.db", Arrays).grid
    assert again.dtype == np.float32
    assert again.tolist() == [[0, 1], [2, 3], [4, 5]]


def test_binary_in_plain_state_survives_several_starts(tmp_path: Path) -> None:
    with kept(tmp_path / "s.db") as (root, _):
        root.data = {"raw": [b"one", {"deep": b"two"}], "numbers": array.array("d", [1.5, 2])}
    for _ in range(3):
        data = read(tmp_path / "s.db").data
        assert data["raw"] == [b"one", {"deep": b"two"}]
        assert data["numbers"].format == "d"
        assert data["numbers"].tolist() == [1.5, 2]


def test_new_fields_get_their_defaults_also_those_of_the_value_given(tmp_path: Path) -> None:
    @dataclass
    class Before:
        count: int = 0

    with kept(tmp_path / "s.db", Before) as (root, _):
        root.count = 7
    with kept(tmp_path / "s.db", Notes(items=[Note("first")])) as (root, _):
        assert root == Notes(7, [Note("first")])
        root.items[0].tags.append("inside of what the old file did not have")
    assert read(tmp_path / "s.db", Notes).items[0].tags == [
        "inside of what the old file did not have"
    ]


def test_new_field_of_any_type_gets_its_default(tmp_path: Path) -> None:
    @dataclass
    class Before:
        raw: bytes = b""

    given = Everything(
        place=Path("p"), long=datetime.timedelta(1), colour=Colour.RED, buffer=bytearray(b"x")
    )
    with kept(tmp_path / "s.db", Before) as (root, _):
        root.raw = b"kept"
    with kept(tmp_path / "s.db", given) as (root, _):
        assert root.raw == b"kept"
        assert root.place == Path("p")
        assert root.long == datetime.timedelta(1)
        assert root.colour is Colour.RED
        assert root.buffer == b"x"


def test_what_could_not_be_read_again_is_refused_at_once(tmp_path: Path) -> None:
    class Unknown:
        pass

    @dataclass
    class Unreadable:
        numbers: list[Unknown] = field(default_factory=list["Unknown"])  # not to be found by name

    with pytest.raises(StateError, match="can't be kept"), kept(tmp_path / "s.db", Unreadable):
        pass


def test_what_comes_back_is_tracked_and_heard_of(tmp_path: Path) -> None:
    with kept(tmp_path / "s.db", Notes) as (root, _):
        root.items.append(Note("a"))
    with kept(tmp_path / "s.db", Notes) as (root, _):
        root.items[0].tags.append("later")
    assert read(tmp_path / "s.db", Notes).items == [Note("a", ["later"])]


def test_changes_are_written_without_being_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = Gate()
    append = Journal.append

    def told(self: Journal, ops: Any) -> None:
        append(self, ops)
        written.set()

    monkeypatch.setattr(Journal, "append", told)
    with kept(tmp_path / "s.db", Notes) as (root, _):
        root.count = 3
        written.pass_through()


def test_many_changes_become_few_ops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    batches: list[Any] = []
    append = Journal.append
    monkeypatch.setattr(
        Journal, "append", lambda self, ops: (batches.append(list(ops)), append(self, ops))
    )
    # The writer waits for its lock, so that all of it is one batch.
    with kept(tmp_path / "s.db", Notes) as (root, persistence), persistence._lock:
        for _ in range(1000):
            root.count += 1
        for number in range(1000):
            root.items.append(Note(str(number)))
    assert [len(batch) for batch in batches] == [2]
    again = read(tmp_path / "s.db", Notes)
    assert again.count == 1000
    assert [note.text for note in again.items] == [str(number) for number in range(1000)]


def test_file_does_not_grow_with_the_number_of_changes(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with kept(path) as (root, persistence):
        for number in range(300):
            root.text = f"{number}" + "x" * 10_000
            persistence.flush()
        assert persistence._journal is not None
        assert persistence._journal._count("entries") < 100
    assert path.stat().st_size < 1_500_000
    assert read(path).text.startswith("299x")


def test_an_unchanged_state_is_not_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with kept(tmp_path / "s.db", Notes) as (root, _):
        root.count = 1
    read(tmp_path / "s.db", Notes)  # folds the change into the snapshot
    inserted: list[Any] = []
    monkeypatch.setattr(Journal, "_insert", lambda *arguments: inserted.append(arguments))
    assert read(tmp_path / "s.db", Notes).count == 1
    assert inserted == []


def test_failed_write_is_told_of_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tried, append = Gate(), Journal.append

    def full(_self: Journal, _ops: Any) -> None:
        tried.set()
        raise StateError("the disk is full")

    with kept(tmp_path / "s.db", Notes) as (root, persistence):
        monkeypatch.setattr(Journal, "append", full)
        root.count = 1
        tried.pass_through()
        with pytest.raises(StateError, match="full"):
            persistence.flush()
        root.items.append(Note("later"))
        monkeypatch.setattr(Journal, "append", append)
    assert read(tmp_path / "s.db", Notes) == Notes(1, [Note("later")])
    assert "not on the disk yet" in caplog.text


def test_what_a_function_has_flushed_is_on_the_disk_before_its_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = App("Kept", state=Notes, persist=tmp_path / "s.db", ephemeral=True)
    appended: list[Any] = []
    append = Journal.append
    monkeypatch.setattr(
        Journal, "append", lambda self, ops: (append(self, ops), appended.extend(ops))
    )
    monkeypatch.setattr("pytron.persistence.keeping.DELAY_S", 3600.0)  # nothing by itself

    @app.expose
    def add() -> int:
        app.state.count += 1
        app.flush()
        return len(appended)

    with TestClient(app, persist=True) as page:
        assert (page.call("add"), page.call("add")) == (1, 2)
        for ending in ("", "-wal"):  # as a process that is killed now would leave it
            shutil.copy(tmp_path / f"s.db{ending}", tmp_path / f"killed.db{ending}")
    assert read(tmp_path / "killed.db", Notes).count == 2


def test_flushing_where_nothing_is_kept_says_so(tmp_path: Path) -> None:
    app = App("Kept", state=Notes, persist=tmp_path / "s.db", ephemeral=True)
    with pytest.raises(ConfigError, match="needs the running app"):
        app.flush()
    app.expose(app.flush, name="flush")
    with TestClient(app) as page:
        page.call("flush")  # a test leaves the user's file alone
    assert not (tmp_path / "s.db").exists()

    passing = App("Kept", ephemeral=True)
    passing.expose(passing.flush, name="flush")
    with TestClient(passing) as page, pytest.raises(RemoteError, match="persist=True"):
        page.call("flush")


def test_place_of_the_file(tmp_path: Path) -> None:
    assert place_of(False, "app") is None
    assert place_of(True, "app") == apps_folder() / "app" / "state.db"
    assert place_of("notes.db", "app") == apps_folder() / "app" / "notes.db"
    assert place_of(tmp_path / "here.db", "app") == tmp_path / "here.db"


def test_app_keeps_its_state_from_on_start_to_on_stop(tmp_path: Path) -> None:
    def run() -> list[int]:
        app = App("Kept", state=Notes, persist=tmp_path / "s.db", ephemeral=True)
        seen: list[int] = []

        def started() -> None:
            seen.append(app.state.count)
            app.state.count += 1

        def stopped() -> None:
            app.state.count += 10

        def add() -> None:
            app.state.count += 100

        app.on_start(started)
        app.on_stop(stopped)
        app.expose(add)
        with TestClient(app, persist=True) as page:
            assert page.state["count"] == seen[0] + 1
            page.call("add")
        return seen

    assert run() == [0]
    assert run() == [111]


def test_what_only_development_keeps_begins_anew_where_it_no_longer_fits(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    @dataclass
    class Before:
        count: int = 0
        name: str = "x"

    @dataclass
    class After:
        count: list[int] = field(default_factory=list[int])

    place = tmp_path / "state.db"

    def start(kind: type[Any]) -> tuple[State[Any], Persistence]:
        state = State("app", kind, convert=codec.convert)
        made = Persistence(state, kind, None, passing=place)
        made.open()
        return state, made

    state, first = start(Before)
    state.root.count = 5
    first.close()
    state, second = start(Before)
    assert state.root.count == 5
    second.close()
    state, third = start(After)
    assert state.root.count == []
    assert "app.state begins anew, since what it was no longer fits" in caplog.text
    assert "migrate" not in caplog.text
    state.root.count = [1]
    third.close()
    state, fourth = start(After)
    assert list(state.root.count) == [1]
    fourth.close()


def test_tests_leave_the_users_file_alone(tmp_path: Path) -> None:
    with TestClient(App("Kept", state=Notes, persist=tmp_path / "s.db", ephemeral=True)):
        pass
    assert list(tmp_path.iterdir()) == []


def test_importing_pytron_does_not_load_sqlite() -> None:
    code = "import sys, pytron; pytron.App('x', persist=True); print('sqlite3' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
