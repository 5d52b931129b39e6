"""All windows that browsers show: which tab is which, and when one is given up."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Callable, Mapping
from threading import Lock
from time import monotonic
from typing import Any, Final

from pytron.dispatcher.dispatch import EPOCH
from pytron.engine import Happening, Incoming
from pytron.hub import Hub
from pytron.server.line import Line
from pytron.server.metrics import Metrics
from pytron.server.options import ServerOptions

#: A tab that was left is waited for this long: a reload is a leaving and a coming back.
_RELOAD_S = 4.0
#: How long a tab waits until the kit has given it a window.
_VISIT_S = 10.0
_TOPIC: Final = "sessions"

_log = logging.getLogger(__name__)


class Lines:
    """The lines by window and by ticket."""

    def __init__(
        self,
        options: ServerOptions,
        metrics: Metrics,
        *,
        guests: bool,
        deliver: Callable[[Incoming], object],
        post: Callable[[Callable[[], object]], object],
        hub: Hub | None = None,
    ) -> None:
        self._options = options
        self._hub = hub
        self._stop = hub.subscribe(_TOPIC, self._taken_over) if hub is not None else None
        self._metrics = metrics
        self._guests = guests
        self._deliver = deliver
        self._post = post
        self._windows: dict[int, Line] = {}
        self._tickets: dict[str, Line] = {}
        self._visits: dict[int, tuple[asyncio.Future[Line | None], str, str]] = {}
        self._serial = 0
        self._lock = Lock()
        #: When a paired browser last asked for anything: a tab that is loading is not gone.
        self.seen: dict[str, float] = {}

    def find(self, window: int) -> Line | None:
        """The line of a window."""
        return self._windows.get(window)

    def all(self) -> list[Line]:
        """Every line."""
        with self._lock:
            return list(self._windows.values())

    # --- commands of the kit, from any thread -------------------------------------------------

    def open(self, window: int, options: Mapping[str, Any], page: str) -> Line:
        """Make the line of a window that the kit opens: for a visit, or for a tab to come."""
        visit = options.get("visit")
        waiting = None if visit is None else self._visits.pop(visit, None)
        future, owner, page = waiting or (None, None, page)
        line = Line(
            window,
            secrets.token_urlsafe(16),
            page=page,
            owner=owner,
            remote=self._options.remote,
            post=self._post,
        )
        with self._lock:
            self._windows[window] = line
            self._tickets[line.ticket] = line
        self._metrics.add("sessions")
        if visit is not None and future is None:
            self.close(window)  # the tab has gone meanwhile
        elif future is not None:
            self._post(lambda: future.done() or future.set_result(line))
        return line

    def close(self, window: int) -> Line | None:
        """Forget a window; the kit is told that it has closed."""
        with self._lock:
            line = self._windows.pop(window, None)
            if line is not None:
                self._tickets.pop(line.ticket, None)
        if line is None:
            return None
        line.close()
        self._metrics.add("sessions", -1)
        self._deliver(Happening("closed", window, {}))
        return line

    def give_up(self, line: Line) -> None:
        """End a session that nobody should wait for any more."""
        if line.session:
            self._metrics.add("lost_total")
            line.discard()
            self._deliver(Happening("gone", line.window, {}))
            self._post(line.end_session)

    def end(self) -> None:
        """Hear no more of other processes."""
        if self._stop is not None:
            self._stop()

    # --- tabs that come, on the loop ----------------------------------------------------------

    def held(self, ticket: str, owner: str) -> Line | None:
        """The window that a tab of this browser shows, by its ticket."""
        line = self._tickets.get(ticket)
        return line if line is not None and line.owner == owner else None

    def claim(self, window: int, owner: str) -> Line | None:
        """The window that a token was for, now a tab's of this browser."""
        line = self._windows.get(window)
        if line is None or line.owner not in (None, owner):
            return None
        line.owner = owner
        return line

    def unclaimed(self, page: str, owner: str) -> Line | None:
        """A window of the app that waits for a tab and shows this page."""
        for line in self.all():
            if line.owner is None and line.page == page:
                line.owner = owner
                return line
        return None

    async def visit(self, page: str, owner: str) -> Line | None:
        """A window for a tab that has none; None when the kit refuses."""
        found = None if self._guests else self.unclaimed(page, owner)
        if found is not None:
            return found
        self._serial += 1
        visit = self._serial
        future: asyncio.Future[Line | None] = asyncio.get_running_loop().create_future()
        self._visits[visit] = (future, owner, page)
        fields = {
            "visit": visit,
            "page": page,
            "remote": self._options.remote,
            "guest": self._guests,
            "limits": self._limits(),
        }
        self._deliver(Happening("visit", 0, fields))
        try:
            return await asyncio.wait_for(future, _VISIT_S)
        except asyncio.TimeoutError:
            return None
        finally:
            self._visits.pop(visit, None)

    def take_over(self, session: str, owner: str) -> None:
        """A page has come that another process has known: there it is given up at once."""
        hub = self._hub
        if hub is None:
            return

        def tell() -> None:
            try:
                hub.publish(_TOPIC, json.dumps([EPOCH, session, owner]).encode())
            except OSError as error:
                _log.warning("other processes do not hear of a page that has come: %s", error)

        asyncio.get_running_loop().run_in_executor(None, tell)

    def _taken_over(self, message: bytes) -> None:
        where, session, owner = json.loads(message)
        for line in self.all() if where != EPOCH else ():
            if line.session == session and line.owner == owner:
                self.give_up(line)
                self.close(line.window)

    def _limits(self) -> dict[str, int]:
        if not self._options.remote:
            return {}
        return {
            "frame": self._options.json_bytes,
            "size": self._options.frame_bytes,
            "pending": self._options.pending,
        }

    # --- tabs that stay away ------------------------------------------------------------------

    async def sweep(self) -> None:
        """For ever: give up those that were away for too long."""
        while True:
            await asyncio.sleep(0.5)
            now = monotonic()
            for line in self.all():
                if line.lost_at is not None and line.connection is None:
                    self._look_at(line, now)
                elif line.is_hopeless():
                    self.give_up(line)

    def _look_at(self, line: Line, now: float) -> None:
        assert line.lost_at is not None
        away_s = now - line.lost_at
        if line.left and now - max(line.lost_at, self.seen.get(line.owner or "", 0)) > _RELOAD_S:
            self.close(line.window)
        elif away_s > self._options.keep_s or line.is_hopeless():
            self.give_up(line)
            if self._options.remote or self._guests:
                self.close(line.window)
