"""Generators as streams: items go out while the page has given credit for them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator
from contextvars import Context
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from pytron import codec, protocol

if TYPE_CHECKING:
    from pytron.dispatcher.call import Call
    from pytron.dispatcher.loop import Loop


class Stream(Protocol):
    """The items of a call."""

    def credit(self, count: int) -> None:
        """The page can take `count` more."""
        ...


class SyncStream:
    """A generator that is run in steps: without credit it holds no thread.

    The steps may run on different threads, one at a time and in the call's own context.
    """

    in_order = False
    takes_place = True

    def __init__(
        self,
        call: Call,
        generator: Generator[Any, Any, Any],
        context: Context,
        *,
        submit: Callable[[SyncStream], object],
        failed: Callable[[Call, BaseException], None],
    ) -> None:
        self.call = call
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
            if self._stopped:
                return
            self._stopped = True
            if self._stepping:
                return
            self._stepping = True
        self._submit(self)

    def run(self) -> None:
        """Take steps until the credit is used up, or the generator ends."""
        try:
            self._context.run(self._steps)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the page must be told
            self._failed(self.call, error)

    def _steps(self) -> None:
        try:
            while True:
                with self._lock:
                    if self._stopped:
                        break
                    if self._credits <= 0:
                        self._stepping = False
                        return  # another thread may go on from here
                try:
                    value = next(self._generator)
                except StopIteration:
                    self.call.session.settle(self.call, protocol.end(self.call.id))
                    return
                cost = _send(self.call, value)
                with self._lock:
                    self._credits -= cost
        except BaseException:
            self._generator.close()
            raise
        self._generator.close()


class AsyncStream:
    """An asynchronous generator, run by one task of the loop."""

    def __init__(self, call: Call, generator: AsyncGenerator[Any, Any], loop: Loop) -> None:
        import asyncio

        self.call = call
        self._generator = generator
        self._loop = loop
        self._credits = protocol.INITIAL_CREDITS
        self._more = asyncio.Event()

    def credit(self, count: int) -> None:
        """The page can take `count` more."""

        def add() -> None:
            self._credits += count
            self._more.set()

        self._loop.submit(add)

    async def run(self) -> None:
        """Send items until it ends; closes the generator however that comes about."""
        try:
            async for value in self._generator:
                self._credits -= _send(self.call, value)
                while self._credits <= 0:
                    self._more.clear()
                    await self._more.wait()
            self.call.session.settle(self.call, protocol.end(self.call.id))
        finally:
            await self._generator.aclose()


def _send(call: Call, value: object) -> int:
    """Send an item; how many credits it costs."""
    encoded = codec.encode(value)
    if not call.cancelled:
        call.session.send(protocol.item(call.id, encoded), encoded.parts)
    return 1 + sum(part.nbytes for part in encoded.parts) // protocol.CREDIT_BYTES
