"""One call of a page: its identity, its progress and its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import ContextVar
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
        """Tell the page how far the call is. A page that does not read misses some."""
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
            "pytron.current() has a value only inside an exposed function that a page called",
            code="unsupported",
        ) from None
