"""Memory is bounded, and pages get every change once."""

from __future__ import annotations

import threading
from threading import Thread

from pytron import codec
from pytron.inspector.history import KEPT, History
from pytron.inspector.records import KEPT_BYTES, Records
from pytron.inspector.redaction import Rule
from pytron.inspector.seen import Inbox, Logged, Seen
from waiting import DEADLINE_S, Gate


def test_newest_of_each_type_are_kept_and_the_rest_is_counted() -> None:
    records = Records({"call": 3, "log": 3})
    for number in range(10):
        records.add("call", 0.0, n=number)
    records.add("log", 0.0, n="only")
    assert [record["n"] for record in records.after(0).records] == [7, 8, 9, "only"]
    assert records.dropped() == {"call": 7}


def test_bytes_are_bounded_too() -> None:
    records = Records()
    for _ in range(200):
        records.add("event", 0.0, data=codec.Raw(b'"' + b"x" * 100_000 + b'"'))
    assert records.size < 2 * KEPT_BYTES
    assert records.dropped()["event"] > 100


def test_changed_records_come_again_with_their_change() -> None:
    records = Records()
    first, second = records.add("call", 0.0), records.add("call", 0.0)
    seen = records.after(0)
    assert [record["seq"] for record in seen.records] == [first["seq"], second["seq"]]
    records.update(first, status="done")
    [changed] = records.after(seen.version).records
    assert (changed["seq"], changed["status"]) == (first["seq"], "done")
    assert records.after(records.after(seen.version).version).records == []


def test_who_saw_another_run_is_answered_at_once() -> None:
    records = Records()
    records.add("call", 0.0)
    answer = records.after(1_000, wait_s=threading.TIMEOUT_MAX)  # would wait for ever
    assert (answer.version, answer.records) == (1, [])


def test_many_come_in_portions() -> None:
    records = Records()
    for _ in range(1200):
        records.add("log", 0.0)
        records.add("call", 0.0)
    version, found, rounds, more = 0, set[int](), 0, True
    while more:
        answer = records.after(version)
        assert len(answer.records) <= 500
        found |= {record["seq"] for record in answer.records}
        version, more, rounds = answer.version, answer.more, rounds + 1
    assert len(found) == 2200  # 1000 of the log, 1200 calls
    assert rounds == 5


def test_update_of_a_dropped_record_does_not_bring_it_back() -> None:
    records = Records({"call": 1})
    first = records.add("call", 0.0)
    second = records.add("call", 0.0)
    records.update(first, status="done")
    assert [record["seq"] for record in records.after(0).records] == [second["seq"]]


def test_who_waits_is_let_go_at_the_end() -> None:
    records = Records()
    thread = Thread(target=lambda: records.after(0, wait_s=DEADLINE_S * 10), daemon=True)
    thread.start()
    records.close()
    thread.join(DEADLINE_S)
    assert not thread.is_alive()


def test_history_folds_old_patches_into_its_beginning() -> None:
    history = History(Rule())
    history.begin(0, {"items": []}, 20)
    for number in range(KEPT + 100):
        op = {"op": "splice", "path": ["items"], "index": number, "remove": 0, "insert": [number]}
        history.add(number + 1, 0.0, "Python", [op])
    shown = history.shown(-1)
    assert shown["base"]["revision"] == 100
    assert codec.decode(shown["base"]["value"]) == {"items": list(range(100))}
    assert len(shown["steps"]) == KEPT
    assert [step["revision"] for step in history.shown(KEPT + 98)["steps"]] == [599, 600]
    assert "base" in history.shown(50)


def test_history_of_a_huge_state_is_not_kept() -> None:
    history = History(Rule())
    history.begin(0, {"big": 1}, 10_000_000)
    history.add(1, 0.0, "Python", [{"op": "set", "path": ["big"], "value": 2}])
    assert history.shown(-1)["toolarge"]
    assert history.shown(-1)["steps"] == []


def test_reader_that_is_behind_costs_notes_not_memory() -> None:
    begun, go = Gate(), Gate()
    read: list[Seen] = []

    def slow(note: Seen) -> None:
        begun.set()
        go.pass_through()
        read.append(note)

    inbox = Inbox(slow)
    line = Logged(0.0, "info", "x", "y")
    inbox.put(line)
    begun.pass_through()
    for _ in range(100):
        inbox.put(line, 1024 * 1024)
    go.set()
    assert inbox.settle(DEADLINE_S)
    inbox.close(DEADLINE_S)
    assert inbox.lost == 36
    assert len(read) == 65
