from os import PathLike
from typing import final

class ShieldError(ValueError):
    """A bad ending of spec/shield.md: its name there, and a sentence."""

@final
class Sealed:
    id: bytes
    publisher: bytes
    program: bytes
    size: int

@final
class Payload:
    id: bytes
    def __new__(
        cls,
        path: str | PathLike[str],
        publisher: bytes,
        *,
        least: int = 0,
        program: bytes | None = None,
        passphrase: str | None = None,
        product: tuple[bytes, bytes] | None = None,
    ) -> Payload: ...
    def entries(self) -> list[tuple[str, int, int]]: ...
    def read(self, name: str) -> bytes: ...
    def part(self, name: str, start: int, end: int) -> bytes: ...

def seal(
    entries: list[tuple[str, int, bytes]],
    path: str | PathLike[str],
    seed: bytes,
    *,
    rollback: int = 0,
    passphrase: str | None = None,
    product: tuple[bytes, bytes] | None = None,
    server: str | None = None,
) -> Sealed: ...
def answer(
    question: str, product: bytes, key: bytes, seed: bytes, *, refused: str | None = None
) -> str: ...
def fingerprint(kind: str, words: bytes) -> bytes: ...
def verifying_key(seed: bytes) -> bytes: ...
def issue(
    product: bytes,
    key: bytes,
    seed: bytes,
    *,
    holder: str,
    expires: str | None,
    binding: str,
    fingerprint: bytes,
) -> str: ...
