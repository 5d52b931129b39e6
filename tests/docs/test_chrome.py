"""The snippet of docs/chrome.md, and what a wrong permission is answered with."""

from __future__ import annotations

import pytest
from docs.test_docs import load
from pytron.config import check_permissions
from pytron.errors import ConfigError


def test_permissions_snippet() -> None:
    app = load("permissions").app
    assert app._runner._engine_options().permissions == ("camera", "microphone")


def test_unknown_permission_names_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"permissions has cam; there are camera"):
        check_permissions(["cam"])
    assert check_permissions("camera, midi") == ("camera", "midi")
