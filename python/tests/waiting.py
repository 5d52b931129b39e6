"""Waiting for something that must come, without sleeping."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

DEADLINE_S = 60.0


class Gate(threading.Event):
    """An event that fails when it does not come."""

    def pass_through(self) -> None:
        """Wait until it is set."""
        if not self.wait(DEADLINE_S):
            raise AssertionError("what was waited for did not come")


class Counter:
    """Counts, and can be waited for."""

    def __init__(self) -> None:
        self.value = 0
        self._changed = threading.Condition()

    def add(self) -> None:
        """One more."""
        with self._changed:
            self.value += 1
            self._changed.notify_all()

    def reach(self, value: int) -> None:
        """Wait until it has counted so far."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.value >= value, DEADLINE_S)


def finishes(function: Callable[[], object]) -> None:
    """Run something that might hang, and fail if it does."""
    failure: list[BaseException] = []

    def run() -> None:
        try:
            function()
        except BaseException as error:  # noqa: BLE001 - told below
            failure.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(DEADLINE_S)
    assert not thread.is_alive(), "it hangs"
    if failure:
        raise failure[0]


def until(is_so: Callable[[], object]) -> None:
    """Look until it is so; for what nobody tells of."""
    pause, end = threading.Event(), time.monotonic() + DEADLINE_S
    while not is_so():
        assert time.monotonic() < end, "it did not come to be so"
        pause.wait(0.005)
