"""A keychain of the tests' own: the Secret Service, as keyring's library speaks to it.

Source: <https://specifications.freedesktop.org/secret-service-spec/latest/>
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

_ROOT = "/org/freedesktop/secrets"
_COLLECTION = f"{_ROOT}/collection/login"


class Keychain:
    """One collection that is open, with items in memory."""

    xml = ""

    def __init__(self, bus: Any, say: Callable[..., None]) -> None:
        self._bus = bus
        self._say = say
        self._items: dict[str, tuple[Mapping[str, str], bytes]] = {}
        for path in (_ROOT, _COLLECTION, f"{_ROOT}/aliases/default"):
            bus.export(path, self)
        bus.own("org.freedesktop.secrets")

    def properties(self, interface: str) -> Mapping[str, tuple[str, Any]] | None:
        if interface == "org.freedesktop.Secret.Collection":
            return {"Locked": ("b", False), "Label": ("s", "Login")}
        if interface == "org.freedesktop.Secret.Item":
            return {"Locked": ("b", False), "Label": ("s", "a password")}
        return {"Collections": ("ao", [_COLLECTION])}

    def call(self, _interface: str, member: str, body: Sequence[Any]) -> Any:
        if member == "OpenSession":
            return "vo", (("s", ""), f"{_ROOT}/session/1")
        if member == "ReadAlias":
            return "o", (_COLLECTION,)
        if member == "SearchItems":
            wanted = body[0].items()
            found = [path for path, (known, _) in self._items.items() if wanted <= known.items()]
            return "ao", (found,)
        if member == "Unlock":
            return "aoo", (body[0], "/")
        if member == "CreateItem":
            return self._create(*body)
        return None

    def _create(self, properties: Mapping[str, Any], secret: Any, _replace: bool) -> Any:
        attributes = properties["org.freedesktop.Secret.Item.Attributes"][1]
        known = [path for path, (given, _) in self._items.items() if given == attributes]
        path = known[0] if known else f"{_COLLECTION}/{len(self._items) + 1}"
        self._items[path] = (attributes, bytes(secret[2]))
        self._bus.export(path, _Item(self._items, path, self))
        self._say("kept", attributes=dict(attributes))
        return "oo", (path, "/")


class _Item:
    xml = ""

    def __init__(self, items: dict[str, Any], path: str, keychain: Keychain) -> None:
        self._items = items
        self._path = path
        self.properties = keychain.properties

    def call(self, _interface: str, member: str, body: Sequence[Any]) -> Any:
        if member == "GetSecret":
            session, value = body[0], self._items[self._path][1]
            return "(oayays)", ((session, b"", value, "text/plain"),)
        if member == "Delete":
            del self._items[self._path]
            return "o", ("/",)
        return None
