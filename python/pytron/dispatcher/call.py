"""One call of a page: its identity, its progress and its end."""

from __future__ import annotations

from contextvars import ContextVar
from time import monotonic
from typing import TYPE_CHECKING, Any

from pytron import protocol
from pytron.errors import CallError

if TYPE_CHECKING:
    from pytron.dispatcher.functions import Function
    from pytron.dispatcher.session import Session

_current: ContextVar[Call] = ContextVar("pytron_call")


class Call:
    """A call that has passed the checks. Its task is `run`, given by the dispatcher."""

    __slots__ = ("cancelled", "deadline", "function", "id", "message", "parts", "perform",
                 "session", "stop")  # fmt: skip

    #: Calls may run beside each other: the workers don't hold the order while they run.
    in_order = False

    def __init__(
        self, message: protocol.Call, function: Function, session: Session, parts: Any
    ) -> None:
        self.id = message.id
        self.message = message
        self.function = function
        self.session = session
        self.parts = parts
        self.cancelled = False
        self.deadline: float | None = None
        self.stop: Any = None  # what ends the work early, once there is something to end
        self.perform: Any = None

    def run(self) -> None:
        """Do it, on the thread that this is called from."""
        self.perform(self)

    def progress(self, value: float, total: float | None = None, note: str | None = None) -> None:
        """Tell the page how far the call is."""
        if not self.cancelled:
            self.session.send(protocol.progress(self.id, value, total, note))

    def remaining_s(self) -> float | None:
        """Seconds until the deadline, not below 0; None without one."""
        return None if self.deadline is None else max(0.0, self.deadline - monotonic())


def current() -> Call:
    """The call that this code runs for.

    Raises:
        CallError: it runs for none.
    """
    try:
        return _current.get()
    except LookupError:
        raise CallError(
            "pytron.current() has a value only inside an exposed function that a page called",
            code="unsupported",
        ) from None
