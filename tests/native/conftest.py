"""A real window for each test, on this machine's display or on a virtual one."""

import os
import subprocess
from collections.abc import Iterator

import pytest
from native.desk import Desk


@pytest.fixture(scope="session", autouse=True)
def display() -> Iterator[None]:
    """Starts Xvfb where there is no display."""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        yield
        return
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x1024x24"]
    server = subprocess.Popen(
        command, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(writing)
    with os.fdopen(reading) as number:
        os.environ["DISPLAY"] = f":{number.readline().strip()}"
    yield
    server.terminate()
    server.wait()


@pytest.fixture
def desk() -> Desk:
    """A host whose pages and events a test waits for."""
    return Desk()
