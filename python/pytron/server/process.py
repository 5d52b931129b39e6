"""uvicorn on a thread of its own, with its own loop."""

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
        self.loop: asyncio.AbstractEventLoop | None = None
        self._server: uvicorn.Server | None = None
        self._stopped = False

    def run(self, began: Event) -> None:
        """Serve until `stop`. On the thread that is the server's."""
        try:
            config = self._config()
            factory = config.get_loop_factory()
            self.loop = factory() if factory is not None else asyncio.new_event_loop()
            try:
                self.loop.run_until_complete(self._serve(config, began))
                self.loop.run_until_complete(self._clear_away())
            finally:
                self.loop.close()
        except BaseException as error:  # noqa: BLE001 - whoever waits for the start must be told
            self.failure = error
            _log.exception("the server has ended")
        finally:
            self._listener.close()  # closed already, unless it did not come so far
            began.set()

    async def _serve(self, config: uvicorn.Config, began: Event) -> None:
        server = self._server = uvicorn.Server(config)
        sweeper = asyncio.ensure_future(self.lines.sweep())
        asyncio.get_running_loop().call_soon(began.set)
        try:
            if not self._stopped:  # it may come before there is anything to stop
                await server.serve(sockets=[self._listener])
        finally:
            sweeper.cancel()

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
            ws="websockets-sansio",
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
