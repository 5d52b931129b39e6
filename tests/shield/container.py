"""Another implementation of spec/shield.md, on `cryptography`: what Rust seals it opens, and back.

It is written from the spec alone, for tests: clear rather than quick, and it holds everything in
memory.
"""

from __future__ import annotations

import hmac
import struct
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import zstandard
from blake3 import blake3
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CHUNK = 262_144
MOST_SEALED = CHUNK + 1_024
FIXED = 88
SIGNATURE = 64
CONTEXT = b"pytron shield 1 header\0"
ASSET, MODULE, PACKAGE, NATIVE = range(4)
EMBEDDED, PASSPHRASE, LICENCE = 1, 2, 3


class Damaged(Exception):
    """A bad ending of spec/shield.md, section 4."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass
class Entry:
    name: str
    kind: int
    size: int
    hash: bytes
    chunks: list[tuple[int, int, bytes]] = field(default_factory=list[tuple[int, int, bytes]])


def content_hash(data: bytes) -> bytes:
    return blake3(data).digest()


def derive(salt: bytes, secret: bytes, info: str) -> bytes:
    """HKDF-SHA-256 (RFC 5869) with one block of output."""
    prk = hmac.digest(salt, secret, "sha256")
    return hmac.digest(prk, info.encode() + b"\x01", "sha256")


def embedded_key(program: bytes, part: bytes, identity: bytes) -> bytes:
    return derive(identity, program + part, "pytron shield 1 embedded")


def wrapping(passphrase: str, parameters: bytes) -> tuple[bytes, bytes, bytes]:
    """The wrapping key, the nonce and the wrapped key of passphrase parameters."""
    salt, memory, passes, lanes = struct.unpack("<16sIII", parameters[:28])
    key = Argon2id(salt=salt, length=32, iterations=passes, lanes=lanes, memory_cost=memory).derive(
        unicodedata.normalize("NFC", passphrase).encode()
    )
    return key, parameters[28:40], parameters[40:]


def passphrase_parameters(
    passphrase: str, cost: tuple[int, int, int], salt: bytes, nonce: bytes, content: bytes,
    identity: bytes,
) -> bytes:  # fmt: skip
    head = struct.pack("<16sIII", salt, *cost) + nonce
    key, _, _ = wrapping(passphrase, head)
    return head + AESGCM(key).encrypt(nonce, content, b"pytron shield 1 wrap" + identity)


def content_key(
    secret: Mapping[str, Any], scheme: int, parameters: bytes, identity: bytes
) -> bytes:
    if scheme == EMBEDDED:
        return embedded_key(bytes.fromhex(secret["program"]), parameters, identity)
    assert scheme == PASSPHRASE
    key, nonce, wrapped = wrapping(secret["passphrase"], parameters)
    try:
        return AESGCM(key).decrypt(nonce, wrapped, b"pytron shield 1 wrap" + identity)
    except InvalidTag:
        raise Damaged("wrong_key") from None


def public_key(seed: bytes) -> bytes:
    key = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


@dataclass
class Plan:
    """What a payload is to be, apart from its content."""

    scheme: int
    parameters: bytes
    identity: bytes
    rollback: int
    key: bytes
    seed: bytes


def seal(plan: Plan, contents: Mapping[str, tuple[int, bytes]]) -> bytes:
    body = bytearray()
    start = FIXED + len(plan.parameters) + SIGNATURE
    entries: list[Entry] = []
    for number, name in enumerate(sorted(contents, key=str.encode)):
        kind, plain = contents[name]
        entry = Entry(name, kind, len(plain), content_hash(plain))
        pieces = [] if kind == NATIVE else range(0, len(plain), CHUNK)
        for at, begin in enumerate(pieces):
            sealed = sealed_chunk(plan, number, at, entry, stored(plain[begin : begin + CHUNK]))
            entry.chunks.append((start + len(body), len(sealed), content_hash(sealed)))
            body += sealed
        entries.append(entry)
    return finished(plan, bytes(body), packed_index(entries))


def stored(piece: bytes) -> bytes:
    """A chunk's plain text: compressed where that makes it smaller."""
    packed = zstandard.ZstdCompressor(level=9).compress(piece)
    return b"\x01" + packed if len(packed) < len(piece) else b"\x00" + piece


def sealed_chunk(plan: Plan, number: int, at: int, entry: Entry, data: bytes) -> bytes:
    key = AESGCM(derive(plan.identity, plan.key, "pytron shield 1 chunk"))
    place = bound(plan.identity, number, at, entry)
    return key.encrypt(struct.pack("<IQ", number, at), data, place)


def finished(plan: Plan, body: bytes, index: bytes) -> bytes:
    """Head, body and index; the index may be any bytes, so that wrong ones can be signed."""
    start = FIXED + len(plan.parameters) + SIGNATURE
    head = b"PYTRSEAL" + struct.pack("<HHI", 1, plan.scheme, len(plan.parameters)) + plan.identity
    head += struct.pack("<QQQ", plan.rollback, start + len(body), len(index) + 16)
    key = AESGCM(derive(plan.identity, plan.key, "pytron shield 1 index"))
    sealed = key.encrypt(bytes(12), index, head + plan.parameters)
    signed = head + content_hash(sealed) + plan.parameters
    signature = Ed25519PrivateKey.from_private_bytes(plan.seed).sign(CONTEXT + signed)
    return signed + signature + body + sealed


def packed_index(entries: Sequence[Entry]) -> bytes:
    return struct.pack("<I", len(entries)) + b"".join(packed_entry(entry) for entry in entries)


