"""Product keys and licence files: who may open a package, where, and how long.

Source: spec/shield.md, section 5.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pytron.errors import PackagingError, ToolMissing

_FORMAT: Final = 1


@dataclass(frozen=True)
class ProductKey:
    """The secret of a product: whoever has it can issue licences and open every package."""

    product: bytes
    key: bytes
    seed: bytes

    @classmethod
    def new(cls) -> ProductKey:
        """A fresh one."""
        return cls(os.urandom(16), os.urandom(32), os.urandom(32))

    @classmethod
    def read(cls, path: Path) -> ProductKey:
        """From its file.

        Raises:
            PackagingError: there is none, or it is damaged.
        """
        remedy = f"make one: pytron licence new {path.name}"
        try:
            found = json.loads(path.read_text("utf-8"))
            parts = [bytes.fromhex(found[name]) for name in ("product", "key", "seed")]
        except (FileNotFoundError, IsADirectoryError):
            raise PackagingError(f"there is no product key {path}; {remedy}") from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise PackagingError(f"{path} is no product key: {error}; {remedy}") from error
        if found.get("format") != _FORMAT or [len(part) for part in parts] != [16, 32, 32]:
            raise PackagingError(f"{path} is no product key of this version; {remedy}")
        return cls(*parts)

    def write(self, path: Path) -> None:
        """Into a file that only its owner can read; an existing one is kept.

        Raises:
            PackagingError: it exists, or cannot be written.
        """
        text = json.dumps(
            {
                "format": _FORMAT,
                "product": self.product.hex(),
                "key": self.key.hex(),
                "seed": self.seed.hex(),
            },
            indent=1,
        )
        try:
            made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise PackagingError(
                f"{path} exists: packages sealed for it would open no more; choose another name"
            ) from None
        except OSError as error:
            raise PackagingError(f"{path} cannot be written: {error}") from error
        with os.fdopen(made, "w", encoding="utf-8") as file:
            file.write(text + "\n")


def issue(
    key: ProductKey,
    *,
    holder: str,
    expires: str | None = None,
    machine: str = "",
    user: str = "",
) -> str:
    """A licence file for a product.

    Args:
        key: the product's.
        holder: for whom.
        expires: the last day, `YYYY-MM-DD` in UTC; None for no end.
        machine: the fingerprint of the only machine it opens on.
        user: the fingerprint of the only user of a machine.

    Raises:
        PackagingError: a day or fingerprint that is none.
        ToolMissing: pytron-shield is not installed.
    """
    if machine and user:
        raise PackagingError("a licence is bound to a machine or to a user, not to both")
    binding = "machine" if machine else "user" if user else "none"
    try:
        import pytron_shield
    except ImportError as error:
        raise ToolMissing("issuing a licence needs pytron-shield in this environment") from error
    try:
        print_of = bytes.fromhex(machine or user) or bytes(32)
        if expires is not None:
            import datetime

            datetime.date.fromisoformat(expires)
    except ValueError as error:
        raise PackagingError(f"the licence cannot be made: {error}") from error
    if len(print_of) != 32:
        raise PackagingError("a fingerprint has 64 hexadecimal digits: the app says its own")
    return pytron_shield.issue(
        key.product,
        key.key,
        key.seed,
        holder=holder,
        expires=expires,
        binding=binding,
        fingerprint=print_of,
    )


def proof_licence(key: ProductKey) -> str:
    """A licence for today and tomorrow, with which a package is proved."""
    import datetime

    until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
    return issue(key, holder="the proof", expires=f"{until:%Y-%m-%d}")
