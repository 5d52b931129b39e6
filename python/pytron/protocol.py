"""Messages between a page and the kit ↔ JSON. No I/O.

Source: spec/ipc.md.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Union

from pytron import codec
from pytron.codec import UNSET, Encoded, Raw, Record, UnsetType
from pytron.errors import ProtocolError

VERSION: Final = 1
SESSION: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
INITIAL_CREDITS: Final = 64

#: Section 7. The kit enforces them; `hello` tells the client those it must keep.
LIMITS: Final[Mapping[str, int]] = {
    "frame": 64 << 20,
    "depth": codec.MAX_DEPTH,
    "pending": 100_000,
    "parts": 1024,
}
MAX_PARTS_BYTES: Final = 1 << 30
MAX_NAME: Final = 256
#: Bytes that may wait for one page.
QUEUE_BYTES: Final = 16 << 20


class Up(Record, tag_field="kind"):
    """A message from a page."""


class Hello(Up, tag="hello"):
    """Opens a session."""

    version: int
    session: str
    client: str = ""


class Call(Up, tag="call"):
    """Calls an exposed function; `args` is decoded only after the checks."""

    id: int
    name: str
    args: Raw
    timeout: float | None = None
    bin: list[dict[str, Any]] | UnsetType = UNSET


class Cancel(Up, tag="cancel"):
    """The caller has gone."""

    id: int


class Credit(Up, tag="credit"):
    """A stream may send more items."""

    id: int
    count: int


class Event(Up, tag="event"):
    """An event for Python, or with `to` for another window."""

    name: str
    data: Any = None
    to: str | None = None
    bin: list[dict[str, Any]] | UnsetType = UNSET


class Subscribe(Up, tag="subscribe"):
    """Asks for events of a name; a trailing `*` matches any ending."""

    name: str


class Unsubscribe(Up, tag="unsubscribe"):
    """Ends a subscription."""

    name: str


class Change(Up, tag="change"):
    """Changes the state."""

    id: int
    scope: str
    ops: list[dict[str, Any]]
    base: int | None = None
    bin: list[dict[str, Any]] | UnsetType = UNSET


class Sync(Up, tag="sync"):
    """Asks for a snapshot."""

    scope: str


class Log(Up, tag="log"):
    """A line for Python's log."""

    level: str
    message: str
    stack: str | None = None


class Head(Up, tag="head"):
    """Names a frame's parts; the engine has taken it off before the kit sees the frame."""

    parts: list[Any]


Message = Union[
    Hello, Call, Cancel, Credit, Event, Subscribe, Unsubscribe, Change, Sync, Log, Head
]  # fmt: skip

_decode_frame: Final[Callable[[bytes], list[Message]]] = codec.decoder(list[Message])
_decode_loosely: Final[Callable[[bytes], list[Raw]]] = codec.decoder(list[Raw])
_decode_message: Final[Callable[[bytes | Raw], Message]] = codec.decoder(Message)


def decode_frame(text: bytes) -> tuple[list[Message], list[tuple[int | None, ProtocolError]]]:
    """The messages of a frame, and what is wrong with those that are none.

    Each fault comes with the `id` of its message when it has one, so that its caller is answered.

    Raises:
        ProtocolError: the frame as a whole is no frame: `protocol`, `too_large`, `too_deep`.
    """
    if len(text) > LIMITS["frame"]:
        raise ProtocolError(
            f"a frame of {len(text)} bytes is over the limit of {LIMITS['frame']}; "
            "send binary or a stream",
            code="too_large",
        )
    codec.check_depth(text)
    try:
        messages = _decode_frame(text)
    except RecursionError as error:
        raise ProtocolError("the frame is nested too deeply", code="too_deep") from error
    except (ValueError, UnicodeDecodeError):
        return _decode_one_by_one(text)
    faults = [fault for fault in map(_fault, messages) if fault]
    if faults:
        messages = [message for message in messages if _fault(message) is None]
    return messages, faults


def _decode_one_by_one(
    text: bytes,
) -> tuple[list[Message], list[tuple[int | None, ProtocolError]]]:
    try:
        raws = _decode_loosely(text)
    except (ValueError, UnicodeDecodeError, RecursionError) as error:
        raise ProtocolError(f"a frame must be a JSON array of messages: {error}") from error
    messages: list[Message] = []
    faults: list[tuple[int | None, ProtocolError]] = []
    for raw in raws:
        try:
            message = _decode_message(raw)
        except (ValueError, UnicodeDecodeError, RecursionError) as error:
            faults.append((_identity(raw), ProtocolError(f"malformed message: {error}")))
            continue
        fault = _fault(message)
        if fault is None:
            messages.append(message)
        else:
            faults.append(fault)
    return messages, faults


def _identity(raw: Raw) -> int | None:
    """The id of a malformed message, if it has a usable one."""
    try:
        loose = codec.decode(raw)
    except (ValueError, UnicodeDecodeError, RecursionError):
        return None
    identity = loose.get("id") if isinstance(loose, dict) else None
    return identity if isinstance(identity, int) and not isinstance(identity, bool) else None


