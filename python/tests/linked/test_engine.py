"""An engine in another process: messages, bodies, back-pressure, and how either side ends."""

from __future__ import annotations

import logging
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest
from pytron import EngineError
from pytron.engine import (
    AssetRequest,
    Capability,
    EngineOptions,
    FileBody,
    Frame,
    Happening,
    Incoming,
)
from pytron.linked import LinkedEngine, Program
from waiting import DEADLINE_S, Gate

HOST = Path(__file__).with_name("host.py")
OPTIONS = EngineOptions("app", "App", None, dev=False)


class ScriptedEngine(LinkedEngine):
    """The host of these tests as an engine."""

    name: ClassVar[str] = "scripted"
    origin = "pytron://localhost"

    def __init__(self, *words: str) -> None:
        super().__init__()
        self.words = words
        self.got: list[Incoming] = []

    def program(self) -> Program:
        return Program([sys.executable, str(HOST), *self.words])

    def can(self, feature: str) -> Capability:
        return Capability(False, feature)

    def until(self, found: Callable[[Incoming], Any]) -> Any:
        """Receive until something is what is looked for; that."""
        deadline = time.monotonic() + DEADLINE_S
        while time.monotonic() < deadline:
            for item in list(self.got):
                self.got.remove(item)
                value = found(item)
                if value is not None:
                    return value
            self.got += self.receive(1.0)
        raise AssertionError("what was waited for did not come")

    def happening(self, kind: str) -> Happening:
        """Wait for an event."""
        return self.until(
            lambda item: item if isinstance(item, Happening) and item.kind == kind else None
        )

    def frame(self) -> Frame:
        """Wait for a frame of a page."""
        return self.until(lambda item: item if isinstance(item, Frame) else None)

    def opened(self) -> None:
        """Open window 1."""
        self.command({"kind": "open", "window": 1, "options": {}})
        self.happening("opened")

    def tell(self, what: str, **fields: object) -> None:
        """Tell the host what to do."""
        self.command({"kind": "test", "what": what, **fields})

    @property
    def pid(self) -> int:
        """The host's number."""
        return self.facts["pid"]


@pytest.fixture
def engine() -> Generator[ScriptedEngine]:
    made = ScriptedEngine()
    made.start(OPTIONS)
    yield made
    made.close()
    assert is_gone(made.pid)


def is_gone(pid: int) -> bool:
    """Whether there is no such process, not even a zombie."""
    return not Path(f"/proc/{pid}").exists()


def test_the_host_is_told_what_it_is_for(engine: ScriptedEngine) -> None:
    assert engine.facts["start"] == {
        "kind": "start", "version": 1, "engine": "scripted", "app": "app", "name": "App",
        "folder": None, "dev": False,
    }  # fmt: skip


def test_commands_events_and_frames_pass(engine: ScriptedEngine) -> None:
    engine.opened()
    assert engine.send(1, b'{"a":"\xc3\xa4"}') > 0
    engine.send(1, b"2")
    engine.send(1, b"3", [memoryview(b"part"), memoryview(b"")])
    assert engine.send(2, b"x") == -1
    first, second = engine.frame(), engine.frame()
    assert (first.window, first.text) == (1, b'[{"a":"\xc3\xa4"},2]')
    assert [bytes(part) for part in second.parts] == [b"part", b""]
    engine.command({"kind": "query", "id": 9, "window": 1, "what": "url"})
    assert engine.happening("answer").fields["value"] == "url"
    engine.command({"kind": "close", "window": 1})
    assert engine.happening("closed").window == 1
    assert engine.waiting(1) == -1


def test_an_answer_s_body_arrives_whole(engine: ScriptedEngine, tmp_path: Path) -> None:
    engine.opened()
    engine.tell("asset", id=1, window=1, target="/a?b")
    asked = engine.until(lambda item: item if isinstance(item, AssetRequest) else None)
    assert asked == AssetRequest(1, 1, "GET", "/a?b", {})
    engine.answer(1, 200, [("content-type", "text/plain")], b"hello")
    small = engine.happening("responded").fields
    assert (small["status"], small["headers"]) == (200, [["content-type", "text/plain"]])
    engine.answer(2, 206, [], FileBody(str(tmp_path / "x"), 3, 4))
    file = engine.happening("responded").fields["file"]
    assert file == {"path": str(tmp_path / "x"), "offset": 3, "length": 4}


def test_a_large_body_goes_as_fast_as_it_is_taken(engine: ScriptedEngine) -> None:
    sender = Thread(target=lambda: engine.answer(1, 200, [], os.urandom(6_500_000)), daemon=True)
    sender.start()
    for pieces in range(1, 5):
        assert engine.happening("got").fields["pieces"] == pieces
    assert engine.receive(0.2) == []  # four were allowed, and no more come by themselves
    engine.tell("credit", id=1, count=100)
    assert engine.happening("responded").fields["pieces"] == 7
    sender.join(DEADLINE_S)
    assert not sender.is_alive()


def test_a_body_that_nobody_wants_is_closed(engine: ScriptedEngine) -> None:
    closed = Gate()

    def endless() -> Iterator[bytes]:
        try:
            while True:
                yield b"more"
        finally:
            closed.set()

    Thread(target=lambda: engine.answer(1, 200, [], endless()), daemon=True).start()
    engine.happening("got")
    engine.tell("drop", id=1)
    while not closed.is_set():
        engine.receive(0.05)


