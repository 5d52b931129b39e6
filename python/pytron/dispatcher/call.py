"""One call of a page: its identity, its progress and its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from time import monotonic
from typing import TYPE_CHECKING, Any

from pytron import protocol
from pytron.errors import CallError

if TYPE_CHECKING:
    from pytron.dispatcher.functions import Function
    from pytron.dispatcher.session import Session
    from pytron.dispatcher.streams import Stream

running: ContextVar[Call] = ContextVar("pytron_call")


class Call:
    """A call that has passed the checks. Its task is `run`, given by the dispatcher."""

    __slots__ = (
        "__weakref__", "cancelled", "deadline", "function", "id", "limit_s", "message", "parts",
        "perform", "session", "stop", "stream", "takes_place", "uploads",
    )  # fmt: skip

    #: Calls may run beside each other: the workers don't hold the order while they run.
    in_order = False

    def __init__(
        self,
        message: protocol.Call,
        function: Function,
        session: Session,
        parts: Sequence[bytes | memoryview],
        perform: Callable[[Call], None],
    ) -> None:
        self.id = message.id
        #: What came; forgotten once the arguments are decoded, for it holds the whole frame.
        self.message: protocol.Call | None = message
        self.parts = parts
        #: Ids of the uploads that it has brought; they end with it.
        self.uploads: Sequence[int] = ()
        self.function = function
        self.session = session
        self.perform = perform
        self.takes_place = function.takes_place
        self.cancelled = False
        self.deadline: float | None = None
        self.limit_s: float | None = None
        #: Ends the work early, once there is something to end.
        self.stop: Callable[[], object] | None = None
        #: The items, if the function turns out to be a generator.
        self.stream: Stream | None = None

    def run(self) -> None:
        """Do it, on the thread that this is called from."""
        self.perform(self)

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


class OrderedCall(Call):
    """A call for the main thread or a pool of the app's: they begin there in their order."""

    __slots__ = ()
    in_order = True

    def after(self) -> None:
        """`run` has handed it over; that is all."""


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
