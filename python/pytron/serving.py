"""Asset requests of pages, answered from the app's assets."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import Any

from pytron.assets import Answer, Assets, FileSlice, Request, Routed
from pytron.dispatcher.loop import Loop
from pytron.engine import AssetRequest, Engine, FileBody

_log = logging.getLogger(__name__)


class AssetTask:
    """One request, as a task for a worker."""

    in_order = False

    def __init__(
        self, wanted: AssetRequest, label: str, assets: Assets, engine: Engine, loop: Loop
    ) -> None:
        self._wanted = wanted
        self._request = Request(wanted.method, wanted.target, wanted.headers, label)
        self._assets = assets
        self._engine = engine
        self._loop = loop

    def run(self) -> None:
        """Answer it; routes that are `async def` go on on the loop."""
        try:
            answer = self._assets.answer(self._request)
            if isinstance(answer, Routed):
                self._run_route(answer)
            else:
                self._send(answer)
        except Exception:  # noqa: BLE001 - the page must get some answer
            _log.exception("%s could not be served", self._wanted.target)
            self._engine.answer(self._wanted.request, 500, [], b"")

    def _run_route(self, routed: Routed) -> None:
        if routed.is_async:
            self._loop.submit(lambda: self._loop.loop.create_task(self._run_async(routed)))
            return
        try:
            answer = routed.finish(routed.function(**routed.arguments), self._request)
        except Exception as error:  # noqa: BLE001 - a route's mistake becomes a 500
            _log.exception("the route of %s failed", self._wanted.target)
            answer = routed.failed(error)
        self._send(answer)

    async def _run_async(self, routed: Routed) -> None:
        try:
            value: Any = await routed.function(**routed.arguments)
            answer = routed.finish(value, self._request)
        except Exception as error:  # noqa: BLE001
            _log.exception("the route of %s failed", self._wanted.target)
            answer = routed.failed(error)
        if isinstance(answer.body, AsyncIterator):
            body = b"".join([bytes(piece) async for piece in answer.body])
            answer = Answer(answer.status, answer.headers, body)
        self._send(answer)

    def _send(self, answer: Answer) -> None:
        body = answer.body
        if isinstance(body, FileSlice):
            body = FileBody(str(body.path), body.offset, body.length)
        self._engine.answer(self._wanted.request, answer.status, answer.headers, body)
