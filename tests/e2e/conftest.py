"""Fixtures for tests with real windows."""

import sys

import pytest
from e2e.driver import run_app

__all__ = ["run_app"]

#: The ways between page and Python, each of which must keep every promise of the bridge.
TRANSPORTS = ("extension", "reply", "evaluate", "hosted") if sys.platform == "linux" else ("",)
ON_EVERY_TRANSPORT = (
    "test_bridge", "test_events", "test_security", "test_state", "test_transport", "test_uploads",
)  # fmt: skip


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests of the bridge once over each transport."""
    if "transport" in metafunc.fixturenames:
        every = metafunc.definition.path.stem in ON_EVERY_TRANSPORT
        metafunc.parametrize("transport", TRANSPORTS if every else ("",))
