"""The other processes of a deployment: what is emitted in one reaches the pages of all."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from pytron import codec, protocol
from pytron.codec import Encoded
from pytron.dispatcher.dispatch import EPOCH
from pytron.hub import Hub

_log = logging.getLogger(__name__)

_TOPIC: Final = "events"


class Neighbours:
    """Passes events on, and takes theirs, between `open` and `close`."""

    def __init__(self, hub: Hub, heard: Callable[[str, Encoded], object]) -> None:
        """Join them.

        Args:
            hub: leads to them.
            heard: sends an event of theirs to the pages here; it may wait.
        """
        self._hub = hub
        self._heard = heard
        self._stop = hub.subscribe(_TOPIC, self._take)

    def close(self) -> None:
        """Hear no more of them."""
        self._stop()

    def tell(self, name: str, data: Encoded) -> None:
        """Send an event to all of them."""
        head = codec.encode_plain({"from": EPOCH, "name": name, "bin": data.bin})
        frame = protocol.join_binary_frame(b"%b\n%b" % (head, data.json), data.parts)
        try:
            self._hub.publish(_TOPIC, b"".join(frame))
        except OSError as error:
            _log.warning("the event %r does not reach other processes: %s", name, error)

    def _take(self, message: bytes) -> None:
        text, parts = protocol.split_binary_frame(message)
        head, _, body = text.partition(b"\n")
        fields = codec.decode(head)
        if fields["from"] != EPOCH:
            self._heard(fields["name"], Encoded(body, parts, fields["bin"]))
