"""One call of a page: its identity, its progress and its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from math import isfinite
from time import monotonic
from typing import TYPE_CHECKING, Any

from pytron import codec, protocol
from pytron.errors import CallError

if TYPE_CHECKING:
    from pytron.dispatcher.functions import Function
    from pytron.dispatcher.session import Session
    from pytron.dispatcher.streams import Stream

running: ContextVar[Call] = ContextVar("pytron_call")


class Call(codec.Record, eq=False, weakref=True):
    """A call that has passed the checks.

    A record, for those are made without running Python code: there is one for each call.
    """

    id: int
    #: What came; forgotten once the arguments are decoded, for it holds the whole frame.
    message: protocol.Call | None
    function: Function
    session: Session
    parts: Sequence[bytes | memoryview]
    #: Ids of the uploads that it has brought; they end with it.
    uploads: Sequence[int] = ()
    cancelled: bool = False
    deadline: float | None = None
    limit_s: float | None = None
    #: Ends the work early, once there is something to end.
    stop: Callable[[], object] | None = None
    #: The items, if the function turns out to be a generator.
    stream: Stream | None = None

    def progress(self, value: float, total: float | None = None, note: str | None = None) -> None:
        """Tell the page how far the call is. A page that does not read misses some.

        Raises:
            CallError: `encode_failed`: what JSON has no number for, or a note that is no text.
        """
        value, total = _finite(value), None if total is None else _finite(total)
        _check_note(note)
        if not self.cancelled and not self.session.is_full():
            self.session.send(protocol.progress(self.id, value, total, note))

    def remaining_s(self) -> float | None:
        """Seconds until the deadline, not below 0; None without one."""
        return None if self.deadline is None else max(0.0, self.deadline - monotonic())

    def end_by(self, stop: Callable[[], Any]) -> None:
        """Remember what ends the work early; it is used at once if that is already wanted."""
        self.stop = stop
        if self.cancelled:
            stop()


def _check_note(note: object) -> None:
    if note is not None and not isinstance(note, str):
        raise CallError(f"the note of a progress is a text, not {note!r}", code="encode_failed")


def _finite(number: float) -> float:
    """A number as JSON has it, of whatever type it is."""
    try:
        if isfinite(number):
            return number if type(number) is int else float(number)
    except (TypeError, OverflowError):
        pass
    raise CallError(
        f"progress takes finite numbers, not {number!r}: progress(value, total)",
        code="encode_failed",
    )


class Handing:
    """A task that hands a call over to where its function runs, which is not on a worker."""

    __slots__ = ("_call", "_hand_over", "in_order")

    takes_place = False

    def __init__(self, call: Call, hand_over: Callable[[Call], None], *, in_order: bool) -> None:
        """`in_order` for the main thread and the app's pools, where calls begin in their order."""
        self._call = call
        self._hand_over = hand_over
        self.in_order = in_order

    def run(self) -> None:
        """Hand it over."""
        self._hand_over(self._call)

    def after(self) -> None:
        """`run` was all."""


def current() -> Call:
    """The call that this code runs for.

    Raises:
        CallError: it runs for none.
    """
    try:
        return running.get()
    except LookupError:
        raise CallError(
            "pytron.current() has a value only inside an exposed function that a page called, and "
            "not in another process or on an executor of yours",
            code="unsupported",
        ) from None
