"""What is decided from a version of macOS, Windows or WebView2; asking for it needs that system."""

from __future__ import annotations

import pytest
from pytron.doctor import macos, windows


@pytest.mark.parametrize(
    ("version", "state"), [("10.15.7", "bad"), ("11.0", "good"), ("26.1", "good")]
)
def test_macos(version: str, state: str) -> None:
    assert macos.system(version).state == state


@pytest.mark.parametrize(
    ("version", "state"),
    [("10.0.10240", "bad"), ("10.0.17134", "good"), ("10.0.26100", "good"), ("6.1", "bad")],
)
def test_windows(version: str, state: str) -> None:
    assert windows.system(version).state == state


@pytest.mark.parametrize(
    ("version", "state"),
    [("", "bad"), ("0.0.0.0", "bad"), ("92.0.902.67", "bad"), ("130.0.2849.80", "good")],
)
def test_web_view_of_windows(version: str, state: str) -> None:
    found = windows.web_view(version)
    assert found.state == state
    assert bool(found.fix) == (state == "bad")
