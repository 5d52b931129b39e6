"""Asset requests of pages, answered from the app's assets."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from threading import Condition
from typing import TYPE_CHECKING, Any, Protocol

from pytron.assets import Answer, Assets, FileSlice, Request, Routed
from pytron.engine import AssetRequest, Body, FileBody

if TYPE_CHECKING:
    from pytron.dispatcher.loop import Loop
    from pytron.dispatcher.workers import Task

_log = logging.getLogger(__name__)
#: Pieces of a body that are made before the page has taken the first.
_AHEAD = 4


class Answered(Protocol):
    """Who takes the answer: the engine, whose page asked, or whoever asks instead of a page."""

    def answer(
        self, request: int, status: int, headers: Sequence[tuple[str, str]], body: Body
    ) -> None:
        """Take it."""
        ...


class AssetTask:
    """One request, as a task for a worker."""

    in_order = False
    takes_place = False

    def __init__(
        self,
        wanted: AssetRequest,
        label: str,
        assets: Assets,
        engine: Answered,
        *,
        loop: Loop,
        submit: Callable[[Task], None],
    ) -> None:
        self._wanted = wanted
        self._request = Request(wanted.method, wanted.target, wanted.headers, label, wanted.remote)
        self._assets = assets
        self._engine = engine
        self._loop = loop
        self._submit = submit

    def run(self) -> None:
        """Answer it; routes that are `async def` go on on the loop."""
        try:
            answer = self._assets.answer(self._request)
            if not isinstance(answer, Routed):
                self._send(answer)
            elif answer.is_async:
                self._loop.spawn(lambda: self._run_async(answer))
            else:
                self._send(self._called(answer))
        except Exception:  # noqa: BLE001 - the page must get some answer
            _log.exception("%s could not be served", self._wanted.target)
            self._engine.answer(self._wanted.request, 500, [], b"")

    def _called(self, routed: Routed) -> Answer:
        try:
            return routed.finish(routed.function(**routed.arguments), self._request)
        except Exception as error:  # noqa: BLE001 - a route's mistake becomes a 500
            _log.exception("the route of %s failed", self._wanted.target)
            return routed.failed(error)

    async def _run_async(self, routed: Routed) -> None:
        try:
            value: Any = await routed.function(**routed.arguments)
            answer = routed.finish(value, self._request)
        except Exception as error:  # noqa: BLE001 - a route's mistake becomes a 500
            _log.exception("the route of %s failed", self._wanted.target)
            answer = routed.failed(error)
        # Sending may take long (a file, a stream), which is not for the loop.
        self._submit(_Sending(self._send, answer))

    def _send(self, answer: Answer) -> None:
        body = answer.body
        if isinstance(body, FileSlice):
            body = FileBody(str(body.path), body.offset, body.length)
        elif isinstance(body, AsyncIterator):
            body = Bridge(body, self._loop)
        self._engine.answer(self._wanted.request, answer.status, answer.headers, body)


class _Sending:
    """The end of an answer that was made on the loop."""

    in_order = False
    takes_place = False

    def __init__(self, send: Callable[[Answer], None], answer: Answer) -> None:
        self._send = send
        self._answer = answer

    def run(self) -> None:
        self._send(self._answer)


class Bridge(Iterator[bytes]):
    """Pieces that are made on the loop, for a thread; a few of them ahead of it."""

    def __init__(self, pieces: AsyncIterator[Any], loop: Loop) -> None:
        self._pieces = pieces
        self._loop = loop
        self._made: deque[bytes] = deque()
        self._changed = Condition()
        self._ended = False
        self._closed = False
        self._error: BaseException | None = None
        self._making: Any = None
        self._room: Any = None
        loop.spawn(self._make)

    async def _make(self) -> None:
        import asyncio

        self._making, self._room = asyncio.current_task(), asyncio.Event()
        try:
            async for piece in self._pieces:
                if self._closed:
                    break
                with self._changed:
                    self._made.append(bytes(piece))
                    self._changed.notify()
                while len(self._made) >= _AHEAD:
                    self._room.clear()
                    if len(self._made) >= _AHEAD:
                        await self._room.wait()
        except BaseException as error:
            self._error = error
            raise
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify()
            close = getattr(self._pieces, "aclose", None)
            if close is not None:
                await close()

    def __next__(self) -> bytes:
        """The next piece; waits for it."""
        with self._changed:
            self._changed.wait_for(lambda: self._made or self._ended)
            if self._made:
                piece = self._made.popleft()
            elif self._error is not None:
                raise RuntimeError("the body of an asset ended early") from self._error
            else:
                raise StopIteration
        self._loop.submit(lambda: self._room.set())
        return piece

    def close(self) -> None:
        """The page does not want the rest."""
        self._closed = True
        if not self._ended and self._making is not None:
            self._loop.cancel(self._making)
