"""The sockets that pages have of their own, and who serves them.

Source: spec/view.md, sections 6 and 7.
"""

from __future__ import annotations

import os
from contextlib import suppress

from pytron.framing import pack
from pytron.link import Channel, post


class Sockets:
    """Gives each page's socket to the app that serves; while there is none, holds it."""

    def __init__(self) -> None:
        self._app: Channel | None = None
        self._windows: set[int] = set()
        self._held: dict[int, int] = {}

    def __contains__(self, window: object) -> bool:
        """Whether a window's page has one, served or not."""
        return window in self._windows

    def serve(self, app: Channel) -> None:
        """From now on they are an app's, with all that are held."""
        self._app = app
        for window, descriptor in self._held.items():
            _give(app, window, descriptor)
        self._held.clear()

    def hold(self) -> None:
        """From now on they are nobody's.

        An app that is to end closes its sockets first, and pages make new ones at once: those are
        for the next app already.
        """
        self._app = None

    def take(self, window: int, descriptor: int) -> None:
        """A page has a new socket. It replaces the last one."""
        self._windows.add(window)
        if self._app is not None:
            _give(self._app, window, descriptor)
            return
        self._close(window)
        self._held[window] = descriptor

    def tell(self, window: int, text: bytes) -> None:
        """Send a page a frame, if its socket is held: else it sees by itself what happens."""
        if window in self._held:
            with suppress(OSError):  # the page has gone, and its next socket will come
                os.write(self._held[window], b"".join(bytes(piece) for piece in pack(text)))

    def drop(self, window: int) -> None:
        """A window has closed."""
        self._windows.discard(window)
        self._close(window)

    def close(self) -> None:
        """End all that are held."""
        for window in list(self._held):
            self._close(window)

    def _close(self, window: int) -> None:
        descriptor = self._held.pop(window, -1)
        if descriptor >= 0:
            os.close(descriptor)


def _give(app: Channel, window: int, descriptor: int) -> None:
    post(app, {"kind": "port", "window": window}, descriptor=descriptor)
    os.close(descriptor)
