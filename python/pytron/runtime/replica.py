"""One state in several processes: what each of them changes is first an entry in the hub's log.

Whoever changes the state has a lease on it meanwhile, and has carried out before what others have
committed, so that `state.count += 1` in a transaction loses nothing. A process that slept past its
lease is refused by the log, which takes an entry only under the next number.
"""

from __future__ import annotations

import logging
import secrets
from threading import get_ident
from time import monotonic, sleep
from typing import Any, Final

from pytron import codec, protocol
from pytron.errors import PytronError, StateError
from pytron.hub import Hub, Tail
from pytron.persistence.restoring import restore
from pytron.state import Op, State, apply_ops, parse_ops

_log = logging.getLogger(__name__)

_KEY: Final = "state"
#: How long a lease lasts: that of a process which has died in the midst of a change is over then.
LEASE_S: Final = 5.0
#: How long a change waits for the lease.
_WAIT_S: Final = 2 * LEASE_S
#: The lease is asked for again after this, at first, and at most.
_AGAIN_S: Final = (0.001, 0.02)
#: A log that is longer is replaced by the state as it is.
_MOST_ENTRIES: Final = 1_000


class Replica:
    """Keeps an app's state the same as in the other processes, between `open` and `close`."""

    def __init__(self, state: State[Any], hub: Hub) -> None:
        self._state = state
        self._hub = hub
        self._me = secrets.token_urlsafe(12)
        #: The thread that carries out what others did: it changes nothing, and needs no lease.
        self._reader = 0
        self._leased = False
        self._failure: StateError | None = None
        self._stale = False
        self._committed = 0
        self._entries = 0

    def open(self) -> None:
        """Take the state that the others have; the first gives it to them.

        Raises:
            StateError: the hub does not answer, or has a state that does not fit.
        """
        self._state.obey(self)
        try:
            with self._state.hold():
                if self._failure is not None:
                    raise self._failure
                tail = self._hub.read(_KEY, -1)
                if tail.base:
                    self._reload(tail)
                else:
                    self._hub.rebase(_KEY, self._state.revision, self._whole())
            self._stop = self._hub.subscribe(_KEY, self._changed)
        except OSError as error:
            self._state.obey(None)
            raise _unreachable(error) from error
        except BaseException:
            self._state.obey(None)
            raise

    def close(self) -> None:
        """From now on the state is this process's own."""
        self._stop()
        self._state.obey(None)

    # --- for the state, which is locked -------------------------------------------------------

    def enter(self) -> None:
        """Have the lease, and everything that others did before."""
        self._failure = None
        try:
            if get_ident() != self._reader:
                self._leased = self._lease()
            self._catch_up()
        except OSError as error:
            self._failure = _unreachable(error)
        except StateError as error:
            self._failure = error

    def commit(self, revision: int, ops: list[Op]) -> None:
        """Make a change the log's next entry.

        Raises:
            StateError: it can't be: `conflict`, or `disconnected` when the hub does not answer.
        """
        failure = self._failure
        if failure is None:
            try:
                entry = _pack(codec.encode(ops, at=("ops",)))
                if self._leased and self._hub.append(_KEY, revision, entry):
                    self._committed = revision
                    self._entries += 1
                    return
                failure = StateError(
                    "another process has changed the state meanwhile: read it again and retry",
                    code="conflict",
                )
            except OSError as error:
                failure = _unreachable(error)
        self._stale = True
        raise failure

    def leave(self) -> None:
        """Tell the others, and give the lease back."""
        try:
            if self._stale:
                self._reload(self._hub.read(_KEY, -1))
            if self._committed:
                self._hub.publish(_KEY, self._me.encode())
                if self._entries > _MOST_ENTRIES:
                    self._hub.rebase(_KEY, self._committed, self._whole())
                    self._entries = 0
                self._committed = 0
            if self._leased:
                self._leased = False
                self._hub.release(_KEY, self._me)
        except (OSError, PytronError) as error:
            _log.warning("the state that processes share cannot be brought up to date: %s", error)

    def _lease(self) -> bool:
        deadline, again_s = monotonic() + _WAIT_S, _AGAIN_S[0]
        while not self._hub.claim(_KEY, self._me, LEASE_S):
            if monotonic() > deadline:
                raise StateError(
                    f"other processes have kept the state busy for {_WAIT_S:g} s; try again",
                    code="busy",
                )
            sleep(again_s)
            again_s = min(2 * again_s, _AGAIN_S[1])
        return True

    # --- what others did ----------------------------------------------------------------------

    def _changed(self, who: bytes) -> None:
        """Somebody has committed. On the hub's thread."""
        if who == self._me.encode():
            return
        self._reader = get_ident()
        with self._state.hold():  # `enter` carries it out
            if self._failure is not None:
                _log.warning("%s", self._failure)

    def _catch_up(self) -> None:
        tail = self._hub.read(_KEY, self._state.revision)
        if self._stale or tail.start is not None:
            self._reload(tail if tail.start is not None else self._hub.read(_KEY, -1))
            return
        for entry in tail.entries:
            self._state.follow(self._state.revision + 1, _unpack(entry))

    def _reload(self, tail: Tail) -> None:
        """Become what the log says, from its base on."""
        value = _unpack(tail.base)
        for entry in tail.entries:
            value = apply_ops(value, parse_ops(_unpack(entry)))
        whole: list[Op] = [{"op": "set", "path": [], "value": value}]
        self._state.follow((tail.start or 0) + len(tail.entries), whole)
        self._entries = len(tail.entries)
        self._stale = False

    def _whole(self) -> bytes:
        return _pack(codec.encode(self._state.snapshot()[1], at=("ops",)))


def _pack(encoded: codec.Encoded) -> bytes:
    head = codec.encode_plain(encoded.bin)
    return b"".join(protocol.join_binary_frame(b"%b\n%b" % (head, encoded.json), encoded.parts))


def _unpack(entry: bytes) -> Any:
    text, parts = protocol.split_binary_frame(entry)
    head, _, body = text.partition(b"\n")
    return restore("ops", body, codec.decode(head), parts)


def _unreachable(error: OSError) -> StateError:
    return StateError(
        f"the hub that processes share does not answer ({error}); changes wait until it does",
        code="disconnected",
    )
