"""The codec as it is, and with what the native module does for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytron import codec
from pytron.codec import depth, encoding


@pytest.fixture(scope="module", params=["kit", "native"])
def encoder(request: pytest.FixtureRequest) -> Iterator[str]:
    """Runs the tests once with each of the two ways to encode."""
    before = encoding.written, depth._is_deeper
    if request.param == "native":
        native = pytest.importorskip("pytron_native", reason="the native host is not installed")
        codec.accelerate(native.plain_json, native.is_deeper)
    yield request.param
    codec.accelerate(*before)
