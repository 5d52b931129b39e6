"""State between Python and pages."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

import pytest
from pytron import App, current, protocol
from pytron.testing import RemoteError, TestClient
from waiting import Gate

AppOf = App[Any]


@dataclass
class Item:
    text: str
    done: bool = False


@dataclass
class Todo:
    count: int = 0
    items: list[Item] = field(default_factory=list[Item])


@pytest.fixture
def typed() -> App[Todo]:
    return App("test", state=Todo, ephemeral=True)


def put(*path: str | int, value: Any) -> dict[str, Any]:
    return {"op": "set", "path": list(path), "value": value}


def test_page_starts_with_the_state_and_follows_it(typed: App[Todo]) -> None:
    typed.state.count = 3
    with TestClient(typed) as page:
        assert page.state == {"count": 3, "items": []}
        typed.state.items.append(Item("milk"))
        typed.state.items[0].done = True
        page.wait_for_state(lambda s: s["items"] == [{"text": "milk", "done": True}])


def test_transaction_is_one_patch(app: AppOf) -> None:
    with TestClient(app) as page:
        revision, _ = page.scope("app")
        with app.transaction():
            app.state.a = 1
            app.state.b = 2
        page.wait_for_state(lambda s: s.get("b") == 2)
        assert page.scope("app")[0] == revision + 1


def test_change_of_a_page_is_seen_by_python_and_by_other_pages(typed: App[Todo]) -> None:
    with TestClient(typed) as page:
        typed.open_window("second")
        second = page.page("second")
        revision = page.change([put("count", value=5)])
        assert typed.state.count == 5
        second.wait_for_state(lambda s: s["count"] == 5)
        assert page.scope("app") == second.scope("app") == (revision, {"count": 5, "items": []})


def test_page_is_told_which_patch_is_its_own(app: AppOf, monkeypatch: pytest.MonkeyPatch) -> None:
    with TestClient(app) as page:
        app.open_window("second")
        second = page.page("second")
        patches: dict[str, list[Any]] = {"first": [], "second": []}
        for name, each in (("first", page), ("second", second)):
            take = each._take

            def record(message: Any, parts: Any, name: str = name, take: Any = take) -> None:
                if message["kind"] in ("patch", "result"):
                    patches[name].append((message["kind"], message.get("id")))
                take(message, parts)

            monkeypatch.setattr(each, "_take", record)
        page.change([put("a", value=1)])
        second.wait_for_state(lambda s: s == {"a": 1})
        identity = patches["first"][0][1]
        assert patches == {
            "first": [("patch", identity), ("result", identity)],
            "second": [("patch", None)],
        }


def test_change_of_an_old_revision_is_a_conflict(typed: App[Todo]) -> None:
    with TestClient(typed) as page:
        base, _ = page.scope("app")
        typed.state.count = 1
        with pytest.raises(RemoteError) as caught:
            page.change([put("count", value=9)], base=base)
        assert caught.value.code == "conflict"
        page.wait_for_state(lambda s: s["count"] == 1)
        page.change([put("count", value=9)], base=page.scope("app")[0])
        assert typed.state.count == 9


@pytest.mark.parametrize(
    "operations",
    [
        [put("count", value="three")],
        [put("missing", value=1)],
        [put("count", value=1), put("items", 0, "text", value="x")],
        [{"op": "splice", "path": ["items"], "index": 5, "remove": 1, "insert": []}],
    ],
)
def test_change_that_does_not_fit_changes_nothing(typed: App[Todo], operations: Any) -> None:
    with TestClient(typed) as page:
        with pytest.raises(RemoteError) as caught:
            page.change(operations)
        assert caught.value.code == "invalid_change"
        assert (typed.state.count, typed.state.items) == (0, [])
        page.sync()
        assert page.state == {"count": 0, "items": []}


def test_change_of_a_page_makes_the_annotated_types(typed: App[Todo]) -> None:
    with TestClient(typed) as page:
        insert = [{"text": "milk"}]
        page.change(
            [{"op": "splice", "path": ["items"], "index": 0, "remove": 0, "insert": insert}]
        )
        assert typed.state.items == [Item("milk")]
        assert isinstance(typed.state.items[0], Item)


def test_state_holds_binary_both_ways(app: AppOf) -> None:
    with TestClient(app) as page:
        app.state.thumb = b"\1\2"
        page.wait_for_state(lambda s: s.get("thumb") == b"\1\2")
        page.send(
            {"kind": "change", "id": 1, "scope": "app",
             "ops": [{"op": "set", "path": ["upload"], "value": None}],
             "bin": [{"at": ["ops", 0, "value"], "part": 0, "type": "bytes"}]},
            parts=[memoryview(b"ab")],
        )  # fmt: skip
        page.result(1)
        assert app.state.upload == b"ab"
        page.wait_for_state(lambda s: s.get("upload") == b"ab")


def test_pages_are_told_of_a_state_with_too_much_binary(app: AppOf) -> None:
    with TestClient(app) as page:
        app.state.pictures = [b"x"] * (protocol.LIMITS["parts"] + 1)
        fault = page.wait_for_fault()
        assert (fault.code, "1,025 binary values" in str(fault)) == ("too_large", True)
        app.open_window("second")
        second = page.page("second", hello=False)
        second.send({"kind": "hello", "version": 1, "session": "s" * 20, "client": "test"})
        assert second.wait_for_fault().code == "too_large"


def test_window_state_is_that_window_s_own(app: AppOf) -> None:
    @app.expose
    def select(item: int) -> None:
        current().window.state.selected = item

    with TestClient(app) as page:
        app.open_window("second")
        second = page.page("second")
        page.call("select", 1)
        second.call("select", 2)
        assert page.scope("window")[1] == {"selected": 1}
        assert second.scope("window")[1] == {"selected": 2}
        page.change([put("selected", value=7)], scope="window")
        assert app.window("main").state.selected == 7
        assert app.window("second").state.selected == 2
        assert page.state == {}


def test_window_state_begins_anew_with_the_window(app: AppOf) -> None:
    with TestClient(app) as page:
        second = app.open_window("second")
        second.state.x = 1
        closed = Gate()
        second.on("closed", lambda _event: closed.set())
        second.close(force=True)
        closed.pass_through()
        app.open_window("second")
        assert page.page("second").scope("window")[1] == {}


def test_page_that_saw_a_gap_gets_the_state_whole(app: AppOf) -> None:
    with TestClient(app) as page:
        app.state.n = 1
        page.wait_for_state(lambda s: s == {"n": 1})
        page._scopes["app"] = (0, {"n": "lost"})
        page.send({"kind": "sync", "scope": "app"})
        page.wait_for_state(lambda s: s == {"n": 1})


@pytest.mark.parametrize("round", range(5))
def test_page_that_opens_while_the_state_changes_misses_nothing(app: AppOf, round: int) -> None:
    """The page itself checks that each patch follows the last, from the snapshot on."""
    running = threading.Event()
    running.set()
    app.state.counters = [0] * 8

    def change(index: int) -> None:
        while running.is_set():
            with app.transaction():
                app.state.counters[index] += 1

    with TestClient(app) as page:
        threads = [threading.Thread(target=change, args=(n,)) for n in range(3)]
        for thread in threads:
            thread.start()
        labels = [f"window{n}" for n in range(4)]
        for label in labels:
            app.open_window(label)
        pages = [page, *[page.page(label) for label in labels]]
        for each in pages:
            each.hello()
        running.clear()
        for thread in threads:
            thread.join()
        final = list(app.state.counters)
        for each in pages:
            each.wait_for_state(lambda s: s["counters"] == final)
    assert round >= 0


def test_changes_of_many_pages_and_threads_lose_no_update(typed: App[Todo]) -> None:
    def count() -> None:
        for _ in range(100):
            with typed.transaction():
                typed.state.count += 1

    def change(page: Any) -> None:
        for _ in range(30):
            while True:
                base, value = page.scope("app")
                try:
                    page.change([put("count", value=value["count"] + 1)], base=base)
                    break
                except RemoteError as error:
                    assert error.code == "conflict"  # noqa: PT017 - and is tried again
                    page.wait_for_state(lambda _s, base=base: page.scope("app")[0] > base)

    with TestClient(typed) as page:
        typed.open_window("second")
        pages = [page, page.page("second")]
        threads = [threading.Thread(target=count) for _ in range(2)]
        threads += [threading.Thread(target=change, args=(each,)) for each in pages]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert typed.state.count == 260
        for each in pages:
            each.wait_for_state(lambda s: s["count"] == 260)


def test_subscriber_hears_of_changes_from_everywhere(typed: App[Todo]) -> None:
    seen: list[int] = []
    heard = Gate()

    def hear(value: int) -> None:
        seen.append(value)
        if value == 2:
            heard.set()

    stop = typed.subscribe("count", hear)
    with TestClient(typed) as page:
        typed.state.count = 1
        page.change([put("count", value=2)])
        heard.pass_through()
        stop()
        typed.state.count = 3
    assert seen == [1, 2]


def test_subscriber_that_is_slow_holds_up_no_calls(app: AppOf) -> None:
    gate, entered = Gate(), Gate()

    def slow(_value: object) -> None:
        entered.set()
        gate.pass_through()

    @app.expose
    def one() -> int:
        return 1

    app.subscribe("n", slow)
    with TestClient(app) as page:
        page.change([put("n", value=1)])
        entered.pass_through()
        assert page.call("one") == 1
        assert page.change([put("m", value=1)]) == 2
        gate.set()


def test_long_transaction_holds_up_no_calls_that_came_before_a_change(app: AppOf) -> None:
    @app.expose
    def one() -> int:
        return 1

    @app.expose
    async def two() -> int:
        return 2

    with TestClient(app) as page:
        with app.transaction():
            app.state.n = 1
            assert (page.call("one"), page.call("two")) == (1, 2)
            change = {"kind": "change", "id": 50, "scope": "app", "ops": [put("m", value=1)]}
            page.send(change)
            page.emit("anything")
            # The change waits for the transaction, but what arrives is still taken up.
            page.send({"kind": "event"})
            assert page.wait_for_fault().code == "protocol"
        page.wait_for_state(lambda s: s == {"n": 1, "m": 1})


def test_a_page_is_told_that_it_waits_where_nothing_can_ever_be(typed: App[Todo]) -> None:
    with TestClient(typed) as page:
        for path in (["items", 7, "text"], ["count"], ["itmes"]):  # only the last is misspelt
            page.send({"kind": "watch", "scope": "app", "path": path})
        fault = page.wait_for_fault()
        assert fault.code == "invalid_change"
        assert "Todo has no field 'itmes', did you mean 'items'?" in str(fault)
        page.send({"kind": "watch", "scope": "window", "path": ["itmes"]})  # nothing declares it
        page.sync()
        assert page.faults == []


def test_a_page_may_wait_for_anything_in_untyped_state(app: AppOf) -> None:
    with TestClient(app) as page:
        page.send({"kind": "watch", "scope": "app", "path": ["later", 0, "x"]})
        page.sync()
        assert page.faults == []
