"""Messages between a page and the kit ↔ JSON. No I/O.

Source: spec/ipc.md.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any, Final, Literal, NamedTuple, Union, cast

from pytron import codec
from pytron.codec import UNSET, Encoded, Raw, Record, UnsetType
from pytron.errors import ProtocolError

VERSION: Final = 1
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


Id = Annotated[int, codec.Limits(ge=1, le=codec.MAX_SAFE_INTEGER)]
Name = Annotated[str, codec.Limits(min_length=1, max_length=MAX_NAME)]
Scope = Literal["app", "window"]
Step = Union[str, int]


class Place(Record):
    """Where binary stands in a message."""

    at: list[Step]
    part: Annotated[int, codec.Limits(ge=0)]
    type: Literal[
        "bytes", "int8", "uint8", "uint8c", "int16", "uint16", "int32", "uint32", "int64",
        "uint64", "float32", "float64",
    ]  # fmt: skip
    shape: list[int] | None = None


Bin = Union[list[Place], UnsetType]


class Up(Record, tag_field="kind", omit_defaults=True):
    """A message from a page."""


class Hello(Up, tag="hello"):
    """Opens a session."""

    version: int
    session: Annotated[str, codec.Limits(pattern=r"\A[A-Za-z0-9_-]{16,64}\Z")]
    client: str


class Call(Up, tag="call"):
    """Calls an exposed function; `args` is decoded only after the checks."""

    id: Id
    name: Name
    args: Raw
    timeout: Annotated[float, codec.Limits(ge=0)] | None = None
    bin: Bin = UNSET


class Cancel(Up, tag="cancel"):
    """The caller has gone."""

    id: Id


class Credit(Up, tag="credit"):
    """A stream may send more items."""

    id: Id
    count: Annotated[int, codec.Limits(ge=1)]


class Event(Up, tag="event"):
    """An event for Python, or with `to` for another window."""

    name: Name
    data: Any
    to: str | None = None
    bin: Bin = UNSET


class Subscribe(Up, tag="subscribe"):
    """Asks for events of a name; a trailing `*` matches any ending."""

    name: Name


class Unsubscribe(Up, tag="unsubscribe"):
    """Ends a subscription."""

    name: Name


class Operation(Record, tag_field="op"):
    """A step of a change; whether it fits the state is for the state to say."""

    path: list[Step]


class SetOperation(Operation, tag="set"):
    """The value at `path` becomes `value`."""

    value: Any


class DeleteOperation(Operation, tag="delete"):
    """The key at `path` goes."""


class SpliceOperation(Operation, tag="splice"):
    """From the array at `path` some go and some come."""

    index: int
    remove: int
    insert: list[Any]


class Change(Up, tag="change"):
    """Changes the state."""

    id: Id
    scope: Scope
    ops: list[Union[SetOperation, DeleteOperation, SpliceOperation]]
    base: int | None = None
    bin: Bin = UNSET

    def plain_ops(self) -> list[dict[str, Any]]:
        """The operations as plain data, as the state takes them."""
        return [codec.fields(op) for op in self.ops]


class Sync(Up, tag="sync"):
    """Asks for a snapshot."""

    scope: Scope


class Log(Up, tag="log"):
    """A line for Python's log."""

    level: Literal["debug", "info", "warning", "error"]
    message: str
    stack: str | None = None


class Head(Up, tag="head"):
    """Names the parts of a frame that came as text: their ids and sizes."""

    parts: list[tuple[str, Annotated[int, codec.Limits(ge=0)]]]


Message = Union[
    Hello, Call, Cancel, Credit, Event, Subscribe, Unsubscribe, Change, Sync, Log, Head
]  # fmt: skip


class Fault(NamedTuple):
    """What is wrong with one message, and the `id` whose caller waits for the answer."""

    id: int | None
    error: ProtocolError


class Decoded(NamedTuple):
    """The messages of a frame, what is wrong with the others, and its head if it has one."""

    messages: list[Message]
    faults: list[Fault]
    head: Head | None


_decode_frame: Final[Callable[[bytes], list[Message]]] = codec.decoder(list[Message])
_decode_loosely: Final[Callable[[bytes], list[Raw]]] = codec.decoder(list[Raw])
_decode_message: Final[Callable[[bytes | Raw], Message]] = codec.decoder(Message)
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
        messages = _decode_frame(text)
    except RecursionError as error:
        raise ProtocolError("the frame is nested too deeply", code="too_deep") from error
    except ValueError:
        return _decode_one_by_one(text)
    if not _CHECKED.isdisjoint(map(type, messages)):
        return _checked(messages, [])
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
        raws = _decode_loosely(text)
    except _NO_FRAME as error:
        raise ProtocolError(f"a frame must be a JSON array of messages: {error}") from error
    messages: list[Message] = []
    faults: list[Fault] = []
    for place, raw in enumerate(raws):
        try:
            messages.append(_decode_message(raw))
        except _NO_FRAME as error:
            faults.append(_fault(raw, place, error))
    return _checked(messages, faults)


def _fault(raw: Raw, place: int, error: Exception) -> Fault:
    """What to answer to a malformed message; with its id, if it has a usable one."""
    loose: object = codec.decode(raw)
    message = cast("dict[str, Any]", loose) if isinstance(loose, dict) else {}
    kind, identity = message.get("kind"), message.get("id")
    if kind == "hello" and isinstance(message.get("version"), int):
        _check_version(message["version"])
    if kind == "head" and place == 0:
        raise ProtocolError(f"malformed head: {error}") from error
    is_usable = type(identity) is int and 0 < identity <= codec.MAX_SAFE_INTEGER
    known = identity if kind in ("call", "change") and is_usable else None
    return Fault(known, ProtocolError(f"malformed message: {error}"))


def _checked(messages: list[Message], faults: list[Fault]) -> Decoded:
    """Check what the types cannot say."""
    head: Head | None = None
    good: list[Message] = []
    for place, message in enumerate(messages):
        try:
            if type(message) is Hello:
                _check_version(message.version)
            elif type(message) is Head:
                if place or faults:
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


def split_binary_frame(data: memoryview) -> tuple[memoryview, list[memoryview]]:
    """JSON and parts of a frame that travelled as one piece of binary (section 1).

    Raises:
        ProtocolError: a length does not fit, or the text is no UTF-8.
    """
    text, rest = _take(data)
    _check_size(text.nbytes)
    try:
        str(text, "utf-8")
    except UnicodeDecodeError as error:
        raise ProtocolError(f"the text of a binary frame is no UTF-8: {error}") from error
    parts: list[memoryview] = []
    while rest.nbytes:
        part, rest = _take(rest)
        parts.append(part)
        if len(parts) > LIMITS["parts"]:
            raise ProtocolError(f"more than {LIMITS['parts']} parts", code="too_large")
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


def patch(scope: str, revision: int, ops: Encoded, *, change: int | None = None) -> bytes:
    """What made revision `revision` of a scope from the one before.

    With `change`, the id of the receiver's own `change` that this is.
    """
    own = b"" if change is None else b'"id":%d,' % change
    return b'{"kind":"patch","scope":"%b","revision":%d,%b"ops":%b%b}' % (
        scope.encode(), revision, own, ops.json, _bin(ops),
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
