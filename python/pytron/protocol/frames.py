"""Frames: text and parts → messages.

Source: spec/ipc.md, sections 1, 6 and 7.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, Final, NamedTuple, cast

from pytron import codec
from pytron.codec import Raw
from pytron.errors import ProtocolError
from pytron.protocol.limits import LIMITS, MAX_PARTS_BYTES, VERSION
from pytron.protocol.up import Head, Hello, Message


class Fault(NamedTuple):
    """What is wrong with one message, and the `id` whose caller waits for the answer."""

    id: int | None
    error: ProtocolError


class Decoded(NamedTuple):
    """The messages of a frame, what is wrong with the others, and its head if it has one."""

    messages: list[Message]
    faults: list[Fault]
    head: Head | None


class _Decoders(NamedTuple):
    """What takes a frame apart."""

    frame: Callable[[bytes], list[Message]]
    loosely: Callable[[bytes], list[Raw]]
    message: Callable[[bytes | Raw], Message]


@cache
def _decoders() -> _Decoders:
    """Made at first use: to look at all the types takes longer than to import the module."""
    return _Decoders(codec.decoder(list[Message]), codec.decoder(list[Raw]), codec.decoder(Message))


#: What can be wrong with these is not said by their types alone.
_CHECKED: Final = frozenset({Hello, Head})
_NO_FRAME: Final = (ValueError, RecursionError)


def decode_frame(text: bytes) -> Decoded:
    """The messages of a frame.

    Raises:
        ProtocolError: the frame as a whole is no frame: `protocol`, `too_large`, `too_deep`.
    """
    _check_size(len(text))
    codec.check_depth(text)
    try:
        messages = _decoders().frame(text)
    except RecursionError as error:
        raise ProtocolError("the frame is nested too deeply", code="too_deep") from error
    except ValueError:
        return _decode_one_by_one(text)
    if not _CHECKED.isdisjoint(map(type, messages)):
        return _checked(list(enumerate(messages)), [])
    return Decoded(messages, [], None)


def _check_size(size: int) -> None:
    if size > LIMITS["frame"]:
        raise ProtocolError(
            f"a frame of {size} bytes is over the limit of {LIMITS['frame']}; send binary or a "
            "stream",
            code="too_large",
        )


def _decode_one_by_one(text: bytes) -> Decoded:
    """The good messages of a frame with bad ones in it."""
    try:
        codec.decode(text)  # members that are skipped would not be looked at
        raws = _decoders().loosely(text)
    except _NO_FRAME as error:
        raise ProtocolError(f"a frame must be a JSON array of messages: {error}") from error
    messages: list[tuple[int, Message]] = []
    faults: list[Fault] = []
    for place, raw in enumerate(raws):
        try:
            messages.append((place, _decoders().message(raw)))
        except _NO_FRAME as error:
            faults.append(_fault(raw, place, error))
    return _checked(messages, faults)


def _fault(raw: Raw, place: int, error: Exception) -> Fault:
    """What to answer to a malformed message; with its id, if it has a usable one."""
    loose: object = codec.decode(raw)
    message = cast("dict[str, Any]", loose) if isinstance(loose, dict) else {}
    kind, identity = message.get("kind"), message.get("id")
    if kind == "head" and place == 0:
        raise ProtocolError(f"malformed head: {error}") from error
    if kind == "hello" and type(message.get("version")) is int:
        try:  # another version may say hello in another way
            _check_version(message["version"])
        except ProtocolError as other:
            return Fault(None, other)
    is_usable = type(identity) is int and 0 < identity <= codec.MAX_SAFE_INTEGER
    known = identity if kind in ("call", "change") and is_usable else None
    return Fault(known, ProtocolError(f"malformed message: {error}"))


def _checked(messages: list[tuple[int, Message]], faults: list[Fault]) -> Decoded:
    """Check what the types cannot say of messages and their places."""
    head: Head | None = None
    good: list[Message] = []
    for place, message in messages:
        try:
            if type(message) is Hello:
                _check_version(message.version)
            elif type(message) is Head:
                if place:
                    raise ProtocolError("head must be the first message of its frame")
                head = message
                continue
        except ProtocolError as error:
            faults.append(Fault(None, error))
            continue
        good.append(message)
    if head is not None:
        check_parts([size for _, size in head.parts])
    return Decoded(good, faults, head)


def _check_version(version: int) -> None:
    if version != VERSION:
        raise ProtocolError(
            f"the page speaks protocol {version}, Python speaks {VERSION}; "
            "use the pytron-client that came with this pytron-kit",
            code="version",
        )


def check_parts(sizes: Sequence[int]) -> None:
    """Refuse too many or too large parts.

    Raises:
        ProtocolError: `too_large`.
    """
    if len(sizes) > LIMITS["parts"] or sum(sizes) > MAX_PARTS_BYTES:
        raise ProtocolError(
            f"{len(sizes)} parts of {sum(sizes)} bytes are over the limit of {LIMITS['parts']} "
            f"and {MAX_PARTS_BYTES}; use several calls or a stream",
            code="too_large",
        )


def split_binary_frame(data: bytes) -> tuple[bytes, list[memoryview]]:
    """JSON and parts of a frame that travelled as one piece of binary (section 1).

    Raises:
        ProtocolError: a length does not fit, or the text is no UTF-8.
    """
    end = _end_of_piece(data, 0)
    _check_size(end - 4)
    text = bytes(data[4:end])
    try:
        text.decode()
    except UnicodeDecodeError as error:
        raise ProtocolError(f"the text of a binary frame is no UTF-8: {error}") from error
    parts: list[memoryview] = []
    whole = memoryview(data)
    while end < len(data):
        start, end = end + 4, _end_of_piece(data, end)
        parts.append(whole[start:end])
        if len(parts) > LIMITS["parts"]:
            raise ProtocolError(f"more than {LIMITS['parts']} parts", code="too_large")
    return text, parts


def _end_of_piece(data: bytes, at: int) -> int:
    """Where the piece ends whose length stands at `at`."""
    if at + 4 > len(data):
        raise ProtocolError("a binary frame ends inside a length")
    end = at + 4 + int.from_bytes(data[at : at + 4], "little")
    if end > len(data):
        raise ProtocolError(f"a binary frame ends {end - len(data)} bytes early")
    return end


def join_binary_frame(text: bytes, parts: Iterable[memoryview]) -> list[bytes | memoryview]:
    """The pieces of a binary frame, to be written one after the other."""
    pieces: list[bytes | memoryview] = [struct.pack("<I", len(text)), text]
    for part in parts:
        pieces += [struct.pack("<I", part.nbytes), part]
    return pieces
