"""Sockets that pages' own processes share with the kit (spec/view.md, section 6)."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from pytron.engine import Frame
from pytron.errors import ProtocolError
from pytron.link import Channel, Hub
from pytron.linked.page import Page

_log = logging.getLogger(__name__)


class Ports:
    """Which socket is which window's. For the thread that listens."""

    def __init__(self, hub: Hub, pages: Mapping[int, Page]) -> None:
        self._hub = hub
        self._pages = pages
        self._windows: dict[Channel, int] = {}

    def join(self, window: int, descriptor: int) -> None:
        """The page of a window is reached by this socket from now on."""
        port = Channel.of_descriptor(descriptor)
        page = self._pages.get(window)
        if page is None:
            port.close()
            return
        self.drop(page.join(port))
        self._windows[port] = window
        self._hub.add(port)

    def read(self, port: Channel) -> list[Frame]:
        """The frames that have come over one."""
        window = self._windows.get(port)
        if window is None:  # it was ready, and what the link brought with it has closed it
            return []
        try:
            parcels, more = port.read()
        except ProtocolError as error:
            _log.warning("the page of window %d is cut off: %s", window, error)
            parcels, more = [], False
        if not more:
            page = self._pages.get(window)
            if page is not None:
                page.leave(port)
            self.drop(port)
        return [Frame(window, parcel.text, parcel.parts) for parcel in parcels]

    def drop(self, port: Channel | None) -> None:
        """Close one, if there is one."""
        if port is not None:
            self._windows.pop(port, None)
            port.close()

    def close(self) -> None:
        """Close all."""
        for port in list(self._windows):
            self.drop(port)
