"""The table of what desktops offer is what `app.can()` says."""

from __future__ import annotations

import sys

import pytest
from e2e.offers import PAGE, page


@pytest.mark.skipif(sys.platform != "linux", reason="the table is that of Linux")
def test_the_table_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == page(), "run: PYTHONPATH=python:tests python -m e2e.offers"
