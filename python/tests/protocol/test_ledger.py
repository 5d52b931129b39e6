"""The shared vectors for sessions that resume."""

from __future__ import annotations

from typing import Any

import pytest
from pytron.errors import ProtocolError
from pytron.protocol import Ledger

from .vectors import cases


def perform(ledger: Ledger, step: dict[str, Any]) -> dict[str, Any]:
    """What a step gives, under the names of the vectors."""
    if "send" in step:
        return {"number": ledger.send(step["send"].encode())}
    if "ack" in step:
        ledger.ack(step["ack"])
        return {}
    if "take" in step:
        due = [ledger.take(size) for size in step["take"]]
        if due[-1]:
            ledger.acked()
        return {"due": due[-1]}
    return {"again": [frame.decode() for frame in ledger.resume(step["resume"])]}


@pytest.mark.parametrize("case", cases("resume"))
def test_ledger(case: dict[str, Any]) -> None:
    ledger = Ledger()
    for step in case["steps"]:
        if "error" in step:
            with pytest.raises(ProtocolError) as refused:
                perform(ledger, step)
            assert refused.value.code == step["error"]
            continue
        given = {**perform(ledger, step), "unseen": ledger.unseen}
        expected = {key: step[key] for key in given.keys() & step.keys()}
        assert {key: given[key] for key in expected} == expected


def test_an_ack_tells_all_that_was_taken_and_then_none_is_owed() -> None:
    ledger = Ledger()
    ledger.take(1)
    ledger.take(1)
    assert ledger.owes
    assert ledger.acked() == 2
    assert not ledger.owes
