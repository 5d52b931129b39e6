"""The threads that run what pages ask for."""

from __future__ import annotations

import queue
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress

import pytest
from pytron.dispatcher.workers import Run, Task, Workers
from waiting import Counter, Gate


class Job:
    """A task that calls a function."""

    def __init__(
        self, function: Callable[[], object], *, in_order: bool = False, takes_place: bool = True
    ) -> None:
        self.in_order = in_order
        self.takes_place = takes_place and not in_order
        self._function = function
        self.after: Callable[[], object] = lambda: None

    def run(self) -> None:
        self._function()


class Inbox:
    """What the workers receive from."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[list[Iterable[Task]]] = queue.SimpleQueue()

    def receive(self) -> list[Iterable[Task]]:
        return self._queue.get()

    def put(self, *tasks: Task) -> None:
        """They arrive together."""
        self._queue.put([tasks])

    def end(self) -> None:
        self._queue.put([])


@contextmanager
def working(
    limit: int = 4, settle: Callable[[], None] = lambda: None
) -> Generator[tuple[Inbox, Workers[Iterable[Task]]]]:
    inbox = Inbox()
    workers: Workers[Iterable[Task]] = Workers(inbox.receive, lambda tasks: tasks, limit=limit)
    workers.settle = settle
    workers.start()
    try:
        yield inbox, workers
    finally:
        inbox.end()
        workers.close(5)


@pytest.fixture
def quick_switches() -> Iterator[None]:
    """Threads take turns as often as they can: what can come in between does."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def test_quick_tasks_are_run_in_the_order_they_came() -> None:
    seen: list[int] = []
    done = Gate()
    with working(limit=1) as (inbox, _):
        inbox.put(*[Job(lambda i=i: seen.append(i)) for i in range(5000)], Job(done.set))
        done.pass_through()
    assert seen == list(range(5000))


def test_slow_task_does_not_hold_up_what_came_with_it() -> None:
    slow, quick = Gate(), Gate()
    with working() as (inbox, _):
        inbox.put(Job(slow.pass_through), Job(quick.set))
        quick.pass_through()
        slow.set()


def test_slow_task_does_not_keep_what_comes_later_from_being_received() -> None:
    slow, started = Gate(), Gate()
    later = Counter()
    with working() as (inbox, _):
        inbox.put(Job(lambda: (started.set(), slow.pass_through())))
        started.pass_through()
        for _ in range(100):
            inbox.put(Job(later.add))
        later.reach(100)
        slow.set()


def test_no_more_than_the_limit_run_at_once() -> None:
    gate = Gate()
    running, most = Counter(), Counter()
    lock = threading.Lock()
    now = 0

    def work() -> None:
        nonlocal now
        with lock:
            now += 1
            most.value = max(most.value, now)
        running.add()
        gate.pass_through()
        with lock:
            now -= 1

    with working(limit=3) as (inbox, _):
        inbox.put(*[Job(work) for _ in range(10)])
        running.reach(3)
        assert running.value == 3
        gate.set()
        running.reach(10)
    assert most.value == 3


def test_full_pool_still_runs_what_takes_no_place_and_what_is_in_order() -> None:
    gate, brief, ordered = Gate(), Gate(), Gate()
    running = Counter()
    with working(limit=2) as (inbox, workers):
        inbox.put(*[Job(lambda: (running.add(), gate.pass_through())) for _ in range(5)])
        running.reach(2)
        inbox.put(Job(brief.set, takes_place=False), Job(ordered.set, in_order=True))
        brief.pass_through()
        ordered.pass_through()
        own = Gate()
        workers.submit(Job(own.set, takes_place=False))
        own.pass_through()
        gate.set()
        running.reach(5)


@pytest.mark.parametrize("blocked", [True, False], ids=["calls", "others"])
def test_one_kind_that_blocks_leaves_the_other_its_threads(blocked: bool) -> None:
    gate, last = Gate(), Gate()
    running = Counter()
    with working(limit=2) as (inbox, _):
        for _ in range(50):
            inbox.put(Job(lambda: (running.add(), gate.pass_through()), takes_place=blocked))
        running.reach(2)
        inbox.put(Job(last.set, takes_place=not blocked))
        last.pass_through()
        assert running.value == 2
        gate.set()
        running.reach(50)


def test_somebody_listens_whatever_blocks() -> None:
    gate, ordered = Gate(), Gate()
    running = Counter()
    with working(limit=2) as (inbox, workers):
        for kind in (True, False):
            for _ in range(20):
                inbox.put(Job(lambda: (running.add(), gate.pass_through()), takes_place=kind))
        running.reach(4)
        inbox.put(Job(ordered.set, in_order=True))
        ordered.pass_through()
        assert running.value == 4
        assert len(workers._threads) <= 2 * 2 + 2
        gate.set()
        running.reach(40)


def test_later_tasks_wait_for_one_in_order() -> None:
    seen: list[str] = []
    started, gate, done = Gate(), Gate(), Gate()

    def change() -> None:
        started.set()
        gate.pass_through()
        seen.append("change")

    with working() as (inbox, _):
        inbox.put(
            Job(change, in_order=True), Job(lambda: seen.append("call")), Job(done.set)
        )  # fmt: skip
        started.pass_through()
        assert seen == []
        gate.set()
        done.pass_through()
    assert seen[:1] == ["change"]


