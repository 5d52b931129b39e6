"""What the inspector has seen, in bounded memory: the newest of each type."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from threading import Condition
from typing import Any, Final, NamedTuple

from pytron import codec

#: How many records of each type are kept …
KEPT: Final[Mapping[str, int]] = {
    "call": 2_000,
    "event": 2_000,
    "change": 500,
    "state": 1_000,
    "window": 500,
    "log": 1_000,
    "fault": 200,
}
#: … and how many bytes of each type.
KEPT_BYTES: Final = 4 * 1024 * 1024
#: What one answer carries; the page asks again for the rest.
_MOST_AT_ONCE: Final = 500
_OVERHEAD: Final = 400


class Changed(NamedTuple):
    """Records that are new or have changed, oldest change first.

    Attributes:
        version: ask for what comes after it.
        more: whether there are more already.
    """

    records: list[dict[str, Any]]
    version: int
    more: bool


class _Ring:
    """The newest records of one type, in the order of their last change."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.records: OrderedDict[int, dict[str, Any]] = OrderedDict()
        self.sizes: dict[int, int] = {}
        self.size = 0
        self.dropped = 0

    def put(self, seq: int, record: dict[str, Any], size: int) -> None:
        self.size += size - self.sizes.get(seq, 0)
        self.sizes[seq] = size
        self.records[seq] = record
        self.records.move_to_end(seq)
        while len(self.records) > self.most or (self.size > KEPT_BYTES and len(self.records) > 1):
            oldest, _ = self.records.popitem(last=False)
            self.size -= self.sizes.pop(oldest)
            self.dropped += 1


class Records:
    """Written by the recorder's thread, read by those that serve the inspector's page."""

    def __init__(self, kept: Mapping[str, int] = KEPT) -> None:
        self._rings = {kind: _Ring(most) for kind, most in kept.items()}
        self._changed = Condition()
        self._version = 0
        self._serial = 0
        self._closed = False

    def add(self, kind: str, at: float, **fields: Any) -> dict[str, Any]:
        """A new record; change its fields only through `update`."""
        with self._changed:
            self._serial += 1
            record = {"seq": self._serial, "type": kind, "at": round(at, 6), **fields}
            self._put(record)
            return record

    def update(self, record: dict[str, Any], **fields: Any) -> None:
        """A record has changed. One that was dropped meanwhile stays dropped."""
        with self._changed:
            if record["seq"] in self._rings[record["type"]].records:
                record.update(fields)
                self._put(record)

    def after(self, version: int, *, wait_s: float = 0.0) -> Changed:
        """What has changed since a version; waits so long for something.

        Who asks for what comes after a version that is not reached yet has seen another run of the
        app, and hears of this one at once.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._version != version or self._closed, wait_s)
            found: list[dict[str, Any]] = []
            for ring in self._rings.values():
                for record in reversed(ring.records.values()):
                    if record["version"] <= version:
                        break
                    found.append(record)
            found.sort(key=_version_of)
            more = len(found) > _MOST_AT_ONCE
            sent = [dict(record) for record in found[:_MOST_AT_ONCE]]
            return Changed(sent, sent[-1]["version"] if more else self._version, more)

    def dropped(self) -> dict[str, int]:
        """How many of each type are gone."""
        with self._changed:
            return {kind: ring.dropped for kind, ring in self._rings.items() if ring.dropped}

    @property
    def size(self) -> int:
        """About how many bytes are kept."""
        with self._changed:
            return sum(ring.size for ring in self._rings.values())

    def close(self) -> None:
        """Let those go that wait for more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _put(self, record: dict[str, Any]) -> None:
        self._version += 1
        record["version"] = self._version
        self._rings[record["type"]].put(record["seq"], record, _size_of(record))
        self._changed.notify_all()


def _version_of(record: Mapping[str, Any]) -> int:
    version: int = record["version"]
    return version


def _size_of(value: object) -> int:
    """About how much memory a record takes: what is long in it, and a bit for the rest."""
    if isinstance(value, codec.Raw):
        return memoryview(value).nbytes
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return _OVERHEAD + sum(map(_size_of, value.values()))  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(value, list):
        return sum(map(_size_of, value))  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return 8
