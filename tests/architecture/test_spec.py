"""The specs are whole: each message has vectors, each limit a reason and the number that runs, each
attack a test."""

from __future__ import annotations

import json
import re
from functools import cache

import pytest
from pytron import codec, protocol
from pytron.dispatcher import uploads
from pytron.protocol import ledger
from pytron.server.options import ServerOptions

from tools.dev.machine import ROOT

SPEC = ROOT / "spec"
#: Kinds that are not a page's or the kit's own message, but open a frame; frames.json has them.
FRAMES = {"head"}
#: Kinds that come from beside the kit, in a table of their own.
BESIDE = {"restart", "fault"}


@cache
def section(number: int) -> str:
    text = (SPEC / "ipc.md").read_text("utf-8")
    found = re.search(rf"^## {number}\. .*?\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1]


def rows(number: int) -> list[list[str]]:
    """The cells of the section's table rows that begin with a name in code."""
    lines = re.findall(r"^\| `.*$", section(number), re.MULTILINE)
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines]


def kinds(number: int) -> set[str]:
    """Of the first table: what else the section has stands below headings of its own."""
    first = section(number).split("\n### ")[0]
    return set(re.findall(r"^\| `(\w+)` \|", first, re.MULTILINE))


def cases(file: str) -> list[tuple[str, bool]]:
    """The kind of each message vector, and whether it is refused."""
    found = json.loads((SPEC / "ipc" / file).read_text("utf-8"))["cases"]
    return [
        (str(case["message"].get("kind")), "error" in case)
        for case in found
        if isinstance(case["message"], dict)
    ]


@pytest.mark.parametrize(("number", "file"), [(3, "up.json"), (4, "down.json")])
def test_every_message_has_vectors_that_pass_and_that_are_refused(number: int, file: str) -> None:
    named = kinds(number)
    assert len(named) > 8
    for refused in (False, True):
        covered = {kind for kind, error in cases(file) if error is refused}
        assert named - covered == set(), f"refused={refused}"
    assert {kind for kind, error in cases(file) if not error} - named <= FRAMES | BESIDE


def test_messages_from_beside_the_kit_have_vectors() -> None:
    assert {kind for kind, error in cases("down.json") if not error} >= BESIDE
    assert "fault" in {kind for kind, error in cases("down.json") if error}


def test_every_message_has_a_reason() -> None:
    down, up = section(4), section(3)
    beside = down.split("### From beside the kit")[1]
    resuming = section(2).split("### Resuming")[1]
    named = set(re.findall(r"^\| `(\w+)` \|", up + beside + resuming, re.MULTILINE))
    named |= kinds(4) | FRAMES
    assert {"call", "result", "restart", "fault", "ack", "head"} <= named
    reasons = {row[0].strip("`"): row[1] for row in rows(11)}
    assert set(reasons) == named
    assert all(len(reason) > 30 for reason in reasons.values())


def test_every_limit_has_a_reason() -> None:
    limits = rows(7)
    assert {"`frame`", "`parts`", "`depth`", "`pending`", "`queue`"} <= {row[0] for row in limits}
    policies = {"`wait` (default)", "`latest`", "`drop_oldest`"}
    for row in limits:
        if row[0] not in policies:
            assert len(row) == 3, row
            assert len(row[2]) > 15, row


def test_numbers_of_the_limits_are_those_that_run() -> None:
    said = {row[0].strip("`"): row[1] for row in rows(7)}
    mib = 1 << 20
    expected = {
        "frame": f"{protocol.LIMITS['frame'] // mib} MiB",
        "parts": f"{protocol.LIMITS['parts']:,} in a frame",
        "depth": f"{protocol.LIMITS['depth']} levels",
        "pending": f"{protocol.LIMITS['pending']:,} calls",
        "name": f"{protocol.MAX_NAME} characters",
        "queue": f"{protocol.QUEUE_BYTES // mib} MiB",
        "credits": f"{protocol.INITIAL_CREDITS} items",
        "ack": f"after {ledger.ACK_FRAMES} frames, {ledger.ACK_BYTES >> 10} KiB",
        "keep": f"{ServerOptions().keep_s:g} seconds",
        "elements": f"about {codec.PIECE_BYTES // mib} MiB",
        "pull": f"{uploads.PIECE // mib} MiB, {uploads.AHEAD} on the way",
    }
    for name, number in expected.items():
        assert said[name].startswith(number), (name, said[name])
    text = section(7) + section(4)
    long = f"at least {codec.FEWEST} elements and about {codec.PIECE_BYTES // mib} MiB"
    assert long in text
    assert f"more than {protocol.BEHIND_BYTES >> 10} KiB wait" in text
    assert f"starts with {protocol.INITIAL_CREDITS} credits" in text
    assert f"each whole {protocol.CREDIT_BYTES >> 10} KiB of its binary" in text


def test_every_code_says_when() -> None:
    for row in rows(8):
        assert len(row[1]) > 5, row


def test_every_attack_of_the_shield_is_a_test() -> None:
    text = (SPEC / "shield.md").read_text("utf-8")
    attacks = text.partition("### Attacks\n")[2].partition("\n###")[0]
    named = set(re.findall(r"`(test_\w+)`", attacks))
    assert len(named) > 30
    sources = (path.read_text("utf-8") for path in (ROOT / "tests" / "package").glob("test_*.py"))
    tests = {name for source in sources for name in re.findall(r"^def (test_\w+)", source, re.M)}
    assert named - tests == set()
