"""Which requests are looked at at all: names, origins, sites, and how many.

Pages of other sites reach a server on this machine as easily as our own: by a form, a WebSocket, a
name that is rebound to 127.0.0.1. So each request must say that it comes from our own pages.

Source: RFC 6454 (origins), https://www.w3.org/TR/fetch-metadata/.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

from pytron.server.options import LOOPBACK, ServerOptions, bracketed, origin_of

_SAME = frozenset({"same-origin", "none"})
#: Addresses whose requests are counted; those that have been quiet longest are forgotten first.
_MOST_ADDRESSES = 10_000


class Refusal(NamedTuple):
    """Why a request is not answered, for the log and for whoever sent it."""

    status: int
    cause: str
    reason: str


class Guard:
    """Checks names and origins."""

    def __init__(self, options: ServerOptions, port: int) -> None:
        own = {origin_of(f"{options.scheme}://{bracketed(options.host)}:{port}")}
        if options.host in LOOPBACK:
            own |= {origin_of(f"{options.scheme}://{bracketed(h)}:{port}") for h in LOOPBACK}
        if options.url:
            own.add(origin_of(options.url))
        self.origins = frozenset(own | {origin_of(origin) for origin in options.origins})
        self._hosts = frozenset(origin.partition("://")[2] for origin in self.origins)

    def check(
        self, method: str, headers: Mapping[str, str], *, socket: bool = False
    ) -> Refusal | None:
        """Why a request must not be answered, or None.

        Args:
            method: GET for a WebSocket.
            headers: by lower-case names.
            socket: it asks for a WebSocket.
        """
        host = _plain_host(headers.get("host", ""))
        if host not in self._hosts:
            return Refusal(
                421, "host", f"this server is not {host!r}; it is {', '.join(sorted(self._hosts))}"
            )
        origin = headers.get("origin")
        needs_origin = socket or method not in ("GET", "HEAD")
        if origin is None and needs_origin:
            return Refusal(403, "origin", "a browser would send an Origin; this is none")
        if origin is not None and origin not in self.origins:
            return Refusal(
                403,
                "origin",
                f"pages of {origin} may not; to allow it, start the server with origins={origin!r}",
            )
        site = headers.get("sec-fetch-site", "same-origin")
        if site not in _SAME and not (origin is not None and origin in self.origins):
            navigates = headers.get("sec-fetch-mode") == "navigate" and method == "GET"
            if not (navigates and headers.get("sec-fetch-dest") == "document"):
                return Refusal(403, "site", f"a page of another site ({site}) asked for this")
        return None


def _plain_host(host: str) -> str:
    """A Host header as an origin has it: without the port that its scheme implies."""
    name = host.lower()
    return name.removesuffix(":80").removesuffix(":443")


class Bucket:
    """So much at once, and so much a second for long."""

    __slots__ = ("_clock", "_last", "_left", "_rate", "_size")

    def __init__(
        self, rate: float, size: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate = rate
        self._size = size
        self._left = size
        self._clock = clock
        self._last = clock()

    def take(self, amount: float = 1) -> float:
        """Take some; the seconds to wait until that is within the rate."""
        now = self._clock()
        self._left = min(self._size, self._left + (now - self._last) * self._rate) - amount
        self._last = now
        return 0.0 if self._left >= 0 else -self._left / self._rate


class Addresses:
    """How often addresses ask, and how many connections they hold."""

    def __init__(
        self, per_minute: float, connections: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_minute = per_minute
        self._most = connections
        self._clock = clock
        self._buckets: dict[str, Bucket] = {}
        self._open: dict[str, int] = {}

    def ask(self, address: str) -> bool:
        """Whether one more request of an address is within its rate."""
        bucket = self._buckets.pop(address, None)
        if bucket is None:
            rate = self._per_minute / 60
            bucket = Bucket(rate, max(1.0, self._per_minute / 6), self._clock)
        self._buckets[address] = bucket  # at the end: the first is the one that is quiet longest
        if len(self._buckets) > _MOST_ADDRESSES:
            del self._buckets[next(iter(self._buckets))]
        return bucket.take() == 0

    def connect(self, address: str) -> bool:
        """Count one more connection of an address; False when it has too many."""
        held = self._open.get(address, 0)
        if held >= self._most:
            return False
        self._open[address] = held + 1
        return True

    def leave(self, address: str) -> None:
        """One of its connections has ended."""
        held = self._open.get(address, 1) - 1
        if held > 0:
            self._open[address] = held
        else:
            self._open.pop(address, None)
