"""The shared vectors for ops: on plain data, and on a state."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from pytron.errors import StateError
from pytron.state import State, apply_ops, parse_ops

VECTORS = Path(__file__).parents[3] / "spec" / "ipc" / "ops.json"
CASES: list[dict[str, Any]] = json.loads(VECTORS.read_text(encoding="utf-8"))["cases"]


def test_there_are_vectors() -> None:
    assert len(CASES) >= 40


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_plain_data(case: dict[str, Any]) -> None:
    before = copy.deepcopy(case["before"])
    if "error" in case:
        with pytest.raises(StateError) as caught:
            apply_ops(before, parse_ops(case["ops"]))
        assert caught.value.code == case["error"]
    else:
        assert apply_ops(before, parse_ops(case["ops"])) == case["after"]


def is_state(case: dict[str, Any]) -> bool:
    """A state is an object, before and after."""
    return isinstance(case["before"], dict) and isinstance(case.get("after", {}), dict)


@pytest.mark.parametrize(
    "case", [case for case in CASES if is_state(case)], ids=lambda case: case["name"]
)
def test_state(case: dict[str, Any]) -> None:
    before = copy.deepcopy(case["before"])
    state = State[Any]("app", before)
    if "error" in case:
        with pytest.raises(StateError) as caught:
            state.apply(case["ops"])
        assert caught.value.code == case["error"]
        assert state.snapshot() == (0, case["before"])
    else:
        state.apply(case["ops"])
        assert state.snapshot()[1] == case["after"]
