"""Messages from a page.

Source: spec/ipc.md, section 3.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pytron import codec
from pytron.codec import UNSET, Raw, Record, UnsetType
from pytron.protocol.limits import LIMITS, MAX_NAME

Id = Annotated[int, codec.Limits(ge=1, le=codec.MAX_SAFE_INTEGER)]
Name = Annotated[str, codec.Limits(min_length=1, max_length=MAX_NAME)]
Scope = Literal["app", "window"]
Step = str | int


class Place(Record, omit_defaults=True):
    """Where binary stands in a message."""

    at: list[Step]
    part: Annotated[int, codec.Limits(ge=0)]
    type: Literal[
        "bytes", "int8", "uint8", "uint8c", "int16", "uint16", "int32", "uint32", "int64",
        "uint64", "float32", "float64",
    ]  # fmt: skip
    shape: list[int] | None = None


Bin = list[Place] | UnsetType


class Up(Record, tag_field="kind", omit_defaults=True):
    """A message from a page."""


class Hello(Up, tag="hello"):
    """Opens a session."""

    version: int
    session: Annotated[str, codec.Limits(pattern=r"\A[A-Za-z0-9_-]{16,64}\Z")]
    client: str = ""
    #: On transports that resume (section 2).
    connection: Annotated[int, codec.Limits(ge=1, le=codec.MAX_SAFE_INTEGER)] | None = None
    epoch: str | None = None
    seen: int | None = None


class Offer(Record, omit_defaults=True):
    """A file among the arguments of a call, and where it stands."""

    at: list[Step]
    upload: Id
    size: Annotated[int, codec.Limits(ge=0, le=codec.MAX_SAFE_INTEGER)]
    type: Annotated[str, codec.Limits(max_length=MAX_NAME)]
    name: Annotated[str, codec.Limits(max_length=MAX_NAME)] = ""


class Call(Up, tag="call", gc=False):
    """Calls an exposed function; `args` is decoded only after the checks.

    Nothing in it leads back to it, and not being counted halves how often Python collects.
    """

    id: Id
    name: Name
    args: Raw
    timeout: Annotated[float, codec.Limits(ge=0)] | None = None
    bin: Bin = UNSET
    uploads: Annotated[list[Offer], codec.Limits(max_length=LIMITS["parts"])] | UnsetType = UNSET


class Cancel(Up, tag="cancel"):
    """The caller has gone."""

    id: Id


class Credit(Up, tag="credit"):
    """A stream may send more items."""

    id: Id
    count: Annotated[int, codec.Limits(ge=1)]


class Piece(Up, tag="piece"):
    """Bytes of an upload that were asked for, or why there are none."""

    id: Id
    offset: Annotated[int, codec.Limits(ge=0)]
    error: str | None = None
    data: Any = UNSET
    bin: Bin = UNSET


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
    ops: list[SetOperation | DeleteOperation | SpliceOperation]
    base: int | None = None
    bin: Bin = UNSET

    def plain_ops(self) -> list[dict[str, Any]]:
        """The operations as plain data, as the state takes them."""
        return [codec.fields(op) for op in self.ops]


class Sync(Up, tag="sync"):
    """Asks for a snapshot."""

    scope: Scope


class Watch(Up, tag="watch"):
    """Asks whether anything can ever be at a place of the state where nothing is."""

    scope: Scope
    path: Annotated[list[Step], codec.Limits(min_length=1, max_length=LIMITS["depth"])]


class Log(Up, tag="log"):
    """A line for Python's log."""

    level: Literal["debug", "info", "warning", "error"]
    message: str
    stack: str | None = None


class Tool(Up, tag="tool"):
    """From the page's part of a development tool to the kit's."""

    name: Name
    data: Any


class Head(Up, tag="head"):
    """Names the parts of a frame that came as text: their ids and sizes."""

    parts: list[tuple[str, Annotated[int, codec.Limits(ge=0)]]]


Message = (
    Hello
    | Call
    | Cancel
    | Credit
    | Piece
    | Event
    | Subscribe
    | Unsubscribe
    | Change
    | Sync
    | Watch
    | Log
    | Tool
    | Head
)
