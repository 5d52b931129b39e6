"""Exceptions on their way back from another process; through a real one: test_executors.py."""

from __future__ import annotations

import pickle
from typing import Any, cast

import pytest
from pytron.dispatcher import raised


def test_an_exception_whose_code_cannot_be_read_comes_back_by_its_name() -> None:
    class Broken(Exception):
        @property
        def code(self) -> str:
            raise RuntimeError

    def fail() -> None:
        raise Broken("why")

    with pytest.raises(Exception, match="why") as caught:
        raised.run(fail)
    # By its own way, which Dask's tblib changes for all exceptions of this process.
    make, words = cast("tuple[Any, ...]", caught.value.__reduce__())
    back = make(*pickle.loads(pickle.dumps(words)))
    assert (type(back).__name__, str(back)) == ("Broken", "why")