def packed_entry(entry: Entry) -> bytes:
    name = entry.name.encode()
    head = struct.pack("<H", len(name)) + name
    head += struct.pack("<BQ32sI", entry.kind, entry.size, entry.hash, len(entry.chunks))
    return head + b"".join(struct.pack("<QI32s", *chunk) for chunk in entry.chunks)


def bound(identity: bytes, number: int, at: int, entry: Entry) -> bytes:
    last = (at + 1) * CHUNK >= entry.size
    return identity + struct.pack("<IQBB", number, at, last, entry.kind) + entry.name.encode()


def open_payload(
    data: bytes, *, publisher: bytes, least: int, secret: Mapping[str, Any]
) -> dict[str, tuple[int, bytes]]:
    """Every entry: its kind and content (for native files their hash).

    Raises:
        Damaged: with the name of the first thing that is wrong.
    """
    if len(data) < 16 or data[:8] != b"PYTRSEAL":
        raise Damaged("not_a_payload")
    form, scheme, length = struct.unpack("<HHI", data[8:16])
    if form != 1 or scheme not in (EMBEDDED, PASSPHRASE, LICENCE):
        raise Damaged("unknown_format")
    if length > 4_096:
        raise Damaged("damaged_header")
    signed_end = FIXED + length
    if len(data) < signed_end + SIGNATURE:
        raise Damaged("truncated")
    signed, signature = data[:signed_end], data[signed_end : signed_end + SIGNATURE]
    try:
        Ed25519PublicKey.from_public_bytes(publisher).verify(signature, CONTEXT + signed)
    except InvalidSignature:
        raise Damaged("bad_signature") from None
    identity = data[16:32]
    rollback, offset, size = struct.unpack("<QQQ", data[32:56])
    if offset < signed_end + SIGNATURE or size > 64 * 2**20 or offset + size >= 2**64:
        raise Damaged("damaged_header")
    if len(data) != offset + size:
        raise Damaged("truncated" if len(data) < offset + size else "trailing_data")
    if rollback < least:
        raise Damaged("rolled_back")
    parameters = data[FIXED:signed_end]
    key = content_key(secret, scheme, parameters, identity)
    sealed_index = data[offset:]
    if content_hash(sealed_index) != data[56:88]:
        raise Damaged("damaged_index")
    try:
        plain = AESGCM(derive(identity, key, "pytron shield 1 index")).decrypt(
            bytes(12), sealed_index, data[:56] + parameters
        )
    except InvalidTag:
        raise Damaged("wrong_key") from None
    entries = parsed_index(plain, signed_end + SIGNATURE, offset)
    chunk_key = AESGCM(derive(identity, key, "pytron shield 1 chunk"))
    return {
        entry.name: (entry.kind, content_of(data, identity, number, entry, chunk_key))
        for number, entry in enumerate(entries)
    }


def parsed_index(plain: bytes, start: int, end: int) -> list[Entry]:
    entries: list[Entry] = []
    try:
        (count,) = struct.unpack_from("<I", plain)
        at = 4
        for _ in range(count):
            (length,) = struct.unpack_from("<H", plain, at)
            name = plain[at + 2 : at + 2 + length]
            at += 2 + length
            kind, size, digest, chunks = struct.unpack_from("<BQ32sI", plain, at)
            at += 45
            entry = Entry(checked_name(name, length), kind, size, digest)
            for _ in range(chunks):
                entry.chunks.append(struct.unpack_from("<QI32s", plain, at))
                at += 44
            entries.append(entry)
    except (struct.error, UnicodeDecodeError) as error:
        raise Damaged("damaged_index") from error
    names = [entry.name.encode() for entry in entries]
    if at != len(plain) or any(b <= a for a, b in pairwise(names)):
        raise Damaged("damaged_index")
    for entry in entries:
        wanted = 0 if entry.kind == NATIVE else -(-entry.size // CHUNK)
        if entry.kind > NATIVE or len(entry.chunks) != wanted:
            raise Damaged("damaged_index")
        for offset, length, _ in entry.chunks:
            if offset != start or length > MOST_SEALED:
                raise Damaged("damaged_index")
            start += length
    if start != end:
        raise Damaged("damaged_index")
    return entries


def checked_name(name: bytes, length: int) -> str:
    text = name.decode()
    bad = not 0 < length <= 1_024 or len(name) != length or set(text) & set("\0\\:")
    if bad or any(part in ("", ".", "..") for part in text.split("/")):
        raise Damaged("damaged_index")
    return text


def content_of(data: bytes, identity: bytes, number: int, entry: Entry, chunk_key: AESGCM) -> bytes:
    if entry.kind == NATIVE:
        return entry.hash
    whole = bytearray()
    for at, (offset, length, digest) in enumerate(entry.chunks):
        sealed = data[offset : offset + length]
        wanted = min(CHUNK, entry.size - at * CHUNK)
        try:
            if content_hash(sealed) != digest:
                raise Damaged("damaged_chunk")
            nonce = struct.pack("<IQ", number, at)
            plain = chunk_key.decrypt(nonce, sealed, bound(identity, number, at, entry))
            piece = unpacked(plain, wanted)
        except (InvalidTag, zstandard.ZstdError) as error:
            raise Damaged("damaged_chunk") from error
        if len(piece) != wanted:
            raise Damaged("damaged_chunk")
        whole += piece
    return bytes(whole)


def unpacked(plain: bytes, wanted: int) -> bytes:
    if plain[:1] == b"\0":
        return plain[1:]
    if plain[:1] != b"\1":
        raise Damaged("damaged_chunk")
    return zstandard.ZstdDecompressor().decompress(plain[1:], max_output_size=wanted)
