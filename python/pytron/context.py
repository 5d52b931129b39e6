"""What an exposed function can know of the call that it answers."""

from __future__ import annotations

from pytron.dispatcher import call as calls
from pytron.window import Window


class Context:
    """The call that runs now, as `pytron.current()` gives it."""

    __slots__ = ("_call", "_window")

    def __init__(self, call: calls.Call, window: Window) -> None:
        self._call = call
        self._window = window

    @property
    def id(self) -> int:
        """The call's number in its page."""
        return self._call.id

    @property
    def name(self) -> str:
        """The name that the page called."""
        return self._call.function.name

    @property
    def window(self) -> Window:
        """The window whose page calls."""
        return self._window

    @property
    def cancelled(self) -> bool:
        """Whether nobody waits for the result any more: cancelled, timed out, page gone.

        A long function on a thread looks at it now and then; nothing can end a thread from
        outside. An `async` function is cancelled where it awaits.
        """
        return self._call.cancelled

    @property
    def remaining_s(self) -> float | None:
        """Seconds until the deadline; None without one."""
        return self._call.remaining_s()

    def progress(self, value: float, total: float | None = None, note: str | None = None) -> None:
        """Tell the caller how far it is (`onProgress` in the page).

        Raises:
            CallError: `encode_failed`: no finite number, or a note that is no text.
        """
        self._call.progress(value, total, note)


def current() -> Context:
    """The call that this code runs for.

    Raises:
        CallError: it runs for none.
    """
    call = calls.current()
    return Context(call, call.session.owner)
