"""Files that are old, newer, damaged, in use, or were being written when the process died."""

from __future__ import annotations

import logging
import os
import random
import signal
import sqlite3
import subprocess
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pytron import App
from pytron.errors import ConfigError, StateError
from waiting import finishes

from .samples import Note, Notes, kept, read

WRITER = Path(__file__).with_name("writer.py")
KILLS = 15


def written(path: Path) -> Path:
    """Write notes to a file, enough of them for several pages."""
    with kept(path, Notes) as (root, _):
        root.count = 3
        root.items.extend(Note("text " * 50) for _ in range(200))
    return path


def refusal(path: Path, initial: Any, migrations: dict[int, Any] | None = None) -> StateError:
    """The error that opening gives. The file must stay as it is."""
    before = path.read_bytes()
    with pytest.raises(StateError) as refused, kept(path, initial, migrations):
        pass
    assert path.read_bytes() == before
    assert str(path) in str(refused.value)
    return refused.value


# --- migrations -----------------------------------------------------------------------------------


@dataclass
class Counted:
    total: int = 0


@dataclass
class Shorter:
    text: str = ""


@dataclass
class Fewer:
    count: int = 0
    items: list[Shorter] | None = None


def to_second(data: dict[str, Any]) -> dict[str, Any]:
    return {"sum": data["count"]}


def to_third(data: dict[str, Any]) -> dict[str, Any]:
    return {"total": data["sum"]}


def test_old_data_goes_through_every_migration(tmp_path: Path) -> None:
    path = written(tmp_path / "s.db")
    with kept(path, Counted, {1: to_second, 2: to_third}) as (root, _):
        assert root.total == 3
        root.total += 1
    with kept(path, Counted, {1: to_second, 2: to_third}) as (root, _):
        assert root.total == 4  # and not migrated a second time
    with kept(path, Counted, {2: to_third}) as (root, _):
        assert root.total == 4  # steps for data that nobody has any more may go


def test_data_from_before_a_migration_is_kept_beside(tmp_path: Path) -> None:
    path = written(tmp_path / "s.db")
    with kept(path, Counted, {1: to_second, 2: to_third}):
        pass
    assert read(tmp_path / "s.db.version-1", Notes).count == 3


def test_missing_migration_is_named(tmp_path: Path) -> None:
    error = refusal(written(tmp_path / "s.db"), Counted, {2: to_third})
    assert "@app.migrate(1)" in str(error)


def test_failing_migration_changes_nothing(tmp_path: Path) -> None:
    path = written(tmp_path / "s.db")
    error = refusal(path, Counted, {1: to_third})
    assert "the migration from version 1 failed (KeyError: 'sum')" in str(error)
    error = refusal(path, Counted, {1: lambda _: None})
    assert "gave a NoneType" in str(error)
    assert read(path, Notes).count == 3


def test_newer_data_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with kept(path, Counted, {1: to_second, 2: to_third}):
        pass
    error = refusal(path, Notes)
    assert error.code == "unsupported"
    assert "version 3 and this app knows 1" in str(error)


def test_data_that_does_not_fit_names_field_and_migration(tmp_path: Path) -> None:
    @dataclass
    class Texts:
        count: str = ""

    error = refusal(written(tmp_path / "s.db"), Texts)
    assert "$.count" in str(error)
    assert "@app.migrate(1)" in str(error)


def test_field_that_has_gone_is_not_silently_lost(tmp_path: Path) -> None:
    error = refusal(written(tmp_path / "s.db"), Fewer)
    assert "'items.0.tags'" in str(error)
    assert "@app.migrate(1)" in str(error)


def test_migrations_are_checked_when_they_are_added() -> None:
    app = App("Kept", state=Counted, persist=True)

    @app.migrate(1)
    def first(data: dict[str, Any]) -> dict[str, Any]:
        return data

    with pytest.raises(ConfigError, match="two migrations"):
        app.migrate(1)(first)
    with pytest.raises(ConfigError, match="count from 1"):
        app.migrate(0)


