"""What has been asked of the engine about windows, and is not answered yet."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any

from pytron.answer import Answer
from pytron.errors import CallError, EngineError

if TYPE_CHECKING:
    from pytron.dispatcher.deadlines import Deadlines
    from pytron.engine import Engine

#: An engine that has not answered by now never will.
_DEADLINE_S = 10.0


class Queries:
    """Queries of windows by their numbers. Each gets an answer, or an error that says why not."""

    def __init__(self, engine: Engine, deadlines: Deadlines) -> None:
        self._engine = engine
        self._deadlines = deadlines
        self._serial = count(1)
        self._waiting: dict[int, tuple[int, Answer[Any]]] = {}
        self._lock = Lock()

    def ask(self, window: int, what: str, details: Mapping[str, object]) -> Answer[Any]:
        """Ask something about an open window."""
        answer: Answer[Any] = Answer(f"window.{what}()")
        with self._lock:
            identity = next(self._serial)
            self._waiting[identity] = (window, answer)
        self._engine.command(
            {"kind": "query", "id": identity, "window": window, "what": what, **details}
        )

        self._deadlines.at(monotonic() + _DEADLINE_S, lambda: self._expire(identity, _DEADLINE_S))
        return answer

    def serve(
        self, name: str, window: int | None, args: Mapping[str, object], deadline_s: float | None
    ) -> Answer[Any]:
        """Ask for a service; without a deadline it is up to the user."""
        answer: Answer[Any] = Answer(name)
        with self._lock:
            identity = next(self._serial)
            self._waiting[identity] = (window or 0, answer)
        self._engine.command(
            {"kind": "service", "id": identity, "name": name, "window": window, "args": args}
        )
        if deadline_s is not None:
            self._deadlines.at(monotonic() + deadline_s, lambda: self._expire(identity, deadline_s))
        return answer

    def _expire(self, identity: int, deadline_s: float) -> None:
        with self._lock:
            _, late = self._waiting.pop(identity, (0, None))
        if late is not None:
            late.fail(CallError(f"{late.what} got no answer in {deadline_s:g} s", code="timeout"))

    def answered(self, fields: Mapping[str, Any]) -> None:
        """Take the engine's answer."""
        with self._lock:
            _, answer = self._waiting.pop(fields["id"], (0, None))
        if answer is None:
            return
        if "error" in fields:
            reason, code = str(fields["error"]), fields.get("code")
            # A service refuses with a code, as those do that Python has; a query has none.
            answer.fail(EngineError(reason) if code is None else CallError(reason, code=str(code)))
        else:
            answer.settle(fields.get("value"))

    def give_up(self, window: int | None, reason: str) -> None:
        """Nobody will answer what has been asked about this window, or about any."""
        with self._lock:
            ids = [i for i, (asked, _) in self._waiting.items() if window in (None, asked)]
            answers = [self._waiting.pop(identity)[1] for identity in ids]
        for answer in answers:
            answer.fail(CallError(reason, code="closed"))


def closed_answer(what: str) -> Answer[Any]:
    """The answer to what a window is asked that is open no more."""
    return Answer.failed(what, CallError("the window has closed", code="closed"))
