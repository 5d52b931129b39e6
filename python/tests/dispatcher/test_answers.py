"""Answers of calls that came together are sent together, and hold up nothing."""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from pytron import App, codec, protocol
from pytron.dispatcher.call import Call
from pytron.dispatcher.deadlines import Deadlines
from pytron.dispatcher.functions import Function, Options
from pytron.dispatcher.loop import Loop
from pytron.dispatcher.perform import Performer
from pytron.dispatcher.session import Session
from pytron.testing import RemoteError, TestClient
from waiting import Gate

AppOf = App[Any]


WINDOW, WAITING = 1, 7


class Way:
    """The way to a page; what was sent, in order."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def send(self, window: int, body: bytes, parts: Sequence[memoryview] = ()) -> int:
        assert (window, len(parts)) == (WINDOW, 0)
        self.sent.append(body)
        return WAITING

    def waiting(self, window: int) -> int:
        assert window == WINDOW
        return 0

    def drained(self, window: int, below: int, timeout_s: float) -> bool:
        assert (window, timeout_s > 0) == (WINDOW, True)
        return below > 0

    def discard(self, window: int) -> None:
        assert window == WINDOW
        self.sent.clear()


@pytest.fixture
def way() -> Way:
    return Way()


@pytest.fixture
def session(way: Way) -> Session:
    return Session("s" * 20, WINDOW, "main", way)


@pytest.fixture
def holding() -> deque[Session]:
    return deque()


def test_held_answers_are_one_message_once_released(
    way: Way, session: Session, holding: deque[Session]
) -> None:
    for body in (b"1", b"2", b"3"):
        session.hold(body, holding)
    assert way.sent == []
    assert list(holding) == [session]
    assert session.pending() == 3
    session.release()
    assert way.sent == [b"1,2,3"]
    assert session.pending() == 0
    assert session.waiting == WAITING


def test_whatever_is_sent_comes_after_what_was_held_before(
    way: Way, session: Session, holding: deque[Session]
) -> None:
    session.hold(b"1", holding)
    session.send(b"event")
    session.hold(b"2", holding)
    session.release()
    assert way.sent == [b"1", b"event", b"2"]


def test_many_answers_and_long_ones_are_not_held(
    way: Way, session: Session, holding: deque[Session]
) -> None:
    for _ in range(1000):
        session.hold(b"1", holding)
    assert session.pending() < 500
    session.release()
    assert b",".join(way.sent).count(b"1") == 1000
    way.sent.clear()
    session.hold(b"9" * 10_000, holding)
    assert way.sent == [b"9" * 10_000]


def test_session_that_has_ended_sends_nothing_that_it_held(
    way: Way, session: Session, holding: deque[Session]
) -> None:
    session.hold(b"1", holding)
    session.end()
    session.release()
    assert way.sent == []


class SlowWay(Way):
    """A page that does not read: each answer is too much until it is waited for."""

    def send(self, window: int, body: bytes, parts: Sequence[memoryview] = ()) -> int:
        super().send(window, body, parts)
        return protocol.QUEUE_BYTES + 1

    def waiting(self, window: int) -> int:
        return super().waiting(window) + protocol.QUEUE_BYTES + 1

    def drained(self, window: int, below: int, timeout_s: float) -> bool:
        self.sent.append(b"waited")
        return super().drained(window, below, timeout_s)


@pytest.mark.parametrize("value", ["x" * 10_000, ["x" * 10_000], {date.min: "x" * 10_000}])
def test_large_answers_of_a_batch_wait_for_a_page_that_does_not_read(value: object) -> None:
    way = SlowWay()
    session = Session("s" * 20, WINDOW, "main", way)
    performer = Performer(
        {},
        loop=Loop(),
        executors={},
        invoke=lambda _: None,
        submit=lambda _: None,
        deadlines=Deadlines(),
        dev=False,
    )
    function = Function("get", lambda: value, Options())
    for identity in (1, 2):
        message = protocol.Call(id=identity, name="get", args=codec.Raw(b"[]"))
        session.calls[identity] = Call(identity, message, function, session, ())
    worker = threading.Thread(target=performer.work_off, args=[deque(session.calls.values())])
    worker.start()
    worker.join()
    assert [sent[:24] for sent in way.sent[::2]] == [
        b'{"kind":"result","id":%d,' % identity for identity in (1, 2)
    ]
    assert way.sent[1::2] == [b"waited"] * 2


@pytest.fixture
def quick_switches() -> Iterator[None]:
    """Threads take turns as often as they can: what can come in between does."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("quick_switches")
