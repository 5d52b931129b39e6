"""Messages of both directions, as far as the inspector reads them; values stay as they came."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pytron import codec
from pytron.codec import UNSET, Raw, UnsetType


class Place(codec.Record):
    """Where binary stands in a message; only how much there is matters here."""

    part: int = -1


class Message(codec.Record):
    """Any message: what is absent is UNSET or empty."""

    kind: str
    id: int = 0
    name: str = ""
    args: Raw | UnsetType = UNSET
    value: Raw | UnsetType = UNSET
    data: Raw | UnsetType = UNSET
    ops: Raw | UnsetType = UNSET
    error: Raw | UnsetType = UNSET
    stack: Any = None
    timeout: float | None = None
    total: float | None = None
    note: str | None = None
    count: int = 0
    elements: int = 0
    to: str | None = None
    scope: str = ""
    base: int | None = None
    revision: int = 0
    level: str = ""
    message: str = ""
    session: str = ""
    client: str = ""
    version: int = 0
    bin: list[Place] | UnsetType = UNSET


class Fault(codec.Record):
    """An error as it travels."""

    name: str = ""
    code: str = ""
    message: str = ""
    data: Raw | UnsetType = UNSET
    trace: str | None = None
    ref: str | None = None


_list = codec.decoder(list[Raw])
_message = codec.decoder(Message)
_fault = codec.decoder(Fault)


def read(frame: bytes) -> Iterator[tuple[Message | None, int]]:
    """The messages of a frame with their sizes; None for one that is malformed."""
    try:
        raws: list[Raw] = _list(frame)
    except ValueError:
        yield None, len(frame)
        return
    for raw in raws:
        size = memoryview(raw).nbytes
        try:
            yield _message(raw), size
        except ValueError:
            yield None, size


def fault_of(raw: Raw) -> Fault:
    """The error that an `error` message carries."""
    fault: Fault = _fault(raw)
    return fault
