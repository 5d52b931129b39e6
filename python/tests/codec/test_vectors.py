"""The shared vectors for values."""

from __future__ import annotations

import datetime
import decimal
import enum
import json
import pathlib
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pytron import codec
from pytron.errors import CallError

pytestmark = pytest.mark.usefixtures("encoder")

VECTORS = Path(__file__).parents[3] / "spec" / "ipc" / "values.json"
CASES: list[dict[str, Any]] = [
    case for case in json.loads(VECTORS.read_text("utf-8"))["cases"] if "kit" in case
]


class Colour(enum.Enum):
    RED = "red"


@dataclass
class Point:
    x: int
    y: int


UUID = uuid.UUID("12345678-1234-5678-1234-567812345678")
VALUES: dict[str, object] = {
    "None": None,
    "True": True,
    "'żółć 😀'": "żółć 😀",
    "'a\\x00b'": "a\x00b",
    "42": 42,
    "0.1": 0.1,
    "9007199254740991": 9007199254740991,
    "-9007199254740991": -9007199254740991,
    "9007199254740992": 9007199254740992,
    "-9007199254740992": -9007199254740992,
    "{'a': [1, 2**64]}": {"a": [1, 2**64]},
    "float('nan')": float("nan"),
    "float('inf')": float("inf"),
    "float('-inf')": float("-inf"),
    "{'a': [1, float('nan')]}": {"a": [1, float("nan")]},
    "'\\ud800'": "\ud800",
    "{'a': ['x', '\\udc00']}": {"a": ["x", "\udc00"]},
    "'\\\\ud800'": "\\ud800",
    "{'\\ud800': 1}": {"\ud800": 1},
    "{'__proto__': 1}": {"__proto__": 1},
    "datetime.datetime(2024, 2, 29, 12, 30, 5, 250000, tzinfo=datetime.timezone.utc)": (
        datetime.datetime(2024, 2, 29, 12, 30, 5, 250000, tzinfo=datetime.timezone.utc)
    ),
    "datetime.datetime(2024, 2, 29, 12, 30, 5)": datetime.datetime(2024, 2, 29, 12, 30, 5),
    "datetime.datetime(1900, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(seconds=561)))": (
        datetime.datetime(1900, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(seconds=561)))
    ),
    "datetime.date(2024, 2, 29)": datetime.date(2024, 2, 29),
    "datetime.time(12, 30)": datetime.time(12, 30),
    "datetime.timedelta(seconds=90)": datetime.timedelta(seconds=90),
    "uuid.UUID('12345678-1234-5678-1234-567812345678')": UUID,
    "decimal.Decimal('1.10')": decimal.Decimal("1.10"),
    "Colour.RED": Colour.RED,
    "{3}": {3},
    "frozenset({3})": frozenset({3}),
    "(1, 'a')": (1, "a"),
    "pathlib.PurePosixPath('/a/b')": pathlib.PurePosixPath("/a/b"),
    "Point(1, 2)": Point(1, 2),
    "{1: 'a'}": {1: "a"},
    "{uuid.UUID('12345678-1234-5678-1234-567812345678'): 1}": {UUID: 1},
    "{datetime.date(2024, 2, 29): 1}": {datetime.date(2024, 2, 29): 1},
    "{(1, 2): 1}": {(1, 2): 1},
    "object()": object(),
    "{'a': [object()]}": {"a": [object()]},
    "1j": 1j,
    "len": len,
}


def test_the_table_has_every_value() -> None:
    assert VALUES.keys() == {case["kit"] for case in CASES}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_value(case: dict[str, Any]) -> None:
    value = VALUES[case["kit"]]
    if "error" not in case:
        assert json.loads(codec.encode(value).json) == case["wire"]
        return
    with pytest.raises(CallError) as caught:
        codec.encode(value)
    assert caught.value.code == case["error"]
    place = "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in case.get("at", []))
    assert f"value{place}: " in str(caught.value)
