"""uvicorn on a loop of its own, which a thread of its own begins and ends."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from threading import Event
from typing import Any

import uvicorn

from pytron.dispatcher.dispatch import EPOCH
from pytron.engine import Incoming
from pytron.server.exchange import Exchange
from pytron.server.lines import Lines
from pytron.server.metrics import Metrics
from pytron.server.options import ServerOptions
from pytron.server.pairing import Pairing
from pytron.server.site import Site
from pytron.server.turns import LoopInTurns
from pytron.server.wire import Wire

_log = logging.getLogger(__name__)
#: How long connections are given to close.
_CLOSE_S = 2


class Process:
    """The server, from its start to its end."""

    def __init__(
        self,
        options: ServerOptions,
        listener: socket.socket,
        port: int,
        *,
        pairing: Pairing,
        lines: Lines,
        metrics: Metrics,
        deliver: Callable[[Incoming], object],
        paired: Callable[[bool], object],
    ) -> None:
        self._options = options
        self._listener = listener
        self.lines = lines
        self.exchange = Exchange(deliver, remote=options.remote)
        self.site = Site(
            options, port, epoch=EPOCH, pairing=pairing, lines=lines, metrics=metrics,
            exchange=self.exchange, deliver=deliver, paired=paired,
        )  # fmt: skip
        self.failure: BaseException | None = None
        #: Run by whoever waits for what arrives, once it has begun.
        self.turns: LoopInTurns | None = None
        self._ending = Event()
        self._server: uvicorn.Server | None = None
        self._stopped = False

    def run(self, began: Event) -> None:
        """Begin, let others run the loop, and end it after `stop`. On the thread that is ours."""
        try:
            config = self._config()
            factory = config.get_loop_factory()
            loop = factory() if factory is not None else asyncio.new_event_loop()
            turns = self.turns = LoopInTurns(loop)
            try:
                serving = loop.create_task(self._serve(config))
                serving.add_done_callback(lambda _: self._ending.set())
                try:
                    turns.finish(self._begun(serving))
                    began.set()
                    self._ending.wait()
                    turns.finish(_ended(serving))
                finally:
                    turns.finish(self._clear_away())
            finally:
                turns.close()
        except BaseException as error:  # noqa: BLE001 - whoever waits for the start must be told
            self.failure = error
            _log.exception("the server has ended")
        finally:
            self._listener.close()  # closed already, unless it did not come so far
            began.set()

    async def _serve(self, config: uvicorn.Config) -> None:
        server = self._server = uvicorn.Server(config)
        sweeper = asyncio.ensure_future(self.lines.sweep())
        try:
            if not self._stopped:  # it may come before there is anything to stop
                await server.serve(sockets=[self._listener])
        finally:
            sweeper.cancel()

    async def _begun(self, serving: asyncio.Task[None]) -> None:
        while not serving.done() and not (self._server and self._server.started):
            await asyncio.sleep(0)
        if serving.done():
            await serving  # for its error

    async def _clear_away(self) -> None:
        """What uvicorn has given up waiting for: nothing may be left open in a closed loop."""
        for connection in list(self._server.server_state.connections) if self._server else ():
            transport = getattr(connection, "transport", None)
            if transport is not None:
                transport.abort()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        loop = asyncio.get_running_loop()
        await loop.shutdown_asyncgens()
        await loop.shutdown_default_executor()

    def _config(self) -> uvicorn.Config:
        for name in ("uvicorn", "uvicorn.error"):  # it speaks of every connection
            logger = logging.getLogger(name)
            if logger.level == logging.NOTSET:
                logger.setLevel(logging.WARNING)
        options: dict[str, Any] = {}
        if self._options.tls_cert:
            options["ssl_certfile"] = self._options.tls_cert
            options["ssl_keyfile"] = self._options.tls_key
        config = uvicorn.Config(
            self.site,  # type: ignore[arg-type]
            log_config=None,
            access_log=False,
            lifespan="off",
            # Of uvicorn's three the one that is maintained; without compression, which costs more
            # time than it saves on small messages and can leak secrets (CRIME).
            ws=Wire,
            ws_max_size=self._options.frame_bytes + self._options.json_bytes + (1 << 16),
            ws_per_message_deflate=False,
            proxy_headers=bool(self._options.proxies),
            forwarded_allow_ips=self._options.proxies or None,
            server_header=False,
            timeout_graceful_shutdown=_CLOSE_S,
            **options,
        )
        config.load()
        return config

    def stop(self) -> None:
        """End it, from any thread, also while it starts."""
        self._stopped = True
        if self._server is not None:
            self._server.should_exit = True
        self._ending.set()
        if self.turns is not None:
            self.turns.wake()


async def _ended(task: asyncio.Task[None]) -> None:
    await task
