"""What tests of a running app need."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from pytron import App

#: How long a test waits for what must come.
DEADLINE_S = 60.0


@pytest.fixture
def app() -> App[Any]:
    """An app that keeps nothing."""
    return App("test", ephemeral=True)


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    """No thread of Pytron's may outlive the app that it belongs to.

    Only those of this test: one that is left must not fail all that come after it.
    """
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        if thread.name.startswith("pytron-"):
            thread.join(DEADLINE_S)
            assert not thread.is_alive(), f"{thread.name} is left"
