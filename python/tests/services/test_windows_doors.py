"""One instance on Windows: over a Unix socket in the named pipe's place. Not run on Windows."""

from __future__ import annotations

from collections.abc import Iterator
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client
from pathlib import Path
from queue import Queue
from threading import Thread

import pytest
from pytron import EngineError
from pytron.services.windows import doors


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where the starts of this test meet."""
    monkeypatch.setattr(doors, "_FAMILY", "AF_UNIX")
    monkeypatch.setattr(doors, "_address", lambda app_id: str(tmp_path / app_id))
    monkeypatch.setattr(doors, "data_folder", lambda: tmp_path / "data")
    return str(tmp_path / "app")


@pytest.fixture
def heard() -> Iterator[Queue[bytes | None]]:
    """What the first instance hears, until its door is closed."""
    door = doors.claim("app", b"the first")
    assert door is not None
    told: Queue[bytes | None] = Queue()

    def serve() -> None:
        while True:
            told.put(said := door.wait(1000))
            if said is None:
                return

    thread = Thread(target=serve)
    thread.start()
    yield told
    door._closed = True
    assert doors.claim("app", b"the last") is None  # wakes the one that waits
    thread.join(60)
    assert not thread.is_alive()
    door.close()


def test_second_start_is_told_to_the_first(heard: Queue[bytes | None]) -> None:
    assert doors.claim("app", b"a second") is None
    assert heard.get(timeout=60) == b"a second"
    other = doors.claim("other", b"another app")
    assert other is not None
    other.close()


def test_program_without_the_key_is_neither_heard_nor_told(
    heard: Queue[bytes | None], place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(AuthenticationError):
        Client(place, authkey=b"guessed")
    with Client(place):
        pass  # one that asks nothing and goes
    with monkeypatch.context() as other:
        other.setattr(doors, "data_folder", lambda: tmp_path / "other user")
        with pytest.raises(EngineError, match="another user's"):
            doors.claim("app", b"secret words")
    assert doors.claim("app", b"a second") is None
    assert heard.get(timeout=60) == b"a second"


def test_what_is_too_long_is_dropped(heard: Queue[bytes | None]) -> None:
    with pytest.raises(EngineError, match="does not answer"):
        doors.claim("app", b"x" * 1001)
    assert doors.claim("app", b"short") is None
    assert heard.get(timeout=60) == b"short"