# --- damage ---------------------------------------------------------------------------------------


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def overwrite(path: Path) -> None:
    path.write_bytes(b"this is no database " * 1000)


def garble(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    path.write_bytes(content)


def flip_a_bit(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content.replace(b"text text", b"text uext", 1))


def lose_entry(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        crc = zlib.crc32(b"[]")
        connection.execute("INSERT INTO entries VALUES (99, NULL, x'5b5d', NULL, ?)", [crc])
    connection.close()


def wrong_ops(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        ops = b'[{"op":"delete","path":["no"]}]'
        connection.execute(
            "INSERT INTO entries SELECT max(sequence) + 1, NULL, ?, NULL, ? FROM entries",
            [ops, zlib.crc32(ops)],
        )
    connection.close()


@pytest.mark.parametrize("damage", [cut, overwrite, garble, flip_a_bit, lose_entry, wrong_ops])
def test_damaged_file_is_moved_aside_and_told_of(
    damage: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = written(tmp_path / "s.db")
    damage(path)
    damaged = path.read_bytes()
    with caplog.at_level(logging.ERROR), kept(path, Notes) as (root, _):
        assert root == Notes()
        root.count = 1
    (aside,) = tmp_path.glob("s.db.broken-*")
    assert aside.read_bytes() == damaged
    assert str(aside) in caplog.text
    assert read(path, Notes).count == 1


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE mine (a)")
    connection.close()
    assert "another program's" in str(refusal(path, Notes))


def test_file_of_a_newer_pytron_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "s.db")
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 2")
    connection.close()
    assert "update pytron-kit" in str(refusal(path, Notes))


def test_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StateError, match="permissions"), kept(tmp_path / "file" / "s.db", Notes):
        pass


# --- other processes ------------------------------------------------------------------------------


def start_writer(path: Path) -> subprocess.Popen[str]:
    folder = str(WRITER.parents[1])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([folder, *sys.path])}
    return subprocess.Popen(
        [sys.executable, str(WRITER), str(path)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
    process.communicate()


def test_second_process_is_told_that_the_app_runs(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    process = start_writer(path)
    try:
        assert process.stdout is not None
        assert process.stdout.readline()
        with pytest.raises(StateError, match="the app is running already") as refused:
            read(path)
        assert refused.value.code == "busy"
    finally:
        kill(process)
    assert read(path)["count"] > 0  # the lock has gone with its holder


def test_killed_at_any_time_the_file_has_a_prefix_with_all_that_was_flushed(
    tmp_path: Path,
) -> None:
    path = tmp_path / "s.db"
    dice = random.Random(4)
    for _ in range(KILLS):
        process = start_writer(path)
        assert process.stdout is not None
        try:
            told = [process.stdout.readline() for _ in range(dice.randint(1, 60))]
        finally:
            process.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
            rest = process.communicate()[0]
        lines = [line for line in [*told, *rest.splitlines(keepends=True)] if line.endswith("\n")]
        state = read(path)
        count = state["count"]
        assert count >= int(lines[-1])
        assert [item.split()[0] for item in state["items"]] == [str(n) for n in range(count)]
        for number in range(max(0, count - 20), count):
            assert state["parts"][f"part {number % 20}"] == bytes([number % 256]) * 3000
    assert [entry.name for entry in tmp_path.iterdir()] == ["s.db"]  # none was ever damaged


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_forked_child_does_not_touch_the_file(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    code = (
        "import os, sys; from pathlib import Path; from persistence.samples import kept\n"
        f"with kept(Path({str(path)!r})) as (root, persistence):\n"
        "    root.count = 1\n"
        "    child = os.fork()\n"
        "    if not child:\n"
        "        sys.exit(0)\n"
        "    assert os.waitpid(child, 0)[1] == 0\n"
        "    root.count = 2\n"
    )
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(WRITER.parents[1]), *sys.path]),
    }

    def run() -> None:
        subprocess.run([sys.executable, "-c", code], env=environment, check=True, timeout=60)

    finishes(run)
    assert read(path).count == 2
