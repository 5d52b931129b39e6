"""Whatever a page sends, decoding gives messages or says what is wrong."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytron import protocol
from pytron.errors import ProtocolError

from .vectors import SPEC

#: `PYTRON_FUZZ_EXAMPLES=100000` for a longer run.
EXAMPLES = int(os.environ.get("PYTRON_FUZZ_EXAMPLES", "300"))
thorough = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

MESSAGES: list[Any] = [
    case["message"] for case in json.loads((SPEC / "ipc" / "up.json").read_text("utf-8"))["cases"]
]
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
fields = st.sampled_from(
    ["kind", "id", "name", "args", "bin", "ops", "scope", "at", "part", "parts", "version", "data"]
)


@st.composite
def broken_messages(draw: st.DrawFn) -> Any:
    """A message of the vectors with one field exchanged, added or taken away."""
    message = dict(draw(st.sampled_from(MESSAGES)))
    field = draw(fields | st.text(max_size=5))
    if draw(st.booleans()):
        message[field] = draw(values)
    else:
        message.pop(field, None)
    return message


@st.composite
def broken_texts(draw: st.DrawFn) -> bytes:
    """The text of a good frame with a piece exchanged."""
    text = json.dumps(draw(st.lists(st.sampled_from(MESSAGES), max_size=3))).encode()
    start = draw(st.integers(0, len(text)))
    stop = draw(st.integers(start, len(text)))
    return text[:start] + draw(st.binary(max_size=20)) + text[stop:]


def check(text: bytes, expected: int | None = None) -> None:
    try:
        decoded = protocol.decode_frame(text)
    except ProtocolError:
        return
    if expected is not None:
        answered = len(decoded.messages) + len(decoded.faults) + (decoded.head is not None)
        assert answered == expected
    for fault in decoded.faults:
        assert fault.id is None or 0 < fault.id < 2**53
        assert fault.error.code in ("protocol", "version")


CORPUS: dict[str, list[str]] = json.loads((SPEC / "ipc" / "corpus.json").read_text("utf-8"))


@pytest.mark.parametrize("text", CORPUS["texts"], ids=lambda text: text[:40])
def test_texts_of_the_corpus(text: str) -> None:
    check(text.encode())


@pytest.mark.parametrize("frame", CORPUS["envelopes"])
def test_binary_frames_of_the_corpus(frame: str) -> None:
    data = bytes.fromhex(frame)
    try:
        text, parts = protocol.split_binary_frame(data)
    except ProtocolError:
        return
    assert b"".join(protocol.join_binary_frame(text, parts)) == data


@thorough
@given(st.binary())
def test_bytes_never_raise_anything_but_protocol_error(text: bytes) -> None:
    check(text)


@thorough
@given(broken_texts())
def test_broken_text_never_raises_anything_but_protocol_error(text: bytes) -> None:
    check(text)


@thorough
@given(st.lists(broken_messages() | values, max_size=4))
def test_every_message_is_taken_or_answered(messages: list[Any]) -> None:
    check(json.dumps(messages).encode(), len(messages))


@thorough
@given(st.binary())
def test_binary_frames_never_raise_anything_but_protocol_error(data: bytes) -> None:
    try:
        text, parts = protocol.split_binary_frame(data)
    except ProtocolError:
        return
    assert b"".join(protocol.join_binary_frame(text, parts)) == data


@thorough
@given(st.binary(max_size=40), st.lists(st.binary(max_size=20), max_size=5))
def test_binary_frames_come_back(text: bytes, parts: list[bytes]) -> None:
    frame = b"".join(protocol.join_binary_frame(text, [memoryview(part) for part in parts]))
    try:
        text.decode()
    except UnicodeDecodeError:
        with pytest.raises(ProtocolError):
            protocol.split_binary_frame(frame)
        return
    found, others = protocol.split_binary_frame(frame)
    assert (found, [bytes(part) for part in others]) == (text, parts)
