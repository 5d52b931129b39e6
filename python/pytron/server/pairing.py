"""Which browsers belong to the app: a one-time token makes a cookie, the cookie is the proof.

The cookie is signed, not stored: every worker that has the key can check it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from pytron.errors import ConfigError
from pytron.hub import Hub

#: How long a token is good for.
TOKEN_S = 15 * 60
#: How long a browser stays paired.
COOKIE_S = 30 * 24 * 3600
_KEY_BYTES = 32
_PREFIX = "token:"
#: So many other apps on this machine stay paired with a browser.
_OTHERS = 20
_OTHER = re.compile(r"pytron-\d+")


class Pairing:
    """Tokens and cookies."""

    def __init__(self, key: bytes, hub: Hub, clock: Callable[[], float] = time.time) -> None:
        self._key = key
        self._hub = hub
        self._clock = clock

    def mint(self, window: int = 0) -> str:
        """A token that pairs one browser, and shows it this window (0: any)."""
        token = secrets.token_urlsafe(24)
        self._hub.put(_PREFIX + _digest(token), str(window).encode(), TOKEN_S)
        return token

    def take(self, token: str) -> int | None:
        """Use a token up: the window that it was for; None when it is none, used or too old."""
        found = self._hub.take(_PREFIX + _digest(token))
        return None if found is None else int(found)

    def cookie(self) -> tuple[str, str]:
        """A new browser's name among the paired, and the cookie that proves it."""
        name = secrets.token_urlsafe(16)
        body = f"{name}.{int(self._clock() + COOKIE_S)}"
        return name, f"{body}.{self._sign(body)}"

    def check(self, cookie: str) -> str | None:
        """The browser that a cookie proves; None when it is forged or too old."""
        body, _, signature = cookie.rpartition(".")
        name, _, until = body.partition(".")
        if not hmac.compare_digest(self._sign(body).encode(), signature.encode()):
            return None
        return name if until.isdigit() and int(until) > self._clock() else None

    def _sign(self, body: str) -> str:
        return hmac.new(self._key, body.encode(), hashlib.sha256).hexdigest()


def _digest(token: str) -> str:
    """What is kept of a token: reading the store gives nobody one."""
    return hashlib.sha256(token.encode()).hexdigest()


def load_key(path: str) -> bytes:
    """The key of the cookies, made at first use; without a path one for this run only.

    Raises:
        ConfigError: the file can't be read or written, or is no key.
    """
    if not path:
        return secrets.token_bytes(_KEY_BYTES)
    file = Path(path)
    try:
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            _write_private(file, secrets.token_bytes(_KEY_BYTES))
        key = file.read_bytes()
    except OSError as error:
        raise ConfigError(f"the key of the cookies cannot be kept in {path}: {error}") from error
    if len(key) != _KEY_BYTES:
        raise ConfigError(f"{path} is no key of {_KEY_BYTES} bytes; delete it, and pair anew")
    return key


def _write_private(file: Path, content: bytes) -> None:
    """Write a file that only this user can read, whole or not at all."""
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as out:  # noqa: PTH123 - a descriptor
        out.write(content)
    part.replace(file)


def outdated(cookies: Mapping[str, str]) -> list[str]:
    """The names of cookies to be removed: the oldest of other apps on this machine.

    Cookies don't know ports, so a browser sends those of every run at another port. After ninety
    of them a WebSocket is refused, as its header is too long.
    """
    others = [name for name in cookies if _OTHER.fullmatch(name)]
    others.sort(key=lambda name: cookies[name].split(".")[1:2])  # when it ends
    return others[:-_OTHERS]
