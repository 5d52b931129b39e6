"""Where a second start finds the first: a named pipe of this user.

Run under Wine by hand; a test runs it over a Unix socket in the pipe's place.
"""

from __future__ import annotations

import getpass
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Listener

from pytron.errors import EngineError
from pytron.platforms import data_folder
from pytron.services.launch import secret_of

_FAMILY = "AF_PIPE"


class Door:
    """The first instance's end."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._closed = False

    def wait(self, limit_bytes: int) -> bytes | None:
        """What the next start says; None when it is closed."""
        while not self._closed:
            try:
                with self._listener.accept() as peer:
                    message: bytes = peer.recv_bytes(limit_bytes)
                    peer.send_bytes(b"taken")
                    return message
            except (EOFError, OSError, AuthenticationError):
                continue  # that one has gone, or has not the key: the next one may come
        return None

    def close(self) -> None:
        """Let another one be the first."""
        self._closed = True
        self._listener.close()


def claim(app_id: str, message: bytes) -> Door | None:
    """The door, if this is the first instance; else None: the first one has the message.

    Anybody can make a pipe of this name, so both ends prove that they have the app's key, which is
    in the user's own folder.

    Raises:
        EngineError: the first one is another user's, or does not answer.
    """
    address, key = _address(app_id), secret_of(data_folder() / app_id, "instance.key")
    for _ in range(3):
        try:
            with Client(address, family=_FAMILY, authkey=key) as first:
                first.send_bytes(message)
                if first.recv_bytes(16) == b"taken":
                    return None
        except FileNotFoundError:
            pass  # nobody is there
        except (AuthenticationError, PermissionError) as error:
            raise EngineError(
                f"{address} is another user's or another program's; end that one first"
            ) from error
        except (EOFError, OSError) as error:
            raise EngineError(
                f"the app runs already, and does not answer ({error}); end it first"
            ) from error
        try:
            return Door(Listener(address, family=_FAMILY, authkey=key))
        except OSError:
            continue  # another start has just made it, and takes the message
    raise EngineError(f"{address} is taken again and again; end the app that runs")


def _address(app_id: str) -> str:
    return rf"\\.\pipe\pytron-{getpass.getuser()}-{app_id}"
