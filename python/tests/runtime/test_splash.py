"""What a splash picture must be."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytron.errors import ConfigError
from pytron.runtime.splash import read

PNG = b"\x89PNG\r\n\x1a\n and the rest"


def test_it_is_sent_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "splash.png").write_bytes(PNG)
    assert read(tmp_path / "splash.png") == PNG


def test_what_no_screen_needs_is_refused(tmp_path: Path) -> None:
    (tmp_path / "splash.png").write_bytes(PNG.ljust(16_000_001, b"x"))
    with pytest.raises(ConfigError, match="has 16 MB, and at most 16 are shown"):
        read(tmp_path / "splash.png")
