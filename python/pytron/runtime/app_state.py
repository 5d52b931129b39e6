"""The state that an app is made with, long before it runs."""

from __future__ import annotations

from typing import Any

from pytron import codec
from pytron.state import State


def type_of(initial: object) -> type[Any] | None:
    """The class of the state that begins with `initial`; None for an untyped state."""
    return initial if initial is None or isinstance(initial, type) else type(initial)


def app_state(initial: Any, *, is_child: bool) -> State[Any]:
    """The state of the app; a child process, which no page can hear, can't change it."""
    state: State[Any] = State("app", initial, convert=_convert)
    if is_child:
        state.forbid(
            "the state belongs to the app's own process; return a value from the function "
            "instead, and change the state where it is called"
        )
    return state


def _convert(value: object, kind: Any) -> Any:
    return codec.convert(value, kind)  # imported when something is converted
