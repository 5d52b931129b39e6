"""Asset requests over HTTP: given to the kit, and answered with what it gives back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, MutableMapping, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

from pytron.engine import AssetRequest, Body, FileBody, Incoming

if TYPE_CHECKING:
    from starlette.requests import Request

    from pytron.server.socket import Send

#: Headers of a request that the kit is told (spec/view.md, section 4).
_TOLD = ("range", "if-none-match", "if-modified-since", "accept", "origin", "referer")
_PIECE_BYTES = 256 << 10
#: A browser that takes no more of a streamed body for this long is left.
_STALL_S = 30.0


class _Answer(NamedTuple):
    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes | bytearray | memoryview | FileBody | _Pieces


class _Pieces:
    """A body that is made on a worker, piece by piece, at the browser's own pace."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._made: asyncio.Queue[bytes | None] = asyncio.Queue(1)
        self.gone = False

    def put(self, piece: bytes | None) -> bool:
        """Give a piece, None after the last; False when nobody takes it. On the worker."""
        if self.gone:
            return False
        future = asyncio.run_coroutine_threadsafe(self._made.put(piece), self._loop)
        try:
            future.result(_STALL_S)
        except (TimeoutError, asyncio.TimeoutError, asyncio.CancelledError):
            future.cancel()
            self.gone = True
            return False
        return not self.gone

    async def next(self) -> bytes | None:
        """The next piece."""
        return await self._made.get()

    def leave(self) -> None:
        """Nobody takes any more: whoever waits to give one goes on."""
        self.gone = True
        while not self._made.empty():
            self._made.get_nowait()


class Exchange:
    """Requests under way. `serve` is on the server's loop, `answer` on any thread."""

    def __init__(self, deliver: Callable[[Incoming], object], *, remote: bool) -> None:
        self._deliver = deliver
        self._remote = remote
        self._serial = count(1)
        self._waiting: dict[int, asyncio.Future[_Answer]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    async def serve(self, request: Request, send: Send) -> None:
        """Ask the kit, and send what it answers."""
        loop = self._loop = asyncio.get_running_loop()
        # Below zero: joined to another engine, its numbers and ours must not meet.
        number = -next(self._serial)
        future = self._waiting[number] = loop.create_future()
        raw = request.scope.get("raw_path") or request.url.path.encode()
        query = request.scope.get("query_string", b"")
        target = raw.split(b"?", 1)[0].decode("latin-1") + (
            f"?{query.decode('latin-1')}" if query else ""
        )
        headers = {name: request.headers[name] for name in _TOLD if name in request.headers}
        try:
            self._deliver(AssetRequest(number, 0, request.method, target, headers, self._remote))
            answer = await future
        finally:
            self._waiting.pop(number, None)
        await _send(answer, send, head=request.method == "HEAD")

    def answer(
        self, number: int, status: int, headers: Sequence[tuple[str, str]], body: Body
    ) -> None:
        """Answer a request; an iterator is read to its end before this returns."""
        loop = self._loop
        if loop is None or loop.is_closed():
            return
        if isinstance(body, AsyncIterator):
            raise TypeError("the kit reads asynchronous bodies before it answers")
        if not isinstance(body, Iterator):
            loop.call_soon_threadsafe(self._settle, number, _Answer(status, headers, body))
            return
        pieces = _Pieces(loop)
        loop.call_soon_threadsafe(self._settle, number, _Answer(status, headers, pieces))
        try:
            for piece in body:
                if not pieces.put(bytes(piece)):
                    return
            pieces.put(None)
        finally:
            close = getattr(body, "close", None)
            if close is not None:
                close()

    def _settle(self, number: int, answer: _Answer) -> None:
        future = self._waiting.get(number)
        if future is not None and not future.done():
            future.set_result(answer)
        elif isinstance(answer.body, _Pieces):
            answer.body.leave()


async def _send(answer: _Answer, send: Send, *, head: bool) -> None:
    headers = [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in answer.headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    body = answer.body
    if isinstance(body, FileBody) and not head:
        await _send_file(body, send)
    elif isinstance(body, _Pieces):
        try:
            while (piece := await body.next()) is not None:
                await _send_piece(piece, send)
        finally:
            body.leave()
    elif not head and not isinstance(body, FileBody):
        view = memoryview(body)
        for start in range(0, view.nbytes, _PIECE_BYTES):
            await _send_piece(bytes(view[start : start + _PIECE_BYTES]), send)
    await send({"type": "http.response.body", "body": b""})


async def _send_piece(piece: bytes, send: Send) -> None:
    message: MutableMapping[str, Any] = {
        "type": "http.response.body",
        "body": piece,
        "more_body": True,
    }
    await send(message)


async def _send_file(body: FileBody, send: Send) -> None:
    loop = asyncio.get_running_loop()
    file = await loop.run_in_executor(None, body.open)
    try:
        left = body.length
        while left > 0:
            piece = await loop.run_in_executor(None, file.read, min(left, _PIECE_BYTES))
            if not piece:
                break
            left -= len(piece)
            await _send_piece(piece, send)
    finally:
        file.close()
