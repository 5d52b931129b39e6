"""Bodies of asset answers that go over the link in pieces, as fast as they are taken."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Condition
from typing import Final

from pytron.framing import Buffer
from pytron.link import Channel, post

#: Pieces under way before the first was taken (spec/view.md, section 7).
AHEAD: Final = 4
#: No piece is larger: others want to use the link, too.
PIECE_BYTES: Final = 1 << 20


class Bodies:
    """The bodies that are being sent. One thread sends each."""

    def __init__(self) -> None:
        self._credit: dict[int, int] = {}
        self._changed = Condition()
        self._closed = False

    def send(self, link: Channel, request: int, pieces: Iterator[Buffer]) -> None:
        """Send a body to its end, or until nobody wants it."""
        with self._changed:
            self._credit[request] = AHEAD
        try:
            for piece in pieces:
                view = memoryview(piece).cast("B")
                for start in range(0, view.nbytes, PIECE_BYTES):
                    if not self._may_send(request):
                        return
                    chunk = view[start : start + PIECE_BYTES]
                    post(link, {"kind": "chunk", "request": request}, [chunk])
            post(link, {"kind": "chunk", "request": request, "end": True})
        except BaseException:
            # The page must not take half a body for a whole one.
            post(link, {"kind": "chunk", "request": request, "end": True, "failed": True})
            raise
        finally:
            with self._changed:
                self._credit.pop(request, None)
            close = getattr(pieces, "close", None)
            if close is not None:
                close()

    def credit(self, request: int, count: int) -> None:
        """So many more pieces may be sent."""
        with self._changed:
            if request in self._credit:
                self._credit[request] += count
                self._changed.notify_all()

    def drop(self, request: int) -> None:
        """Nobody wants the rest of it."""
        with self._changed:
            self._credit.pop(request, None)
            self._changed.notify_all()

    def close(self) -> None:
        """The link has ended."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _may_send(self, request: int) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._credit.get(request, -1) != 0)
            if self._closed or request not in self._credit:
                return False
            self._credit[request] -= 1
            return True
