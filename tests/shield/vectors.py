"""Makes spec/shield/payloads.json: `python -m shield.vectors` in this folder's parent.

Sealing has no choice but how well a chunk is compressed. The contents here are too short for that,
so every implementation makes the same bytes.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from shield import container
from shield.container import ASSET, MODULE, NATIVE, PACKAGE, Entry, Plan, content_hash

FILE = Path(__file__).parents[2] / "spec" / "shield" / "payloads.json"
SEED = bytes(range(32))
PROGRAM = bytes(range(32, 64))
PART = bytes(range(64, 96))
IDENTITY = bytes(range(96, 112))
SECRET = {"program": PROGRAM.hex()}
CONTENTS = {
    "app": (MODULE, b"code"),
    "app/pages": (PACKAGE, b"more code"),
    "web/größe.txt": (ASSET, "Größe".encode()),
    "web/empty": (ASSET, b""),
    "lib.so": (NATIVE, b"\x7fELF"),
}


def plan() -> Plan:
    key = container.embedded_key(PROGRAM, PART, IDENTITY)
    return Plan(container.EMBEDDED, PART, IDENTITY, 5, key, SEED)


def passphrase_plan(passphrase: str) -> Plan:
    key = bytes(range(200, 232))
    parameters = container.passphrase_parameters(
        passphrase, (64, 1, 1), bytes(16), bytes(12), key, IDENTITY
    )
    return Plan(container.PASSPHRASE, parameters, IDENTITY, 5, key, SEED)


def sealed() -> list[dict[str, Any]]:
    """What every implementation seals to the same bytes."""
    cases = [
        ("some of each kind", plan(), CONTENTS, SECRET),
        ("nothing", plan(), {}, SECRET),
        ("by passphrase", passphrase_plan("Größe"), CONTENTS, {"passphrase": "Größe"}),
    ]
    return [
        {
            "name": name,
            "scheme": made.scheme,
            "parameters": made.parameters.hex(),
            "id": made.identity.hex(),
            "rollback": made.rollback,
            "key": made.key.hex(),
            "seed": made.seed.hex(),
            "publisher": container.public_key(made.seed).hex(),
            "secret": secret,
            "entries": [
                [key, *_listed(*contents[key])] for key in sorted(contents, key=str.encode)
            ],
            "payload": container.seal(made, contents).hex(),
        }
        for name, made, contents, secret in cases
    ]


def _listed(kind: int, content: bytes) -> tuple[int, str]:
    return kind, content.hex()


def refused() -> list[dict[str, Any]]:
    """What every implementation refuses, under the same name."""
    good = container.seal(plan(), CONTENTS)
    first = container.FIXED + len(PART) + container.SIGNATURE
    cases: list[tuple[str, str, bytes]] = [
        ("empty", "not_a_payload", b""),
        ("another magic", "not_a_payload", b"X" + good[1:]),
        ("another format", "unknown_format", good[:8] + b"\2" + good[9:]),
        ("another scheme", "unknown_format", good[:10] + b"\x09" + good[11:]),
        ("long parameters", "damaged_header", good[:12] + b"\xff\xff\0\0" + good[16:]),
        ("cut in the head", "truncated", good[:100]),
        ("another id", "bad_signature", good[:16] + b"\0" + good[17:]),
        ("another parameter", "bad_signature", good[:90] + b"\0" + good[91:]),
        ("cut at the end", "truncated", good[:-1]),
        ("something added", "trailing_data", good + b"\0"),
        ("a bit of the index", "damaged_index", good[:-1] + bytes([good[-1] ^ 1])),
        ("a bit of a chunk", "damaged_chunk", good[:first] + b"\0" + good[first + 1 :]),
        ("an older one", "rolled_back", container.seal(replace(plan(), rollback=4), CONTENTS)),
        ("another key", "wrong_key", container.seal(replace(plan(), key=bytes(32)), CONTENTS)),
        *_bad_indexes(),
    ]
    publisher = container.public_key(SEED).hex()
    return [
        {
            "name": name,
            "error": error,
            "publisher": publisher,
            "least": 5,
            "secret": SECRET,
            "payload": payload.hex(),
        }
        for name, error, payload in cases
    ]


def _bad_indexes() -> list[tuple[str, str, bytes]]:
    """Payloads that a publisher signed and that break a rule all the same."""
    start = container.FIXED + len(PART) + container.SIGNATURE

    def with_entries(*entries: Entry, body: bytes = b"", more: bytes = b"") -> bytes:
        return container.finished(plan(), body, container.packed_index(entries) + more)

    def native(name: str) -> Entry:
        return Entry(name, NATIVE, 1, content_hash(b"x"))

    def one_chunk(data: bytes, size: int, digest: bytes) -> bytes:
        entry = Entry("a", ASSET, size, digest)
        chunk = container.sealed_chunk(plan(), 0, 0, entry, data)
        entry.chunks.append((start, len(chunk), content_hash(chunk)))
        return with_entries(entry, body=chunk)

    bomb = b"\x01" + container.zstandard.ZstdCompressor().compress(bytes(100_000))
    bad = "damaged_index"
    return [
        ("names out of order", bad, with_entries(native("b"), native("a"))),
        ("a name twice", bad, with_entries(native("a"), native("a"))),
        *(
            (f"the name {name!r}", bad, with_entries(native(name)))
            for name in ("..", "a/../b", "/a", "a/", "a//b", "a\\b", "C:a", "a\0b", "a/.", "")
        ),
        ("a long name", bad, with_entries(native("a" * 1_025))),
        ("more entries than there are", bad, container.finished(plan(), b"", b"\xff\0\0\0")),
        ("too many entries", bad, container.finished(plan(), b"", b"\xff\xff\xff\xff")),
        ("bytes after the last entry", bad, with_entries(native("a"), more=b"\0")),
        ("an unknown kind", bad, with_entries(Entry("a", 4, 0, bytes(32)))),
        ("chunks that are missing", bad, with_entries(Entry("a", ASSET, 1, bytes(32)))),
        (
            "a native file with a chunk",
            bad,
            with_entries(Entry("a", NATIVE, 1, bytes(32), [(start, 0, bytes(32))])),
        ),
        (
            "a chunk elsewhere",
            bad,
            with_entries(Entry("a", ASSET, 1, bytes(32), [(start + 1, 1, bytes(32))]), body=b"xx"),
        ),
        (
            "a chunk past the body",
            bad,
            with_entries(Entry("a", ASSET, 1, bytes(32), [(start, 90, bytes(32))]), body=b"x"),
        ),
        ("bytes between body and index", bad, with_entries(native("a"), body=b"x")),
        ("an unknown way of packing", "damaged_chunk", one_chunk(b"\x02x", 1, content_hash(b"x"))),
        (
            "a chunk that unpacks to more",
            "damaged_chunk",
            one_chunk(bomb, 5, content_hash(bytes(5))),
        ),
        ("a chunk that is short", "damaged_chunk", one_chunk(b"\x00x", 5, content_hash(bytes(5)))),
        ("a chunk of nothing", "damaged_chunk", one_chunk(b"", 5, content_hash(bytes(5)))),
    ]


def main() -> None:
    vectors = {"sealed": sealed(), "refused": refused()}
    FILE.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(vectors, indent=1, ensure_ascii=False)
    FILE.write_text(text + "\n", "utf-8")
    sys.stdout.write(f"{FILE}: {sum(map(len, vectors.values()))} vectors\n")


if __name__ == "__main__":
    main()
