"""The link: messages of spec/view.md between processes, and the process at its other end.

Source: spec/view.md, section 7.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from pytron import codec
from pytron.errors import EngineError, ProtocolError
from pytron.framing import Buffer, Parcel, pack
from pytron.logs import logger
from pytron.platforms.streams import Channel, Hub, adopt, inherited, kill, launch, reap

if TYPE_CHECKING:
    from socket import socket

__all__ = ["ADDRESS", "VERSION", "Channel", "Child", "Hub", "Message", "messages", "post"]

_log = logger(__name__)

VERSION: Final = 1
#: The variable that tells a process how it is joined to the one that started it.
ADDRESS: Final = "PYTRON_LINK"
#: How long a process may take to end after it was asked to.
END_TIMEOUT_S: Final = 3.0


class Message(NamedTuple):
    """One message: its fields, and the bytes beside them."""

    fields: dict[str, Any]
    parts: list[bytes | memoryview]

    @property
    def kind(self) -> str:
        """What it is."""
        return self.fields["kind"]


def opened(parcel: Parcel) -> Message:
    """The message in a frame.

    Raises:
        ProtocolError: it is none.
    """
    try:
        fields: Any = codec.decode(parcel.text)
    except ValueError as error:
        raise ProtocolError(f"a message over the link is no JSON: {error}") from error
    if not isinstance(fields, dict) or not isinstance(
        cast("dict[str, Any]", fields).get("kind"), str
    ):
        raise ProtocolError("a message over the link is no object with a kind")
    return Message(cast("dict[str, Any]", fields), parcel.parts)


def messages(channel: Channel) -> tuple[list[Message], bool]:
    """What has arrived over a link, and whether more can come.

    Raises:
        ProtocolError: the other side does not keep to the protocol; end the link.
    """
    parcels, more = channel.read()
    return [opened(parcel) for parcel in parcels], more


def post(
    channel: Channel,
    fields: Mapping[str, object],
    parts: Sequence[Buffer] = (),
    descriptor: int = -1,
) -> bool:
    """Send a message; it never waits. False when the other side has gone."""
    return channel.send(pack(codec.encode_plain(fields), parts), descriptor)


#: The link that was given back, and the address that stands for it.
_spare: list[Channel] = []
_SPARE: Final = "spare"


def taken() -> Channel | None:
    """The link that this process was started with; None when it was started without.

    Raises:
        EngineError: the address is none.
    """
    address = os.environ.pop(ADDRESS, None)  # not for what this process starts in its turn
    if address == _SPARE:
        return _spare.pop() if _spare else None
    return inherited(address) if address else None


def let_go(channel: Channel, *, to_next: bool) -> None:
    """Have no more to do with a link: it ends, or is taken by the next engine that is tried."""
    if to_next:
        _spare[:] = [channel]
        os.environ[ADDRESS] = _SPARE
    else:
        channel.close()


class Child:
    """A process of ours at the other end of a link. It is reaped at once, and never outlives us.

    A thread of its own starts it, waits for it and lives as long as it does.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        output: int | None = None,
        ended: Callable[[], object] = lambda: None,
    ) -> None:
        """Start it.

        Args:
            command: the program and its arguments.
            environment: all its variables.
            output: a descriptor that it writes to, closed here; by default where we do.
            ended: called from that thread when it has ended.

        Raises:
            EngineError: it cannot be started.
        """
        self._watch(lambda: launch(command, environment, output=output), output, ended)
        if self._error is not None:
            raise EngineError(f"{command[0]} cannot be started: {self._error}") from self._error

    @classmethod
    def adopted(cls, pid: int, joined: socket) -> Child:
        """A process that was started by other means, by the main thread, which outlives it."""
        child = cls.__new__(cls)
        child._watch(lambda: adopt(pid, joined), None, lambda: None)
        return child

    def _watch(
        self,
        born: Callable[[], tuple[Channel, Any]],
        output: int | None,
        ended: Callable[[], object],
    ) -> None:
        self._begun = threading.Event()
        self._over = threading.Event()
        self._error: BaseException | None = None
        #: Its exit code; None while it lives. Negative: the signal that ended it.
        self.code: int | None = None
        self._thread = threading.Thread(
            target=self._live,
            args=(born, output, ended),
            name="pytron-child",
            daemon=True,
        )
        self._thread.start()
        self._begun.wait()

    def _live(
        self,
        born: Callable[[], tuple[Channel, Any]],
        output: int | None,
        ended: Callable[[], object],
    ) -> None:
        try:
            self.channel, self._process = born()
        except BaseException as error:  # noqa: BLE001 - raised where it was asked for
            self._error = error
            self._begun.set()
            return
        finally:
            if output is not None:
                os.close(output)
        self._begun.set()
        self.code = reap(self._process)
        self._over.set()
        ended()

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for its end; whether it has come."""
        return self._over.wait(timeout_s)

    def end(self, timeout_s: float = END_TIMEOUT_S) -> None:
        """Wait for the end that it was asked for, then kill it and all that it started."""
        if not self._over.wait(timeout_s):
            if timeout_s > 0:
                _log.warning("process %d did not end in %g s and is killed", self.pid, timeout_s)
            kill(self._process)
            self._over.wait(END_TIMEOUT_S)

    def fate(self) -> str:
        """How it ended, for a message; it has left the link, and may take a while to end."""
        self._over.wait(END_TIMEOUT_S)
        if self.code is None:
            return "it has left the link, and is still there"
        if self.code < 0:
            try:
                return f"it was ended by {signal.Signals(-self.code).name}"
            except ValueError:
                return f"it was ended by signal {-self.code}"
        return f"its exit code was {self.code}"
