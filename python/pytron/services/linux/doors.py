"""Where a second start finds the first: a Unix socket that only this user can reach."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import struct
import tempfile
from pathlib import Path

from pytron.errors import EngineError

_TIMEOUT_S = 5.0


class Door:
    """The first instance's end."""

    def __init__(self, listener: socket.socket, path: Path) -> None:
        self._listener = listener
        self._path = path

    def wait(self, limit_bytes: int) -> bytes | None:
        """What the next start of this user says; None when it is closed."""
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return None
            with peer:
                peer.settimeout(_TIMEOUT_S)
                try:
                    if _user_of(peer) == os.getuid():
                        message = _read(peer, limit_bytes)
                        peer.sendall(b"taken")
                        return message
                except (OSError, ValueError):
                    continue

    def close(self) -> None:
        """Let another one be the first."""
        self._path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def claim(app_id: str, message: bytes) -> Door | None:
    """The door, if this is the first instance; else None: the first one has the message.

    Raises:
        EngineError: the first one is there and does not answer.
    """
    path = _folder() / f"{app_id}.socket"
    for _ in range(3):
        listener = socket.socket(socket.AF_UNIX)
        try:
            listener.bind(str(path))
            path.chmod(0o600)
            listener.listen(16)
            return Door(listener, path)
        except OSError as error:
            listener.close()
            if error.errno != errno.EADDRINUSE:
                raise EngineError(
                    f"{path} cannot be used for a single instance: {error}"
                ) from error
        if _told(path, message):
            return None
        path.unlink(missing_ok=True)  # nobody listens: it was left behind by one that was killed
    raise EngineError(f"{path} is taken again and again; remove it")


def _told(path: Path, message: bytes) -> bool:
    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(_TIMEOUT_S)
        try:
            peer.connect(str(path))
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        if _user_of(peer) != os.getuid():
            raise EngineError(f"{path} belongs to another user; remove it")
        try:
            peer.sendall(struct.pack("<I", len(message)) + message)
            if peer.recv(5) == b"taken":
                return True
        except OSError as error:
            raise EngineError(
                f"the app runs already, and does not answer ({error}); end it first"
            ) from error
    raise EngineError("the app that runs already did not take the arguments; end it first")


def _folder() -> Path:
    """A folder that only this user can enter."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    base = Path(runtime) if runtime.startswith("/") and Path(runtime).is_dir() else None
    folder = base / "pytron" if base else Path(tempfile.gettempdir()) / f"pytron-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise EngineError(f"{folder} can be entered by others; remove it, or set its mode to 700")
    return folder


def _user_of(peer: socket.socket) -> int:
    if not hasattr(socket, "SO_PEERCRED"):  # macOS: LOCAL_PEERCRED gives version, then user
        found: int = struct.unpack_from("II", peer.getsockopt(0, 1, 76))[1]
        return found
    credentials = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    user: int = struct.unpack("3i", credentials)[1]
    return user


def _read(peer: socket.socket, limit_bytes: int) -> bytes:
    (length,) = struct.unpack("<I", _exactly(peer, 4))
    if length > limit_bytes:
        raise ValueError("too long")
    return _exactly(peer, length)


def _exactly(peer: socket.socket, count: int) -> bytes:
    found = bytearray()
    while len(found) < count:
        piece = peer.recv(count - len(found))
        if not piece:
            raise ValueError("it was cut off")
        found += piece
    return bytes(found)
