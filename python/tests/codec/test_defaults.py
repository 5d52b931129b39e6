"""Objects that were made of what a page sent are sent whole, also what the page left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import attrs
import msgspec
import pytest
from pytron import codec


@dataclass
class Plain:
    a: int
    b: int = 2
    c: list[int] = field(default_factory=list)
    d: int = field(default=4, init=False)


@dataclass(frozen=True)
class Frozen:
    a: int
    b: int = 2


@dataclass(slots=True)
class Slotted:
    a: int
    b: int = 2


@attrs.define
class Attrs:
    a: int
    b: int = 2


class Struct(msgspec.Struct):
    a: int
    b: int = 2


@pytest.mark.parametrize("kind", [Plain, Frozen, Slotted, Attrs, Struct])
def test_defaults_are_sent(kind: Any) -> None:
    made = codec.convert({"a": 1}, kind)
    sent = codec.decode(codec.encode(made).json)
    assert sent == codec.decode(codec.encode(kind(1)).json)
    assert sent["b"] == 2


def test_defaults_are_sent_from_deep_inside_and_beside_binary() -> None:
    @dataclass
    class Outer:
        data: bytes
        inner: dict[str, list[Plain]]
        more: int = 3

    made = codec.convert({"data": b"x", "inner": {"k": [{"a": 1}]}}, Outer)
    encoded = codec.encode([made])
    assert codec.decode(encoded.json) == [
        {"data": None, "inner": {"k": [{"a": 1, "b": 2, "c": [], "d": 4}]}, "more": 3}
    ]
    assert len(encoded.parts) == 1


def test_what_was_set_is_not_replaced() -> None:
    made = codec.convert({"a": 1, "b": 7}, Plain)
    made.d = 9
    assert codec.decode(codec.encode(made).json) == {"a": 1, "b": 7, "c": [], "d": 9}
