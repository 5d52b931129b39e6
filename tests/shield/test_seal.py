"""The sealer in Rust and the implementation for tests open what the other has sealed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import pytron_shield as shield
from shield import container

SEED = bytes(range(32))
ENTRIES = [
    ("app", container.MODULE, b"code" * 100),
    ("@/page/größe.html", container.ASSET, os.urandom(container.CHUNK + 7)),
    ("@/lib.so", container.NATIVE, b"\x7fELF"),
]


def sealed(path: Path, **how: Any) -> shield.Sealed:
    return shield.seal(ENTRIES, path, SEED, rollback=3, **how)


def plain() -> dict[str, tuple[int, bytes]]:
    return {
        name: (kind, container.content_hash(data) if kind == container.NATIVE else data)
        for name, kind, data in sorted(ENTRIES)
    }


def test_the_other_implementation_opens_what_was_sealed(tmp_path: Path) -> None:
    made = sealed(tmp_path / "x")
    secret = {"program": bytes(made.program).hex()}
    found = container.open_payload(
        (tmp_path / "x").read_bytes(), publisher=bytes(made.publisher), least=3, secret=secret
    )
    assert found == plain()


def test_a_passphrase_opens_in_both(tmp_path: Path) -> None:
    made = sealed(tmp_path / "x", passphrase="Größe")
    data = (tmp_path / "x").read_bytes()
    publisher = bytes(made.publisher)
    secret = {"passphrase": "Größe"}
    assert container.open_payload(data, publisher=publisher, least=0, secret=secret) == plain()
    opened = shield.Payload(tmp_path / "x", publisher, passphrase="Größe")
    assert opened.read("app") == ENTRIES[0][2]
    with pytest.raises(shield.ShieldError) as wrong:
        shield.Payload(tmp_path / "x", publisher, passphrase="Grösse")
    assert wrong.value.args[0] == "wrong_key"


def test_parts_are_opened_by_themselves(tmp_path: Path) -> None:
    made = sealed(tmp_path / "x")
    opened = shield.Payload(tmp_path / "x", bytes(made.publisher), program=bytes(made.program))
    whole = ENTRIES[1][2]
    assert opened.part(ENTRIES[1][0], 262_140, 262_150) == whole[262_140:262_150]
    assert opened.part(ENTRIES[1][0], len(whole) - 1, 1 << 40) == whole[-1:]
    assert opened.part(ENTRIES[1][0], 5, 5) == b""


def test_an_older_payload_is_refused(tmp_path: Path) -> None:
    made = sealed(tmp_path / "x")
    program = bytes(made.program)
    with pytest.raises(shield.ShieldError) as old:
        shield.Payload(tmp_path / "x", bytes(made.publisher), least=4, program=program)
    assert old.value.args[0] == "rolled_back"


def test_two_seals_of_the_same_share_no_key(tmp_path: Path) -> None:
    first, second = sealed(tmp_path / "a"), sealed(tmp_path / "b")
    assert bytes(first.program) != bytes(second.program)
    assert bytes(first.id) != bytes(second.id)
    with pytest.raises(shield.ShieldError):
        shield.Payload(tmp_path / "a", bytes(first.publisher), program=bytes(second.program))
