"""Binary on its way into Python."""

from __future__ import annotations

from pytron import codec


def test_a_view_of_a_whole_bytes_is_that_one_and_no_copy() -> None:
    made = bytes(range(200))
    assert codec.whole(memoryview(made)) is made
    for other in (memoryview(made)[1:], memoryview(made).cast("b"), memoryview(bytearray(made))):
        assert codec.whole(other) is other
    assert codec.whole("text") == "text"
