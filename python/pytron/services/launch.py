"""The address by which a click on a notification starts the app that has ended.

The system hands it over as it hands over a deep link, and anybody may make the system do so: it is
signed with a key of the app's own, and leads to pages of the app only.
"""

from __future__ import annotations

import hmac
import os
import secrets
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

#: How the scheme of every app's begins; the app's id follows.
SCHEME = "x-pytron-"
_KEY_BYTES = 32
_KEPT = ("key", "run", "window", "url", "action")


class Click(NamedTuple):
    """What was clicked.

    Attributes:
        key: of the notification.
        run: of the app that showed it.
        window: the label of the window that it leads to; empty: the first.
        url: a path of the app; empty: none.
        action: the id of the button; empty: the notification itself.
    """

    key: int
    run: str
    window: str
    url: str
    action: str

    def address(self, app_id: str, secret: bytes) -> str:
        """The address that stands for it."""
        fields = [(name, str(value)) for name, value in zip(_KEPT, self, strict=True) if value]
        query = urlencode(fields)
        return f"{SCHEME}{app_id}:click?{query}&sign={_sign(query, secret)}"


def read(address: str, app_id: str, secret: bytes) -> Click | None:
    """The click that an address of this app's stands for; None when the app did not make it."""
    parts = urlsplit(address)
    if parts.scheme != f"{SCHEME}{app_id}".lower():
        return None
    query, _, sign = parts.query.rpartition("&sign=")
    if not hmac.compare_digest(sign.encode(), _sign(query, secret).encode()):
        return None
    fields = dict(parse_qsl(query))
    words = [fields.get(name, "") for name in _KEPT[1:]]
    return Click(int(fields["key"]), *words)


def secret_of(folder: Path, name: str = "notifications.key") -> bytes:
    """A key of the app's own, for these addresses or for what its name says.

    It is made at first use; only the user can read it.
    """
    path = folder / name
    try:
        found = path.read_bytes()
        if len(found) == _KEY_BYTES:
            return found
        path.unlink()  # it was cut off when it was written
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True)
    made = secrets.token_bytes(_KEY_BYTES)
    try:
        place = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # by another start, just now
        return path.read_bytes()
    with os.fdopen(place, "wb") as file:
        file.write(made)
    return made


def _sign(query: str, secret: bytes) -> str:
    return hmac.new(secret, query.encode(), sha256).hexdigest()
