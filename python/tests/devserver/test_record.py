"""The session file of one `pytron dev`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytron.devserver.record import Record
from pytron.errors import ConfigError
from pytron.failures import Failure
from pytron.platforms.locks import try_lock

SERVED = {"kind": "serving", "url": "http://127.0.0.1:1", "token": "t", "routes": ["a/{b}"]}
FAILURE = Failure("SyntaxError", "invalid", "trace", "app.py", 3)


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    (tmp_path / "project").mkdir()
    with Record(tmp_path / "project", "app.py", tmp_path / "spare") as made:
        yield made


def told(record: Record) -> dict[str, Any]:
    return json.loads(record.place.read_text("utf-8"))


def test_it_follows_the_app(record: Record) -> None:
    assert (told(record)["url"], told(record)["error"]) == ("", None)
    record.serves({**SERVED, "epoch": "1"})
    assert (told(record)["url"], told(record)["routes"]) == ("http://127.0.0.1:1", ["a/{b}"])
    record.has_ended()
    assert (told(record)["url"], told(record)["token"]) == ("", "")


def test_an_app_goes_on_while_its_new_code_is_not_good(record: Record) -> None:
    record.serves({**SERVED, "epoch": "1"})
    record.fails(FAILURE)
    assert told(record)["url"] == "http://127.0.0.1:1"
    assert told(record)["error"]["line"] == 3
    record.serves({**SERVED, "epoch": "2"})
    assert told(record)["error"] is None


def test_two_at_once_are_refused_with_the_other_named(record: Record, tmp_path: Path) -> None:
    number = told(record)["pid"]
    with (
        pytest.raises(ConfigError, match=rf"process {number}\).*end it first"),
        Record(tmp_path / "project", "app.py", tmp_path / "spare"),
    ):
        pass
    assert record.place.is_file()


def test_nothing_is_left_at_the_end(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    with Record(tmp_path / "project", "app.py", tmp_path / "spare"):
        pass
    assert list((tmp_path / "project").iterdir()) == []


def test_a_project_that_may_not_be_written_has_it_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "project"
    (project / "pyproject.toml").parent.mkdir()
    mkdir = Path.mkdir

    def refused(path: Path, *args: Any, **kwargs: Any) -> None:
        if project in path.parents:  # modes alone do not stop root
            raise PermissionError(13, "no")
        mkdir(path, *args, **kwargs)

    monkeypatch.setattr(Path, "mkdir", refused)
    with Record(project, "app.py", tmp_path / "spare") as record:
        assert record.place.is_relative_to(tmp_path / "spare")
        assert told(record)["app"] == "app.py"


def test_a_lock_of_a_file_that_is_removed_meanwhile_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three sessions: one ends and removes the file, of which the second has just got the lock."""
    taken: list[int | None] = []

    def lock_and_lose(path: Path) -> int | None:
        lock = try_lock(path)
        if not taken:
            path.unlink()
        taken.append(lock)
        return lock

    monkeypatch.setattr("pytron.devserver.record.try_lock", lock_and_lose)
    with Record(tmp_path, "app.py", tmp_path / "spare") as record:
        assert len(taken) == 2
        monkeypatch.undo()
        assert try_lock(record.place.with_name("dev.lock")) is None  # it holds the one that counts
