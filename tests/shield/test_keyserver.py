"""Another implementation of the key server's two sides, from the text of spec/shield.md alone."""

from __future__ import annotations

import hashlib
import json
import os
import runpy
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pytron.errors import PackagingError
from pytron.packager.shield.keyserver import MOST_BYTES, Question, answer
from pytron.packager.shield.licences import ProductKey

INFO = b"pytron shield 1 server key"


def asked(key: ProductKey) -> tuple[X25519PrivateKey, bytes]:
    secret = X25519PrivateKey.generate()
    point = secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    question: Mapping[str, Any] = {
        "format": 1,
        "product": key.product.hex(),
        "payload": bytes(16).hex(),
        "machine": None,
        "user": bytes(32).hex(),
        "point": point.hex(),
    }
    return secret, json.dumps(question).encode()


def members_of(said: str, body: bytes, seed: bytes) -> dict[str, str]:
    """What an answer says, when the publisher has signed it for this question."""
    members: dict[str, str] = json.loads(said)
    signature = bytes.fromhex(members.pop("signature"))
    spelled = json.dumps(members, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    message = b"pytron shield 1 server\0" + hashlib.sha256(body).digest() + spelled.encode()
    Ed25519PrivateKey.from_private_bytes(seed).public_key().verify(signature, message)
    return members


def test_the_key_is_sealed_for_who_asked() -> None:
    key = ProductKey.new()
    secret, body = asked(key)
    said = answer(key, Question.read(body))
    assert key.key.hex() not in said
    members = members_of(said, body, key.seed)
    shared = secret.exchange(X25519PublicKey.from_public_bytes(bytes.fromhex(members["point"])))
    wrapping = HKDF(SHA256(), 32, key.product, INFO).derive(shared)
    nonce, sealed = bytes.fromhex(members["nonce"]), bytes.fromhex(members["key"])
    assert AESGCM(wrapping).decrypt(nonce, sealed, INFO + key.product) == key.key
    with pytest.raises(InvalidSignature):
        members_of(said, asked(key)[1], key.seed)


def test_a_refusal_is_signed() -> None:
    key = ProductKey.new()
    _, body = asked(key)
    said = answer(key, Question.read(body), refused="größer\nals erlaubt")
    assert members_of(said, body, key.seed) == {"refused": "größer als erlaubt"}


def test_what_the_server_is_told_is_what_licences_are_bound_to() -> None:
    question = Question.read(asked(ProductKey.new())[1])
    assert (question.machine, question.user) == ("", bytes(32).hex())


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[1]", b"\xff", b"3", b'{"product": 1}', b" " * (MOST_BYTES + 1)]
)
def test_what_is_no_question_is_refused(body: bytes) -> None:
    with pytest.raises(PackagingError, match="no question"):
        Question.read(body)


def test_another_products_question_gets_no_answer() -> None:
    key = ProductKey.new()
    _, body = asked(ProductKey(os.urandom(16), key.key, key.seed))
    with pytest.raises(PackagingError, match="another product"):
        answer(key, Question.read(body))


def test_the_server_of_the_docs_answers() -> None:
    path = Path(__file__).parents[2] / "docs" / "snippets" / "sealed" / "key_server.py"
    server_file: Any = runpy.run_path(str(path))
    key = ProductKey.new()
    server = ThreadingHTTPServer(("127.0.0.1", 0), server_file["handler"](key))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.server_port}/"
        _, body = asked(key)
        with urllib.request.urlopen(address, body, timeout=60) as said:
            assert "key" in members_of(said.read().decode(), body, key.seed)
        server_file["ENDED"].add("")  # whose system tells no fingerprint
        with urllib.request.urlopen(address, body, timeout=60) as said:
            ended = members_of(said.read().decode(), body, key.seed)
            assert ended == {"refused": "your subscription has ended"}
        with pytest.raises(urllib.error.HTTPError, match="400"):
            urllib.request.urlopen(address, b"{}", timeout=60)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
