"""What a proof makes of what it sees."""

from __future__ import annotations

from typing import Any, cast

import pytest
from pytron.errors import EngineError
from pytron.proof import is_painted
from pytron.runtime.runtime import Runtime


class Pictures:
    """A runtime whose window gives a picture, or cannot yet."""

    def __init__(self, colours: int | None) -> None:
        self._colours = colours

    def query(self, window: int, what: str) -> Pictures:
        assert (window, what) == (1, "pixels")
        return self

    def result(self, timeout_s: float) -> dict[str, Any]:
        assert timeout_s > 0
        if self._colours is None:
            raise EngineError("There was an error creating the snapshot")
        return {"colours": self._colours}


@pytest.mark.parametrize(("colours", "painted"), [(None, False), (1, False), (2, True)])
def test_a_window_that_gives_no_picture_yet_is_not_painted_yet(
    colours: int | None, painted: bool
) -> None:
    assert is_painted(cast("Runtime", Pictures(colours)), 1) is painted