def test_a_page_that_does_not_read_is_counted_until_it_does(engine: ScriptedEngine) -> None:
    engine.opened()
    engine.tell("deaf")
    for _ in range(3):
        engine.send(1, b"x" * 1_000_000)
        engine.frame()
    assert engine.waiting(1) == 3_000_000
    assert not engine.drained(1, 1_000_000, 0.01)
    reader = Thread(target=lambda: [None for _ in iter(engine.receive, [])], daemon=True)
    engine.tell("read", window=1, count=3)
    reader.start()
    assert engine.drained(1, 1_000_000, DEADLINE_S)
    assert engine.waiting(1) == 0
    engine.quit()


def test_a_page_s_own_socket_carries_its_frames(engine: ScriptedEngine) -> None:
    engine.opened()
    engine.tell("port", window=1)
    while not engine.ports._windows:
        engine.receive(0.05)
    engine.send(1, b"1", [memoryview(b"p" * 3_000_000)])
    echo = engine.frame()
    assert echo.text == b"[1][1]"
    assert len(echo.parts[0]) == 3_000_000
    engine.tell("port", window=1)  # a new document: the next socket takes its place
    before = next(iter(engine.ports._windows))
    while before in engine.ports._windows:
        engine.receive(0.05)
    engine.send(1, b"2")
    assert engine.frame().text == b"[2][2]"


def test_a_page_s_socket_may_end_together_with_its_window(engine: ScriptedEngine) -> None:
    engine.opened()
    engine.tell("port", window=1)
    while not engine.ports._windows:
        engine.receive(0.05)
    port = next(iter(engine.ports._windows))
    engine.tell("leave", window=1)
    ready, _, _ = select.select([port], [], [], DEADLINE_S)
    assert ready  # and `closed` came before it: both are found at once
    assert engine.happening("closed").window == 1
    assert not engine.ports._windows
    engine.opened()  # the link is still the link


# --- ends -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("refuse", "no screen here; buy one"),
        ("die", "ended before it was ready: its exit code was 7"),
        ("old", "speaks version 99 of the link"),
        ("mad", "sent nonsense"),
    ],
)
def test_a_host_that_does_not_start_says_why(word: str, told: str) -> None:
    engine = ScriptedEngine(word)
    with pytest.raises(EngineError, match=told):
        engine.start(OPTIONS)
    assert engine._child is not None
    assert is_gone(engine._child.pid)


def test_a_program_that_is_not_there_is_named() -> None:
    engine = ScriptedEngine()
    engine.program = lambda: Program(["/nowhere/host"])
    with pytest.raises(EngineError, match="/nowhere/host"):
        engine.start(OPTIONS)


def ended(engine: ScriptedEngine) -> int:
    """The exit code of `run`, with a worker that listens."""
    listener = Thread(target=lambda: [None for _ in iter(engine.receive, [])], daemon=True)
    listener.start()
    code = engine.run()
    listener.join(DEADLINE_S)
    assert not listener.is_alive()
    assert engine.receive() == []
    return code


def test_quit_ends_both_with_the_code(engine: ScriptedEngine) -> None:
    engine.invoke(lambda: engine.quit(5))
    assert ended(engine) == 5
    assert engine._child is not None
    assert engine._child.wait(DEADLINE_S)
    assert engine._child.code == 5


def test_what_is_for_the_main_thread_runs_there_and_may_fail(
    engine: ScriptedEngine, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise ValueError("bad")

    engine.invoke(fail)
    engine.invoke(engine.quit)
    assert ended(engine) == 0
    assert "a function on the main thread failed" in caplog.text


@pytest.mark.parametrize("what", ["kill", "mad"])
def test_the_end_of_the_host_ends_the_app_with_the_reason(
    engine: ScriptedEngine, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    engine.opened()
    with caplog.at_level(logging.ERROR):
        engine.tell(what)
        assert ended(engine) == 1
    assert "the scripted engine has gone" in caplog.text
    if what == "kill":
        assert "SIGKILL" in caplog.text


@pytest.mark.parametrize("stopped", [False, True])
def test_a_host_that_hangs_is_killed_after_the_deadline(
    stopped: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pytron.link.END_TIMEOUT_S", 0.1)
    engine = ScriptedEngine("hang")
    engine.start(OPTIONS)
    if stopped:
        os.kill(engine.pid, signal.SIGSTOP)
    engine.quit()
    engine.close()
    assert is_gone(engine.pid)


OWNER = """
import sys, os
sys.path[:0] = {path!r}
from linked.test_engine import ScriptedEngine, OPTIONS
engine = ScriptedEngine("hang")
engine.start(OPTIONS)
print(engine.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="elsewhere the host has to listen")
@pytest.mark.parametrize("stopped", [False, True])
def test_a_killed_kit_takes_the_host_with_it(stopped: bool) -> None:
    script = OWNER.format(path=[str(HOST.parents[1]), str(HOST.parents[2])])
    owner = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert owner.stdout is not None
    assert owner.stdin is not None
    host = int(owner.stdout.readline())
    watch = os.pidfd_open(host)
    if stopped:
        os.kill(host, signal.SIGSTOP)
    owner.kill()
    owner.wait()
    ready, _, _ = select.select([watch], [], [], DEADLINE_S)
    os.close(watch)
    assert ready, "the host outlived the kit"
    owner.stdout.close()
    owner.stdin.close()
