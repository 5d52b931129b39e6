"""What every hub must do. A hub of your own is right when these pass over it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from pytron.hub import Hub, LocalHub, Tail
from waiting import DEADLINE_S, Counter, Gate

LONG_S = 600.0
Hubs = tuple[Hub, Hub]


def test_a_value_is_taken_once(hubs: Hubs) -> None:
    one, other = hubs
    one.put("token", b"\x00value", LONG_S)
    assert other.take("token") == b"\x00value"
    assert one.take("token") is None
    assert one.take("nothing") is None


def test_of_many_who_take_a_value_one_gets_it(hubs: Hubs) -> None:
    hubs[0].put("token", b"1", LONG_S)
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda at: hubs[at % 2].take("token"), range(16)))
    assert sorted(map(str, taken)) == ["None"] * 15 + ["b'1'"]


def test_what_is_claimed_is_one_owner_s_until_it_is_released(hubs: Hubs) -> None:
    one, other = hubs
    assert one.claim("state", "a", LONG_S)
    assert one.claim("state", "a", LONG_S), "again, for longer"
    assert not other.claim("state", "b", LONG_S)
    other.release("state", "b")  # nobody gives back what is another's
    assert not other.claim("state", "b", LONG_S)
    one.release("state", "a")
    assert other.claim("state", "b", LONG_S)


def test_a_claim_ends_by_itself(hubs: Hubs) -> None:
    one, other = hubs
    assert one.claim("state", "a", 0.01)
    deadline = threading.Event()
    for _ in range(int(DEADLINE_S / 0.02)):
        if other.claim("state", "b", LONG_S):
            break
        deadline.wait(0.02)  # for the time that the claim was made for
    assert not one.claim("state", "a", LONG_S)


def test_all_who_listen_hear_everything_in_order(hubs: Hubs) -> None:
    one, other = hubs
    heard: list[list[bytes]] = [[], []]
    done = Counter()

    def take(at: int, message: bytes) -> None:
        heard[at].append(message)
        if message == b"last":
            done.add()

    stops = [
        one.subscribe("events", lambda message: take(0, message)),
        other.subscribe("events", lambda message: take(1, message)),
    ]
    other.publish("others", b"not for these")
    for number in range(50):
        one.publish("events", b"%d" % number)
    one.publish("events", b"last")
    done.reach(2)
    assert heard[0] == heard[1] == [*(b"%d" % number for number in range(50)), b"last"]
    for stop in stops:
        stop()


def test_who_publishes_does_not_wait_for_who_listens(hubs: Hubs) -> None:
    one, other = hubs
    begun, go = Gate(), Gate()

    def take(_message: bytes) -> None:
        begun.set()
        go.pass_through()

    stop = one.subscribe("events", take)
    other.publish("events", b"1")
    begun.pass_through()
    other.publish("events", b"2")  # comes back although nobody takes it
    go.set()
    stop()


def test_only_the_next_entry_is_taken(hubs: Hubs) -> None:
    one, other = hubs
    assert one.append("state", 1, b"first")
    assert not other.append("state", 1, b"late")
    assert not other.append("state", 3, b"early")
    assert other.append("state", 2, b"second\x00")
    assert one.read("state", 0) == Tail(None, b"", [b"first", b"second\x00"])
    assert one.read("state", 1) == Tail(None, b"", [b"second\x00"])
    assert one.read("state", 2) == Tail(None, b"", [])


def test_of_many_who_append_the_same_number_one_does(hubs: Hubs) -> None:
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda at: hubs[at % 2].append("state", 1, b"%d" % at), range(16)))
    assert sum(done) == 1
    assert hubs[0].read("state", 0).entries == [b"%d" % done.index(True)]


def test_a_base_stands_for_what_was_before_it(hubs: Hubs) -> None:
    one, other = hubs
    assert one.read("state", -1) == Tail(0, b"", [])
    one.rebase("state", 5, b"base")
    assert not other.append("state", 1, b"x")
    for number in (6, 7, 8):
        assert other.append("state", number, b"%d" % number)
    other.rebase("state", 7, b"later base")
    assert one.read("state", 2) == Tail(7, b"later base", [b"8"])
    assert one.read("state", 7) == Tail(None, b"", [b"8"])
    assert one.append("state", 9, b"9")
    assert other.read("state", -1) == Tail(7, b"later base", [b"8", b"9"])


def test_logs_and_topics_are_apart(hubs: Hubs) -> None:
    one, other = hubs
    assert one.append("a", 1, b"a")
    assert other.append("b", 1, b"b")
    assert one.read("b", 0).entries == [b"b"]


def test_a_local_claim_can_be_had_when_its_time_is_over() -> None:
    now = [0.0]
    hub = LocalHub(lambda: now[0])
    assert hub.claim("state", "a", 5)
    now[0] = 4.9
    assert not hub.claim("state", "b", 5)
    now[0] = 5.1
    assert hub.claim("state", "b", 5)
