"""The vectors of spec/shield.md, run by the independent implementation."""

from __future__ import annotations

import json
from typing import Any

import pytest
from shield import container, vectors

VECTORS = json.loads(vectors.FILE.read_text("utf-8"))


def by_name(kind: str) -> Any:
    return pytest.mark.parametrize(
        "vector", VECTORS[kind], ids=[vector["name"] for vector in VECTORS[kind]]
    )


def opened(vector: dict[str, Any]) -> dict[str, tuple[int, bytes]]:
    return container.open_payload(
        bytes.fromhex(vector["payload"]),
        publisher=bytes.fromhex(vector["publisher"]),
        least=vector.get("least", 0),
        secret=vector["secret"],
    )


@by_name("sealed")
def test_what_was_sealed_opens(vector: dict[str, Any]) -> None:
    found = opened(vector)
    assert list(found) == [name for name, _, _ in vector["entries"]]
    for name, kind, content in vector["entries"]:
        plain = bytes.fromhex(content)
        wanted = container.content_hash(plain) if kind == container.NATIVE else plain
        assert found[name] == (kind, wanted)


@by_name("refused")
def test_what_is_wrong_is_refused_by_name(vector: dict[str, Any]) -> None:
    with pytest.raises(container.Damaged) as refused:
        opened(vector)
    assert refused.value.name == vector["error"]


def test_the_file_is_what_its_program_makes() -> None:
    assert {"sealed": vectors.sealed(), "refused": vectors.refused()} == json.loads(
        json.dumps(VECTORS)
    )


def test_a_wrong_passphrase_is_refused() -> None:
    vector = next(v for v in VECTORS["sealed"] if v["scheme"] == container.PASSPHRASE)
    with pytest.raises(container.Damaged, match="wrong_key"):
        opened({**vector, "secret": {"passphrase": "Grösse"}})
