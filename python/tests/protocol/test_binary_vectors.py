"""The shared vectors for binary and where it stands."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pytron import codec
from pytron.codec import TypedPart
from pytron.errors import ProtocolError

from .vectors import cases

Case = dict[str, Any]
#: What a kind of message carries, and so where binary can stand in it.
FIELDS = {
    "call": "args", "change": "ops", "event": "data", "result": "value", "item": "value",
    "snapshot": "value", "patch": "ops",
}  # fmt: skip


def written(value: Any) -> Any:
    """A placed value as the vectors write it."""
    if isinstance(value, TypedPart):
        shown: dict[str, Any] = {"$bin": value.type, "hex": value.data.hex()}
        return shown if value.shape is None else {**shown, "shape": list(value.shape)}
    if isinstance(value, dict):
        return {key: written(child) for key, child in value.items()}
    if isinstance(value, list):
        return [written(child) for child in value]
    return value


@pytest.mark.parametrize("case", cases("binary"))
def test_binary(case: Case) -> None:
    message: dict[str, Any] = json.loads(json.dumps(case["message"]))
    field = FIELDS[message["kind"]]
    tree = {field: message[field]}
    parts = [bytes.fromhex(part) for part in case["parts"]]
    if "error" in case:
        with pytest.raises(ProtocolError) as caught:
            codec.place(tree, message["bin"], parts, forward=True)
        assert caught.value.code == case["error"]
        return
    codec.place(tree, message.get("bin", []), parts, forward=True)
    assert written(tree) == case["placed"]
    if case.get("encode", True):
        encoded = codec.encode(tree[field], at=(field,))
        assert json.loads(encoded.json) == case["message"][field]
        assert json.loads(codec.encode_plain(encoded.bin)) == case["message"].get("bin", [])
        assert [part.hex() for part in encoded.parts] == case["parts"]