def test_receiving_goes_on_while_one_in_order_waits() -> None:
    started, gate = Gate(), Gate()
    accepted = Gate()

    class Answers(Job):
        """What is done as soon as it arrives, such as the answer to a query."""

        def __init__(self) -> None:
            super().__init__(lambda: None)
            accepted.set()

    with working() as (inbox, _):
        inbox.put(Job(lambda: (started.set(), gate.pass_through()), in_order=True))
        started.pass_through()
        arrivals: Iterator[Task] = (Answers() for _ in range(1))
        inbox._queue.put([arrivals])
        accepted.pass_through()
        gate.set()


def test_what_comes_after_one_in_order_holds_up_nobody() -> None:
    blocked, gate, later = Gate(), Gate(), Gate()
    job = Job(lambda: None, in_order=True)
    job.after = lambda: (blocked.set(), gate.pass_through())
    with working() as (inbox, _):
        inbox.put(job)
        blocked.pass_through()
        inbox.put(Job(later.set))
        later.pass_through()
        gate.set()


@pytest.mark.parametrize("error", [ValueError("x"), SystemExit(1)])
def test_task_that_raises_ends_no_worker(
    error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise error

    done = Counter()
    with working(limit=1) as (inbox, _):
        inbox.put(*[Job(fail) for _ in range(3)], Job(fail, in_order=True), Job(done.add))
        done.reach(1)
    assert [record.getMessage() for record in caplog.records] == ["a task failed"] * 4


def test_item_that_cannot_be_accepted_ends_no_worker(caplog: pytest.LogCaptureFixture) -> None:
    def bad() -> Iterator[Task]:
        raise ValueError("x")
        yield Job(lambda: None)

    done = Gate()
    with working() as (inbox, _):
        inbox._queue.put([bad(), [Job(done.set)]])
        done.pass_through()
    assert "could not be taken up" in caplog.text


@pytest.mark.usefixtures("quick_switches")
def test_many_threads_may_submit_at_once() -> None:
    """Also while workers look through what waits; the watcher, who would help, is asleep."""
    done = Counter()
    with working(limit=2) as (_, workers):

        def submit() -> None:
            for _ in range(500):
                workers.submit(Job(done.add, takes_place=False))

        threads = [threading.Thread(target=submit) for _ in range(8)]
        for thread in threads:
            thread.start()
        done.reach(4000)
        for thread in threads:
            thread.join()


@pytest.mark.usefixtures("quick_switches")
def test_what_arrives_while_all_places_are_taken_is_run() -> None:
    """Calls of pages arrive while workers look past those that must wait."""
    done, others = Counter(), Counter()
    with working(limit=1) as (inbox, workers):
        for _ in range(300):
            inbox.put(*(Job(done.add) for _ in range(5)))
            workers.submit(Job(others.add, takes_place=False))
        done.reach(1500)
        others.reach(300)


def test_burst_after_a_long_rest_finds_the_watcher_awake() -> None:
    """The watcher sleeps when nothing happens; a slow task must wake it all the same."""
    with working() as (inbox, workers):
        deadline = Gate()
        while workers._watching or not workers._receiving:
            deadline.wait(0.01)  # its own rest is 50 ms; there is no event for it
        for _ in range(20):
            slow, quick = Gate(), Gate()
            inbox.put(Job(slow.pass_through), Job(quick.set))
            quick.pass_through()
            slow.set()


# --- runs of calls ----------------------------------------------------------------------------


def run_of(*jobs: Job) -> Run[Job]:
    def perform(left: deque[Job]) -> None:
        with suppress(IndexError):  # others take from it, too
            while True:
                left.popleft().run()

    return Run(jobs, perform)


def test_slow_call_of_a_run_leaves_the_others_to_another_thread() -> None:
    slow, quick = Gate(), Counter()
    with working() as (inbox, _):
        jobs = [Job(slow.pass_through), *(Job(quick.add) for _ in range(100))]
        inbox.put(run_of(*jobs))
        quick.reach(100)
        slow.set()


def test_run_takes_no_more_places_than_there_are() -> None:
    gate = Gate()
    running = Counter()
    with working(limit=2) as (inbox, _):
        jobs = [Job(lambda: (running.add(), gate.pass_through())) for _ in range(6)]
        inbox.put(run_of(*jobs[:3]), run_of(*jobs[3:]))
        running.reach(2)
        other = Gate()
        inbox.put(Job(other.set, takes_place=False))
        other.pass_through()
        assert running.value == 2
        gate.set()
        running.reach(6)


def test_one_in_order_comes_after_all_of_a_run_have_begun() -> None:
    seen: list[str] = []
    done = Gate()
    with working(limit=1) as (inbox, _):
        calls = run_of(*(Job(lambda: seen.append("call")) for _ in range(300)))
        change = Job(lambda: seen.append("change"), in_order=True)
        last = run_of(Job(lambda: seen.append("last")), Job(done.set))
        inbox.put(calls, run_of(), change, last)
        done.pass_through()
    assert seen == ["call"] * 300 + ["change", "last"]


def test_call_of_a_run_that_raises_ends_no_worker(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise SystemExit(1)

    done = Gate()
    with working(limit=1) as (inbox, _):
        inbox.put(run_of(Job(fail), Job(fail), Job(done.set)))
        done.pass_through()
    assert [record.getMessage() for record in caplog.records] == ["a task failed"] * 2


def test_answers_are_settled_before_anybody_waits_and_while_a_call_does() -> None:
    gate, settled = Gate(), Gate()
    answers: list[int] = []

    def settle() -> None:
        if answers:
            settled.set()

    with working(settle=settle) as (inbox, _):
        inbox.put(run_of(Job(lambda: answers.append(1)), Job(gate.pass_through)))
        settled.pass_through()
        gate.set()
