"""Tasks that a run of an app gives its own workers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from pytron.errors import CallError, ConfigError

if TYPE_CHECKING:
    from pytron.dispatcher.functions import Function
    from pytron.dispatcher.workers import Task
    from pytron.engine import Happening

_log = logging.getLogger(__name__)


class Report:
    """Something that Pytron itself noticed about a window, as if the engine had told it."""

    in_order = False
    takes_place = False

    def __init__(
        self, take_up: Callable[[Happening], Iterable[Task]], happening: Happening
    ) -> None:
        self._take_up = take_up
        self._happening = happening

    def run(self) -> None:
        """Take it up."""
        for task in self._take_up(self._happening):
            task.run()


class Preparation:
    """Makes the decoders while the page is still loading."""

    in_order = False
    takes_place = False

    def __init__(self, functions: Iterable[Function]) -> None:
        self._functions = list(functions)

    def run(self) -> None:
        """Make them; a function that cannot be called is said so before anybody calls it."""
        for function in self._functions:
            try:
                function.arguments.prepare()
            except (ConfigError, CallError) as error:
                _log.error("%s", error)
