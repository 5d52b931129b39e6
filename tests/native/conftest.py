"""A real window for each test, on this machine's display or on a virtual one."""

import os
from collections.abc import Iterator
from contextlib import nullcontext

import pytest
from native.desk import Desk

from tools.dev.display import fresh_display
from tools.dev.machine import has_display


@pytest.fixture(scope="session", autouse=True)
def display() -> Iterator[None]:
    """Starts Xvfb where there is no display."""
    with nullcontext({}) if has_display() else fresh_display() as variables:
        os.environ.update(variables)
        yield


@pytest.fixture
def desk() -> Desk:
    """A host whose pages and events a test waits for."""
    return Desk()
