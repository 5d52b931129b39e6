"""What an app is made of, as a run of it takes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pytron.assets import Assets
    from pytron.dispatcher.event import TypedEvent
    from pytron.dispatcher.functions import Function
    from pytron.dispatcher.loop import Loop
    from pytron.dispatcher.workers import Task
    from pytron.events import Handlers
    from pytron.options import WindowOptions
    from pytron.state import State
    from pytron.window import Window


class Parts(NamedTuple):
    """What an app is made of, when it starts."""

    functions: Mapping[str, Function]
    handlers: Handlers
    events: Mapping[str, TypedEvent[Any]]
    state: State[Any]
    assets: Assets
    loop: Loop
    executors: Mapping[str, Any]
    dev: bool
    trust: Sequence[str]
    #: What happened at a service of the desktop.
    service: Callable[[Mapping[str, Any]], Iterable[Task]]
    #: What a page linked to, and no window of the app shows.
    external: Callable[[Window, str], None]
    #: The first window's options, which visitors' windows have too.
    first: WindowOptions
    #: Remote sessions see and change the app's state.
    shared: bool
