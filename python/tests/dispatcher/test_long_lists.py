"""A long list goes to the page in pieces, and comes out whole or not at all."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Thread
from typing import Any

import pytest
from pytron import App, CallError, codec, protocol
from pytron.dispatcher.call import Call
from pytron.dispatcher.deadlines import Deadlines
from pytron.dispatcher.functions import Function, Options
from pytron.dispatcher.loop import Loop
from pytron.dispatcher.perform import Performer
from pytron.dispatcher.session import Session
from pytron.testing import RemoteError, TestClient
from waiting import Gate

AppOf = App[Any]
Message = dict[str, Any]
#: Few of them are looked at before the others, and none at the place COUNT + 1.
COUNT = 20_000


def rows() -> list[Any]:
    return [
        {"id": number, "name": f"row {number}", "price": 0.5, "text": "x" * 100}
        for number in range(COUNT)
    ]


@dataclass
class Row:
    id: int
    name: str


class Passed:
    """An element that tells when it is written."""

    def __init__(self, tell: Callable[[], object]) -> None:
        self._tell = tell

    def model_dump(self) -> dict[str, object]:
        self._tell()
        return {}


class Page:
    """Answers one call to a page that is not there, and keeps what was sent."""

    def __init__(self, *, behind: int = 0, reads: bool = True) -> None:
        self.sent: list[Message] = []
        self.waits = 0
        self._behind, self._reads = behind, reads
        self.session = Session("s" * 20, 1, "main", self)
        self.performer = Performer(
            {}, loop=Loop(), executors={}, invoke=lambda _: None, submit=lambda _: None,
            deadlines=Deadlines(), dev=False,
        )  # fmt: skip
        message = protocol.Call(id=7, name="rows", args=codec.Raw(b"[]"))
        function = Function("rows", lambda: self._value, Options())
        self.call = self.session.calls[7] = Call(7, message, function, self.session, ())
        self._value: object = None

    def answer(self, value: object) -> list[Message]:
        """What is sent when a function gives this, on a thread that may wait."""
        self._value = value
        worker = Thread(target=self.performer.work_off, args=[deque([self.call])])
        worker.start()
        worker.join()
        self.performer.settle()
        return self.sent

    def send(self, window: int, body: bytes, parts: Sequence[memoryview] = ()) -> int:
        assert window == 1
        self.sent.extend(json.loads(b"[%b]" % body))
        assert len(parts) == len(self.sent[-1].get("bin", ()))
        return self._behind

    def waiting(self, window: int) -> int:
        assert window == 1
        return self._behind

    def drained(self, window: int, below: int, timeout_s: float) -> bool:
        assert (window, below > 0, timeout_s > 0) == (1, True, True)
        self.waits += 1
        return self._reads

    def discard(self, window: int) -> None:
        raise AssertionError(window)


def kinds(sent: list[Message]) -> list[str]:
    return [message["kind"] for message in sent]


def together(sent: list[Message]) -> list[Any]:
    """The list that a page makes of pieces."""
    elements: list[Any] = []
    for message in sent[:-1]:
        assert (message["kind"], message["id"], message["from"]) == ("elements", 7, len(elements))
        elements.extend(message["value"])
    assert sent[-1] == {"kind": "result", "id": 7, "elements": len(elements)}
    return elements


@pytest.mark.parametrize("made", [rows, lambda: tuple(rows())], ids=["list", "tuple"])
def test_long_list_goes_in_pieces(made: Callable[[], Any]) -> None:
    sent = Page().answer(made())
    assert len(sent) > 3
    assert together(sent) == rows()


def test_elements_with_a_type_go_in_pieces_too() -> None:
    sent = Page().answer([Row(row["id"], row["name"] * 20) for row in rows()])
    assert len(sent) > 3
    assert together(sent)[-1] == {"id": COUNT - 1, "name": f"row {COUNT - 1}" * 20}


def test_shorter_lists_and_other_values_are_one_message() -> None:
    for value in (rows()[:5_000], {"rows": rows()}, "x" * 3_000_000):
        assert Page().answer(value) == [{"kind": "result", "id": 7, "value": value}]


def test_binary_far_back_lets_the_list_go_as_a_whole() -> None:
    sent = Page().answer([*rows(), 1, {"data": b"binary"}])
    assert kinds(sent)[-2:] == ["elements", "result"]
    assert sent[-1]["value"] == [*rows(), 1, {"data": None}]
    assert sent[-1]["bin"][0]["at"] == ["value", COUNT + 1, "data"]


def test_what_cannot_be_sent_is_named_with_its_place_in_the_list() -> None:
    sent = Page().answer([*rows(), 1, {"size": 2**60}])
    assert kinds(sent)[-2:] == ["elements", "error"]
    assert sent[-1]["error"]["code"] == "encode_failed"
    assert f"value[{COUNT + 1}].size" in sent[-1]["error"]["message"]


def test_nothing_follows_the_end_of_a_call() -> None:
    page = Page()
    late = CallError("too late", code="timeout")
    sent = page.answer([*rows(), 1, Passed(lambda: page.performer.end(page.call, late)), *rows()])
    end = kinds(sent).index("error")
    assert sent[end]["error"]["code"] == "timeout"
    assert (end > 1, kinds(sent)[end + 1 :]) == (True, [])


def test_the_end_of_the_session_ends_the_list() -> None:
    page = Page()
    sent = page.answer([*rows(), 1, Passed(page.session.end), *rows()])
    assert set(kinds(sent)) == {"elements"}
    assert sum(len(message["value"]) for message in sent) <= COUNT + 2


def test_list_that_changes_meanwhile_is_the_one_that_was_given() -> None:
    given: list[Any] = rows()
    given += [1, Passed(given.clear), *rows()]
    assert together(Page().answer(given)) == [*rows(), 1, {}, *rows()]
    assert given == []


def test_who_sends_waits_for_a_slow_page_between_two_pieces() -> None:
    page = Page(behind=protocol.QUEUE_BYTES + 1)
    sent = page.answer(rows())
    assert together(sent) == rows()
    assert page.waits >= len(sent) - 1


def test_who_has_waited_in_vain_waits_no_more() -> None:
    page = Page(behind=protocol.QUEUE_BYTES + 1, reads=False)
    sent = page.answer(rows())
    assert together(sent) == rows()
    assert page.waits == 1


# --- in an app --------------------------------------------------------------------------------


def test_every_way_to_run_a_function_gives_long_lists() -> None:
    app = App("test", ephemeral=True, executors={"serial": 1})
    app.expose(rows, name="on_a_worker")
    app.expose(rows, name="on_one_thread", executor="serial")
    app.expose(rows, name="on_the_main_thread", executor="main")
    app.expose(rows, name="in_a_process", executor="process")

    @app.expose
    async def on_the_loop() -> list[Any]:
        return rows()

    with TestClient(app) as page:
        for name in ("on_a_worker", "on_one_thread", "on_the_main_thread", "in_a_process",
                     "on_the_loop"):  # fmt: skip
            assert page.call(name) == rows(), name


def test_others_are_answered_before_the_list_is_whole(app: AppOf) -> None:
    begun, answered = Gate(), Gate()

    def in_the_middle() -> None:
        begun.set()
        answered.pass_through()

    app.expose(lambda: [*rows(), 1, Passed(in_the_middle), *rows()], name="long")
    app.expose(lambda: "quick", name="quick")
    with TestClient(app) as page:
        long = page.start("long")
        begun.pass_through()
        assert page.call("quick") == "quick"
        answered.set()
        assert len(page.result(long)) == 2 * COUNT + 2


def test_lists_at_once_and_what_fails_between_them(app: AppOf) -> None:
    app.expose(rows)

    @app.expose
    def fails() -> list[Any]:
        return [*rows(), object()]

    with TestClient(app) as page:
        asked = [page.start(name) for name in ("rows", "fails", "rows", "fails", "rows")]
        for place, identity in enumerate(asked):
            if place % 2:
                with pytest.raises(RemoteError, match="cannot send"):
                    page.result(identity)
            else:
                assert page.result(identity) == rows()
