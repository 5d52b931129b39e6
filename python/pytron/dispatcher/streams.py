"""Generators as streams: items go out while the page has given credit for them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator
from contextvars import Context
from threading import Lock
from typing import TYPE_CHECKING, Any

from pytron import codec, protocol

if TYPE_CHECKING:
    from pytron.dispatcher.call import Call


class SyncStream:
    """A generator that is run in steps: without credit it holds no thread.

    The steps may run on different threads, one at a time and in the call's own context.
    """

    in_order = False

    def __init__(
        self,
        call: Call,
        generator: Generator[Any, Any, Any],
        context: Context,
        *,
        submit: Callable[[SyncStream], None],
        failed: Callable[[Call, BaseException], None],
    ) -> None:
        self._call = call
        self._generator = generator
        self._context = context
        self._submit = submit
        self._failed = failed
        self._credits = protocol.INITIAL_CREDITS
        self._lock = Lock()
        self._stepping = True  # the first steps are taken by whoever made it
        self._stopped = False

    def credit(self, count: int) -> None:
        """The page can take `count` more."""
        with self._lock:
            self._credits += count
            if self._stepping or self._stopped:
                return
            self._stepping = True
        self._submit(self)

    def stop(self) -> None:
        """Close the generator: now, or after the step that it is in."""
        with self._lock:
            self._stopped = True
            if self._stepping:
                return
            self._stepping = True
        self._submit(self)

    def run(self) -> None:
        """Take steps until the credit is used up, or the generator ends."""
        self._context.run(self._steps)

    def _steps(self) -> None:
        try:
            while True:
                with self._lock:
                    if self._stopped or self._credits <= 0:
                        self._stepping = self._stopped
                        break
                    self._credits -= 1
                try:
                    value = next(self._generator)
                except StopIteration:
                    self._call.session.settle(self._call, protocol.end(self._call.id))
                    return
                _send(self._call, value)
            if self._stopped:
                self._generator.close()
        except BaseException as error:  # noqa: BLE001 - whatever it is, the page must be told
            self._generator.close()
            self._failed(self._call, error)


class AsyncStream:
    """An asynchronous generator, run by one task of the loop."""

    def __init__(self, call: Call, generator: AsyncGenerator[Any, Any]) -> None:
        import asyncio

        self._call = call
        self._generator = generator
        self._credits = protocol.INITIAL_CREDITS
        self._more = asyncio.Event()

    def add(self, count: int) -> None:
        """The page can take `count` more. On the loop's thread."""
        self._credits += count
        self._more.set()

    async def run(self) -> None:
        """Send items until it ends; closes the generator however that comes about."""
        try:
            async for value in self._generator:
                self._credits -= 1
                _send(self._call, value)
                while self._credits <= 0:
                    self._more.clear()
                    await self._more.wait()
            self._call.session.settle(self._call, protocol.end(self._call.id))
        finally:
            await self._generator.aclose()


def _send(call: Call, value: object) -> None:
    encoded = codec.encode(value)
    if not call.cancelled:
        call.session.send(protocol.item(call.id, encoded), encoded.parts)
