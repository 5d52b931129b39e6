"""The machine's facts where nobody tells of changes: they are looked at from time to time.

Windows tells only windows, and macOS only programs written for its own loop.
"""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable, Mapping
from threading import Event, Thread
from typing import Any, NamedTuple

from pytron.answer import Answer
from pytron.engine import Capability
from pytron.errors import CallError
from pytron.services.desk import Desk
from pytron.services.service import Provider

_log = logging.getLogger(__name__)
#: How often it is looked.
_EVERY_S = 2.0
#: A look that comes so late was kept by a machine that slept.
_SLEPT_S = 20.0


class Facts(NamedTuple):
    """How a system tells them; each raises a `CallError` where it cannot."""

    power: Callable[[], Mapping[str, Any]]
    idle: Callable[[], float]
    accent: Callable[[], str | None]
    locked: Callable[[], bool]
    language: Callable[[], str]


class Looking(Provider):
    """Answers from the facts of one system, and looks at them once it is asked to watch."""

    def __init__(self, desk: Desk, facts: Facts) -> None:
        super().__init__(desk)
        self._facts = facts
        self._ends = Event()
        self._watching = False

    def can(self, feature: str) -> Capability | None:
        """Whether the system tells it."""
        asked: Mapping[str, Callable[[], object]] = {
            "system.power": self._facts.power,
            "system.online": online,
            "system.idle_s": self._facts.idle,
            "system.accent": self._facts.accent,
            "system.watch": online,
        }
        if feature not in asked:
            return None
        try:
            asked[feature]()
        except CallError as error:
            return Capability(False, str(error))
        return Capability(True, "the system knows it")

    def ask(self, name: str, window: int | None, args: Mapping[str, Any]) -> Answer[Any] | None:
        """Ask on a thread."""
        del window, args
        work: Mapping[str, Callable[[], Any]] = {
            "system.power": self._facts.power,
            "system.online": online,
            "system.idle": self._facts.idle,
            "system.accent": self._facts.accent,
            "system.locale": self._facts.language,
            "system.watch": self._watch,
        }
        return self._desk.run(name, work[name])

    def close(self) -> None:
        """Look no more."""
        self._ends.set()

    def _watch(self) -> None:
        if not self._watching:
            self._watching = True
            Thread(target=self._look_on, name="pytron-system", daemon=True).start()

    def _look_on(self) -> None:
        before = self.look({}, 0.0)
        begun = time.time()
        while not self._ends.wait(_EVERY_S):
            now = time.time()
            before = self.look(before, now - begun)
            begun = now

    def look(self, before: Mapping[str, Any], passed_s: float) -> Mapping[str, Any]:
        """Tell what has changed since `before`, and give what is so now."""
        if passed_s > _SLEPT_S:
            self._desk.tell_soon("system.resume", {})
        found: dict[str, Any] = {}
        for name, fact in (
            ("power", self._facts.power),
            ("network", lambda: {"online": online()}),
            ("accent", lambda: {"colour": self._facts.accent()}),
            ("lock", self._facts.locked),
        ):
            try:
                found[name] = fact()
            except CallError as error:
                _log.debug("%s is not known: %s", name, error)
                continue
            if name not in before or before[name] == found[name]:
                continue
            if name == "lock":
                self._desk.tell_soon("system.lock" if found[name] else "system.unlock", {})
            else:
                self._desk.tell_soon(f"system.{name}", found[name])
        return found


def online() -> bool:
    """Whether a packet would find a way out; none is sent."""
    for family, address in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as way:
                way.connect((address, 9))
                return True
        except OSError:
            continue
    return False
