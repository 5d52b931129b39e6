"""A network that breaks: a TCP proxy that cuts its connections after some bytes."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Callable
from contextlib import suppress

Limit = Callable[[], int]


class Proxy:
    """Passes connections on to a port; `cut` and the limits of each end them without goodbye."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        #: Where connections go; none before the app is known.
        self.target = 0
        #: While true, connections are cut after so many bytes, anew for each; else never.
        self.breaking = False
        self.cuts = 0
        self._ended = False
        threading.Thread(target=self._accept, daemon=True).start()

    def end(self) -> None:
        """Take no more connections."""
        self._ended = True
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while not self._ended:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self.target), 10)
        except OSError:
            client.close()
            return
        pair = (client, server)
        # Each way has a limit of its own: whichever is reached first ends both.
        for a, b in (pair, pair[::-1]):
            limit = self._chance.choice([3_000, 30_000, 200_000]) + self._chance.randrange(3_000)
            threading.Thread(target=self._pass, args=(a, b, limit), daemon=True).start()

    def _pass(self, a: socket.socket, b: socket.socket, limit: int) -> None:
        passed = 0
        socket_like = False
        with suppress(OSError):
            while data := a.recv(65536):
                socket_like |= (
                    b"101 Switching" in data[:200] or b"Upgrade: websocket" in data[:2000]
                )
                passed += len(data)
                if self.breaking and socket_like and passed > limit:
                    b.sendall(data[: len(data) // 2])  # in the middle of a frame, too
                    self.cuts += 1
                    break
                b.sendall(data)
        for end in (a, b):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