def test_no_answer_is_lost_between_threads_that_hold_and_release(
    way: Way, session: Session, holding: deque[Session]
) -> None:
    def work(name: int) -> None:
        for number in range(2000):
            session.hold(b"%d" % (name * 10_000 + number), holding)
            if number % 7 == 0 and holding:
                with suppress(IndexError):  # another was quicker
                    holding.popleft().release()

    threads = [threading.Thread(target=work, args=[name]) for name in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while holding:
        holding.popleft().release()
    seen = [int(one) for body in way.sent for one in body.split(b",")]
    assert sorted(seen) == [name * 10_000 + n for name in range(1, 5) for n in range(2000)]
    for name in range(1, 5):
        mine = [number for number in seen if number // 10_000 == name]
        assert mine == sorted(mine)


# --- in an app --------------------------------------------------------------------------------


def test_answers_before_a_slow_call_do_not_wait_for_it(app: AppOf) -> None:
    gate = Gate()

    @app.expose
    def quick(n: int) -> int:
        return n

    @app.expose
    def slow() -> str:
        gate.pass_through()
        return "slow"

    with TestClient(app) as page:
        quicks = [{"kind": "call", "id": n, "name": "quick", "args": [n]} for n in range(1, 21)]
        page.send(*quicks, {"kind": "call", "id": 99, "name": "slow", "args": []})
        assert [page.result(n) for n in range(1, 21)] == list(range(1, 21))
        gate.set()
        assert page.result(99) == "slow"


def test_calls_of_all_kinds_in_one_frame_are_all_answered() -> None:
    app = App("test", ephemeral=True, executors={"serial": 1})
    seen: list[int] = []

    @app.expose
    def on_a_worker(n: int) -> int:
        seen.append(n)
        return n

    @app.expose(executor="serial")
    def on_one_thread(n: int) -> int:
        return n

    with TestClient(app) as page:
        calls = [
            {"kind": "call", "id": n, "name": "on_one_thread" if n % 5 == 0 else "on_a_worker",
             "args": [n]}
            for n in range(1, 501)
        ]  # fmt: skip
        page.send(*calls)
        assert [page.result(n) for n in range(1, 501)] == list(range(1, 501))
    assert sorted(seen) == [n for n in range(1, 501) if n % 5]


def test_arguments_by_name_and_wrong_ones_are_told_as_ever(app: AppOf) -> None:
    @app.expose
    def add(a: int, b: int) -> int:
        return a + b

    with TestClient(app) as page:
        assert page.call("add", 1, 2) == 3
        page.send({"kind": "call", "id": 50, "name": "add", "args": {"a": 3, "b": 4}})
        assert page.result(50) == 7
        page.send(
            {"kind": "call", "id": 51, "name": "add", "args": [1, "2"]},
            {"kind": "call", "id": 52, "name": "add", "args": [1, 2]},
        )
        assert page.result(52) == 3
        with pytest.raises(Exception, match=r"argument b: expected `int`, got `str`"):
            page.result(51)


def test_what_raises_while_its_answer_is_written_fails_the_call(app: AppOf) -> None:
    class Spoilt:
        def model_dump(self) -> object:
            raise KeyError("gone")

    @app.expose
    def spoilt() -> object:
        return Spoilt()

    @app.expose
    def all_spoilt() -> object:
        return [Spoilt()] * 1_000

    with TestClient(app) as page:
        for name in ("spoilt", "all_spoilt"):
            with pytest.raises(RemoteError) as failure:
                page.call(name)
            assert (failure.value.name, failure.value.code) == ("KeyError", "exception")
