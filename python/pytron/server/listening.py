"""Before anything is served: whether it can be, and where."""

from __future__ import annotations

import socket
from importlib.util import find_spec
from typing import Final

from pytron.errors import EngineError

_PACKAGES: Final = ("starlette", "uvicorn", "websockets")


def check_packages() -> None:
    """Refuse to begin without what the server is made of.

    Raises:
        EngineError: some of it is not installed.
    """
    missing = [name for name in _PACKAGES if find_spec(name) is None]
    if missing:
        raise EngineError(
            f"the server engine needs more packages ({', '.join(missing)} missing); run: "
            "pip install 'pytron-kit[server]'"
        )


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there.

    Raises:
        EngineError: the port is taken, or there is no such address.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise EngineError(
            f"nothing can listen on {host}:{port}: {error.strerror or error}; choose another "
            "port, or end the program that has it"
        ) from error
    return listener


def check_certificate(certificate: str, key: str) -> None:
    """Refuse to begin with a certificate that no browser could be shown.

    Raises:
        EngineError: a file is missing, is none, or the two do not belong together.
    """
    import ssl

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise EngineError(
            f"TLS with {certificate} and {key} is not possible ({error.strerror or error}); give a "
            "PEM file with the server's certificate, then those that signed it, and one with its "
            "key, without a passphrase"
        ) from error
