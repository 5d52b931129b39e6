"""Whether there is a way out of this machine, asked of the kernel, which also tells of changes.

Source: rtnetlink(7).
"""

from __future__ import annotations

import contextlib
import logging
import socket
from collections.abc import Callable
from pathlib import Path
from threading import Thread

_log = logging.getLogger(__name__)
#: Groups of <linux/rtnetlink.h>: routes of IPv4 and IPv6.
_ROUTES = 0x40 | 0x400
_ROUTE_FAMILY = 0


def online() -> bool:
    """Whether the kernel has a default route."""
    try:
        routes = Path("/proc/net/route").read_text("ascii").splitlines()[1:]
        if any(route.split()[1] == "00000000" for route in routes):
            return True
        six = Path("/proc/net/ipv6_route").read_text("ascii").splitlines()
    except OSError:
        return False
    return any(route.startswith("0" * 32 + " 00 ") and not route.endswith(" lo") for route in six)


class Watch:
    """Calls back with `online()` whenever it has become another."""

    def __init__(
        self, changed: Callable[[bool], object], source: socket.socket | None = None
    ) -> None:
        """Begin; `source` is for tests: it says that something may have changed.

        Raises:
            OSError: the kernel tells nobody here.
        """
        self._changed = changed
        self._source = source or _routes()
        self._last = online()
        Thread(target=self._read, name="pytron-network", daemon=True).start()

    def close(self) -> None:
        """No more."""
        with contextlib.suppress(OSError):
            self._source.shutdown(socket.SHUT_RDWR)
        self._source.close()

    def _read(self) -> None:
        while True:
            try:
                if not self._source.recv(1 << 16):
                    return
            except OSError as error:
                _log.debug("routes are watched no more: %s", error)
                return
            now = online()
            if now != self._last:
                self._last = now
                self._changed(now)


def _routes() -> socket.socket:
    made = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _ROUTE_FAMILY)
    made.bind((0, _ROUTES))
    return made
