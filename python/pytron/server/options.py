"""What a server is told: by the command line, the environment, or the program."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from importlib import import_module
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pytron import protocol
from pytron.errors import ConfigError

if TYPE_CHECKING:
    from pytron.hub import Hub

#: Before a name, in the environment: PYTRON_SERVER_PORT.
_PREFIX = "PYTRON_SERVER_"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
#: Numbers → the least and the most that make sense.
_RANGES = {
    "port": (0, 65_535),
    **dict.fromkeys(("connections", "per_address", "pending"), (1, 10**9)),
    "frame_bytes": (1_024, 2**40),
    **dict.fromkeys(("frame_rate", "requests_per_minute"), (0.001, 10**9)),
    **dict.fromkeys(("keep_s", "drain_s"), (0, 10**9)),
}
_TRUE, _FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})


@dataclass(frozen=True)
class ServerOptions:
    """How an app is served.

    Attributes:
        remote: a real deployment: sessions are remote, and reach only what is marked for them.
        host: the address to listen on.
        port: the port; 0 takes a free one.
        url: the address that browsers use, where it is not that of host and port: behind a proxy.
        origins: other origins whose pages may connect, such as a development server's.
        tls_cert: a file of certificates; with it the server speaks TLS.
        tls_key: the file of its key.
        pairing: ask browsers for a one-time token; without it every visitor may come.
        browser: open the browser; None where the terminal is one that a person sees.
        proxies: addresses of proxies whose X-Forwarded-For is believed, with commas.
        connections: WebSockets open at a time.
        per_address: the same, for one address.
        frame_bytes: the most binary that a frame may bring, and JSON likewise.
        frame_rate: frames a second that one remote page may send for long; more are taken later.
        pending: calls of one session that may wait.
        requests_per_minute: HTTP requests of one address.
        keep_s: how long a session without a connection is kept.
        drain_s: how long the end waits for calls.
        metrics_token: gives /_pytron/metrics to who sends it as a bearer token.
        proxy_token: whoever sends it is paired: a development server's proxy (spec/dev.md).
        key_file: where the key of the cookies is kept, so that browsers stay paired.
        hub: what makes the hub that several processes share, as `module:function`.
    """

    remote: bool = False
    host: str = "127.0.0.1"
    port: int = 0
    url: str = ""
    origins: tuple[str, ...] = ()
    tls_cert: str = ""
    tls_key: str = ""
    pairing: bool = True
    browser: bool | None = None
    proxies: str = ""
    connections: int = 10_000
    per_address: int = 256
    frame_bytes: int = protocol.MAX_PARTS_BYTES
    frame_rate: float = 2_000
    pending: int = protocol.LIMITS["pending"]
    requests_per_minute: float = 60_000
    keep_s: float = 120
    drain_s: float = 10
    metrics_token: str = ""
    proxy_token: str = ""
    key_file: str = ""
    hub: str = ""

    def __post_init__(self) -> None:
        """Check what does not depend on the machine.

        Raises:
            ConfigError: options do not go together.
        """
        for name, (least, most) in _RANGES.items():
            if not least <= getattr(self, name) <= most:  # NaN is nowhere between
                room = f"from {least} to {most}"
                raise ConfigError(f"{name}={getattr(self, name)!r}: give a number {room}")
        for proxy in filter(None, map(str.strip, self.proxies.split(","))):
            _check_proxy(proxy)
        if bool(self.tls_cert) != bool(self.tls_key):
            raise ConfigError("TLS needs both a certificate and its key: tls_cert and tls_key")
        for origin in (self.url, *self.origins):
            if origin:
                origin_of(origin)
        if self.proxy_token and (self.remote or self.host not in LOOPBACK):
            raise ConfigError("proxy_token is for development on this machine, not for remote=True")
        if self.hub and not self.key_file:
            raise ConfigError(
                "processes that share a hub check each other's cookies: give all of them the same "
                "key_file"
            )
        if self.host not in LOOPBACK and not self.url:
            raise ConfigError(
                f"host={self.host!r} can be reached from outside, where the name that browsers "
                "use is not known; give url='https://notes.example.org', which the Host of every "
                "request is checked against"
            )
        if self.host not in LOOPBACK and not self.remote:
            raise ConfigError(
                f"host={self.host!r}: an app that is served to other machines must be started by "
                "pytron serve, which lets them reach only functions with remote=True"
            )

    def shared_hub(self) -> Hub | None:
        """The hub, made anew; None where this process is alone.

        Raises:
            ConfigError: it cannot be made.
        """
        if not self.hub:
            return None
        module, _, name = self.hub.partition(":")
        try:
            make: Callable[[], Hub] = getattr(import_module(module), name)
            return make()
        except (ImportError, AttributeError, ValueError, OSError) as error:
            raise ConfigError(
                f"hub={self.hub!r} makes no hub: {error}; write module:function, of a function "
                "without arguments that gives a pytron.hub.Hub"
            ) from error

    @property
    def json_bytes(self) -> int:
        """The most JSON that a frame may bring."""
        return min(self.frame_bytes, protocol.LIMITS["frame"])

    @property
    def scheme(self) -> str:
        """What the server itself speaks."""
        return "https" if self.tls_cert else "http"

    @classmethod
    def of(cls, values: Mapping[str, Any] | None = None) -> ServerOptions:
        """Options from the environment, PYTRON_SERVER_…, over the ones given.

        Raises:
            ConfigError: one of them is unknown or has no such value.
        """
        known = {field.name: field for field in fields(cls)}
        merged: dict[str, Any] = {}
        for name, value in (values or {}).items():
            if name not in known:
                raise ConfigError(f"a server has no option {name!r}; there are: {', '.join(known)}")
            merged[name] = _as_kind(name, value, str(known[name].type))
        for name, field in known.items():
            text = os.environ.get(_PREFIX + name.upper())
            if text:
                merged[name] = _as_kind(name, text, str(field.type))
        return cls(**merged)


def _check_proxy(address: str) -> None:
    if address == "*":
        return
    try:
        ip_network(address, strict=False)
    except ValueError as error:
        raise ConfigError(
            f"proxies={address!r} is no address, so no visitor would be told from another; write "
            "10.0.0.7, or a network such as 10.0.0.0/8"
        ) from error


def _as_kind(name: str, value: Any, kind: str) -> Any:
    """The value of an option, which may have come as text."""
    try:
        if kind.startswith("tuple"):
            parts = value.split(",") if isinstance(value, str) else value
            return tuple(str(part).strip() for part in parts if str(part).strip())
        if kind.startswith("bool"):
            return value if isinstance(value, bool) else _truth(str(value))
        if kind == "int":
            return int(value)
        if kind == "float":
            return float(value)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{name}={value!r} does not fit: {error}") from error
    return str(value)


def _truth(text: str) -> bool:
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise ValueError("write 1 or 0")


def bracketed(host: str) -> str:
    """A host as addresses have it, where IPv6 has brackets."""
    return f"[{host}]" if ":" in host else host


def origin_of(url: str) -> str:
    """Scheme, host and port as browsers write an origin.

    Raises:
        ConfigError: it is no http or https address.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ConfigError(f"{url!r} is no address: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(f"{url!r} is no address of a server; write https://notes.example.org")
    host = bracketed(parts.hostname)
    default = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + ("" if port in (None, default) else f":{port}")
