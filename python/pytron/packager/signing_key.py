"""Ed25519 keys in PEM: a publisher's own, with which manifests and payloads are signed."""

from __future__ import annotations

from pathlib import Path

from pytron.errors import PackagingError, ToolMissing


def seed_of(path: Path) -> bytes:
    """The 32 bytes of a private key (RFC 8032).

    Raises:
        PackagingError: it is no such key.
        ToolMissing: there is nothing to read it with.
    """
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError as error:
        raise ToolMissing(
            "a key in PEM needs cryptography; install it: pip install 'pytron-kit[package]'"
        ) from error
    remedy = f"make one: openssl genpkey -algorithm ed25519 -out {path}"
    try:
        private = load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        raise PackagingError(f"there is no key {path}; {remedy}") from None
    except (ValueError, TypeError) as error:
        raise PackagingError(f"{path} is no key in PEM: {error}; {remedy}") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise PackagingError(f"{path} is no Ed25519 key; {remedy}")
    return private.private_bytes_raw()