def _fault(message: Message) -> tuple[int | None, ProtocolError] | None:
    """What the types cannot say: ranges and lengths."""
    kind = type(message)
    if kind is Call:
        if not 0 < message.id <= codec.MAX_SAFE_INTEGER:  # type: ignore[union-attr]
            return None, ProtocolError("an id must be an integer from 1 to 2^53 - 1")
        if len(message.name) > MAX_NAME:  # type: ignore[union-attr]
            return message.id, ProtocolError(f"a name has at most {MAX_NAME} characters")  # type: ignore[union-attr]
        return None
    identity = getattr(message, "id", None)
    if isinstance(message, Hello):
        if message.version != VERSION:
            return None, ProtocolError(
                f"the page speaks protocol {message.version}, Python speaks {VERSION}; "
                "use the pytron-client that came with this pytron-kit",
                code="version",
            )
        if not SESSION.fullmatch(message.session):
            return None, ProtocolError("a session is 16 to 64 characters of A-Za-z0-9_-")
    elif isinstance(message, Head):
        return None, ProtocolError("head must be the first message of a frame with parts")
    elif isinstance(message, Credit) and message.count < 1:
        return identity, ProtocolError("credit needs a count above 0")
    elif identity is not None and not 0 < identity <= codec.MAX_SAFE_INTEGER:
        return None, ProtocolError("an id must be an integer from 1 to 2^53 - 1")
    elif isinstance(message, (Event, Subscribe, Unsubscribe)) and not (
        0 < len(message.name) <= MAX_NAME
    ):
        return identity, ProtocolError(f"an event name has 1 to {MAX_NAME} characters")
    elif isinstance(message, (Change, Sync)) and message.scope not in ("app", "window"):
        return identity, ProtocolError(f"no state scope {message.scope!r}: app or window")
    return None


def split_binary_frame(data: memoryview) -> tuple[memoryview, list[memoryview]]:
    """JSON and parts of a frame that travelled as one piece of binary (section 1).

    Raises:
        ProtocolError: a length does not fit.
    """
    text, rest = _take(data)
    parts: list[memoryview] = []
    while rest.nbytes:
        if len(parts) == LIMITS["parts"]:
            raise ProtocolError(f"more than {LIMITS['parts']} parts", code="too_large")
        part, rest = _take(rest)
        parts.append(part)
    return text, parts


def _take(data: memoryview) -> tuple[memoryview, memoryview]:
    if data.nbytes < 4:
        raise ProtocolError("a binary frame ends inside a length")
    (length,) = struct.unpack_from("<I", data)
    if length > data.nbytes - 4:
        raise ProtocolError(f"a binary frame ends {length + 4 - data.nbytes} bytes early")
    return data[4 : 4 + length], data[4 + length :]


def join_binary_frame(text: bytes, parts: Iterable[memoryview]) -> list[bytes | memoryview]:
    """The pieces of a binary frame, to be written one after the other."""
    pieces: list[bytes | memoryview] = [struct.pack("<I", len(text)), text]
    for part in parts:
        pieces += [struct.pack("<I", part.nbytes), part]
    return pieces


def _bin(encoded: Encoded) -> bytes:
    return b',"bin":' + codec.encode_plain(encoded.bin) if encoded.bin else b""


def result(identity: int, value: Encoded) -> bytes:
    """A call succeeded."""
    return b'{"kind":"result","id":%d,"value":%b%b}' % (identity, value.json, _bin(value))


def item(identity: int, value: Encoded) -> bytes:
    """An item of a stream."""
    return b'{"kind":"item","id":%d,"value":%b%b}' % (identity, value.json, _bin(value))


def end(identity: int) -> bytes:
    """A stream is over."""
    return b'{"kind":"end","id":%d}' % identity


def error(identity: int | None, body: Mapping[str, object]) -> bytes:
    """A call, a change or a whole frame failed."""
    text = codec.encode_plain(body)
    if identity is None:
        return b'{"kind":"error","error":%b}' % text
    return b'{"kind":"error","id":%d,"error":%b}' % (identity, text)


def progress(identity: int, value: float, total: float | None, note: str | None) -> bytes:
    """How far a call is."""
    message: dict[str, object] = {"kind": "progress", "id": identity, "value": value}
    if total is not None:
        message["total"] = total
    if note is not None:
        message["note"] = note
    return codec.encode_plain(message)


def event(name: str, data: Encoded) -> bytes:
    """An event."""
    return b'{"kind":"event","name":%b,"data":%b%b}' % (
        codec.encode_plain(name), data.json, _bin(data),
    )  # fmt: skip


def snapshot(scope: str, revision: int, value: Encoded) -> bytes:
    """The whole state of a scope."""
    return b'{"kind":"snapshot","scope":"%b","revision":%d,"value":%b%b}' % (
        scope.encode(), revision, value.json, _bin(value),
    )  # fmt: skip


def patch(scope: str, revision: int, ops: Encoded) -> bytes:
    """What made revision `revision` of a scope from the one before."""
    return b'{"kind":"patch","scope":"%b","revision":%d,"ops":%b%b}' % (
        scope.encode(), revision, ops.json, _bin(ops),
    )  # fmt: skip


def hello(*, session: str, epoch: str, window: str, dev: bool) -> bytes:
    """The session is open."""
    return codec.encode_plain(
        {
            "kind": "hello",
            "version": VERSION,
            "session": session,
            "epoch": epoch,
            "window": window,
            "dev": dev,
            "limits": LIMITS,
        }
    )


def matches(pattern: str, name: str) -> bool:
    """Whether an event name is one that a subscription asks for."""
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


def parts_size(parts: Sequence[memoryview]) -> int:
    """Bytes of all parts together."""
    return sum(memoryview(part).nbytes for part in parts)  # engines give bytes as well
