"""The shared vectors for messages, frames and names."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from pytron import codec, protocol
from pytron.codec import Encoded
from pytron.devserver import keeper
from pytron.dispatcher.event import matches
from pytron.errors import ProtocolError

from .vectors import cases, compact

Case = dict[str, Any]


def limit(monkeypatch: pytest.MonkeyPatch, case: Case) -> None:
    for name, value in case.get("limits", {}).items():
        monkeypatch.setitem(protocol.LIMITS, name, value)  # type: ignore[arg-type]


@pytest.mark.parametrize("case", cases("up"))
def test_message_from_the_page(case: Case) -> None:
    decoded = protocol.decode_frame(compact([case["message"]]))
    if "error" not in case:
        assert not decoded.faults
        [message] = decoded.messages
        assert json.loads(codec.encode_plain(message)) == case.get("normal", case["message"])
        return
    if case["name"] == "call with arguments of another type":
        # Arguments are decoded late: test_dispatch.py shows that this is refused all the same.
        assert not decoded.faults
        return
    assert not decoded.messages
    [fault] = decoded.faults
    assert (fault.error.code, fault.id) == (case["error"], case.get("id"))


def encoded(message: Mapping[str, Any], field: str) -> Encoded:
    return Encoded(compact(message[field]), (), message.get("bin", ()))


ENCODERS: Mapping[str, Callable[[Mapping[str, Any]], bytes]] = {
    "hello": lambda m: protocol.hello(
        session=m["session"],
        epoch=m["epoch"],
        window=m["window"],
        dev=m["dev"],
        tools=m.get("tools", ()),
    ),
    "tool": lambda m: protocol.tool(m["name"], m["data"]),
    "result": lambda m: (
        protocol.listed(m["id"], m["elements"])
        if "elements" in m
        else protocol.result(m["id"], encoded(m, "value"))
    ),
    "elements": lambda m: protocol.elements(m["id"], m["from"], m["value"]),
    "error": lambda m: protocol.error(m.get("id"), m["error"]),
    "progress": lambda m: protocol.progress(m["id"], m["value"], m.get("total"), m.get("note")),
    "item": lambda m: protocol.item(m["id"], encoded(m, "value")),
    "pull": lambda m: protocol.pull(m["id"], m["offset"], m["size"]),
    "end": lambda m: protocol.end(m["id"]),
    "event": lambda m: protocol.event(m["name"], encoded(m, "data"), m.get("missed", 0)),
    "snapshot": lambda m: protocol.snapshot(m["scope"], m["revision"], encoded(m, "value")),
    "patch": lambda m: protocol.patch(
        m["scope"], m["revision"], encoded(m, "ops"), change=m.get("id")
    ),
    "restart": lambda _: keeper.RESTART[1:-1],  # it alone makes these two: they are whole frames
    "fault": lambda m: keeper.fault(m["message"], m["trace"])[1:-1],
}


# The kit only makes messages of these kinds; that bad ones are refused is for the client to show.
@pytest.mark.parametrize("case", [c for c in cases("down") if "error" not in c.values[0]])
def test_message_to_the_page(case: Case) -> None:
    message = case["message"]
    assert json.loads(ENCODERS[message["kind"]](message)) == message


@pytest.mark.parametrize("case", cases("frames"))
def test_frame(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    limit(monkeypatch, case)
    if "error" in case:
        with pytest.raises(ProtocolError) as caught:
            protocol.decode_frame(case["text"].encode())
        assert caught.value.code == case["error"]
        return
    messages, faults, head = protocol.decode_frame(case["text"].encode())
    kinds = [json.loads(codec.encode_plain(message))["kind"] for message in messages]
    assert kinds == [kind for kind in case["kinds"] if kind != "protocol"]
    assert [fault.error.code for fault in faults] == ["protocol"] * case["kinds"].count("protocol")
    parts = [] if head is None else [list(part) for part in head.parts]
    assert parts == case.get("parts", [])


@pytest.mark.parametrize("case", cases("envelope"))
def test_binary_frame(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    limit(monkeypatch, case)
    data = bytes.fromhex(case["hex"])
    if "error" in case:
        with pytest.raises(ProtocolError) as caught:
            protocol.split_binary_frame(data)
        assert caught.value.code == case["error"]
        return
    text, parts = protocol.split_binary_frame(data)
    assert text.decode() == case["text"]
    assert [part.hex() for part in parts] == case["parts"]
    assert b"".join(protocol.join_binary_frame(text, parts)) == data


@pytest.mark.parametrize("case", cases("names"))
def test_subscription(case: Case) -> None:
    assert matches(case["pattern"], case["event"]) is case["match"]
