"""Where a second start finds the first: a named pipe of this user. Only type-checked."""

from __future__ import annotations

from multiprocessing.connection import Client, Listener
from typing import Any

from pytron.errors import EngineError


class Door:
    """The first instance's end."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener

    def wait(self, limit_bytes: int) -> bytes | None:
        """What the next start says; None when it is closed."""
        while True:
            try:
                with self._listener.accept() as peer:
                    message = peer.recv_bytes(limit_bytes)
                    peer.send_bytes(b"taken")
                    return message
            except EOFError:
                continue
            except OSError:
                return None

    def close(self) -> None:
        """Let another one be the first."""
        self._listener.close()


def claim(app_id: str, message: bytes) -> Door | None:
    """The door, if this is the first instance; else None: the first one has the message."""
    import getpass

    name = rf"\\.\pipe\pytron-{getpass.getuser()}-{app_id}"
    try:
        with Client(name, family="AF_PIPE") as peer:
            first: Any = peer
            first.send_bytes(message)
            if first.recv_bytes(16) != b"taken":
                raise EngineError("the app that runs already did not take the arguments")
            return None
    except FileNotFoundError:
        return Door(Listener(name, family="AF_PIPE"))
