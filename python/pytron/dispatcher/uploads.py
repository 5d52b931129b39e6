"""Files of a page as arguments: read piece by piece, while the call runs that brought them.

Source: spec/ipc.md, section 4, "uploads".
"""

from __future__ import annotations

import errno
import io
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from threading import Condition
from typing import TYPE_CHECKING, Final, NoReturn

from pytron.answer import Answer, may_wait
from pytron.errors import CallError, ProtocolError

if TYPE_CHECKING:
    from typing_extensions import Buffer  # for type checkers only: no dependency at run time

#: Bytes that are asked for at once.
PIECE: Final = 1 << 20
#: Pieces that may be on the way or unread: the memory that an upload of any size takes.
AHEAD: Final = 4

Pull = Callable[[int, int], object]


class Upload(io.BufferedIOBase):
    """A `File` or `Blob` that a page gave as an argument: a binary file, open for reading.

    Nothing of it is in memory but a few pieces of 1 MiB around the place that is read; it can be
    sought in, so `zipfile.ZipFile(upload)` reads only what it needs. It ends with its call.

    ```python
    @app.expose
    def save(file: pytron.Upload) -> int:
        return file.save(folder / file.name)
    ```

    `async def` functions read with `async for piece in file` or `await file.read_async(size)`.

    Attributes:
        name: the file's name without any folder, as the page says; "" for a `Blob`.
        type: its MIME type, as the page says; may be "".
        size: its length in bytes.
    """

    def __init__(self, name: str, type: str, size: int, pull: Pull) -> None:
        """Made for arguments; `pull(offset, size)` asks the page for a piece."""
        super().__init__()
        self.name = _last(name)
        self.type = type
        self.size = size
        self._pull = pull
        self._position = 0
        self._changed = Condition()
        self._pieces: dict[int, memoryview] = {}  # those that have come
        self._asked: set[int] = set()  # those on the way
        self._kept = range(0)  # those that are wanted when they come
        self._last = -1
        self._error: CallError | None = None
        self._wakers: list[Answer[None]] = []

    # --- what users call ----------------------------------------------------------------------

    def read(self, size: int | None = -1, /) -> bytes:
        """The next `size` bytes, fewer only at the end; all that are left without a size.

        Raises:
            CallError: `unreadable`: the page cannot read the file any more; `cancelled` or
                `closed`: the call has ended; `unsupported`: this is the main thread or a loop.
        """
        return b"".join(self._taken(size, at_once=False))

    def read1(self, size: int = -1, /) -> bytes:
        """The next bytes that are here, at least one unless it is the end."""
        return b"".join(self._taken(PIECE if size < 0 else size, at_once=True))

    def readinto(self, buffer: Buffer, /) -> int:
        """Fill a buffer; how much of it was filled."""
        target = memoryview(buffer).cast("B")
        filled = 0
        for piece in self._taken(target.nbytes, at_once=False):
            target[filled : filled + len(piece)] = piece
            filled += len(piece)
        return filled

    def peek(self, size: int = 0, /) -> bytes:
        """What comes next, without moving on."""
        position = self._position
        try:
            return self.read1(size or PIECE)
        finally:
            self._position = position

    async def read_async(self, size: int = -1) -> bytes:
        """The same as `read`, for `async def`: the loop goes on meanwhile."""
        taken: list[bytes | memoryview] = []
        left = self._left(size)
        while left > 0:
            piece = self._here(left)
            if piece is None:
                await self._arrival()
                continue
            taken.append(piece)
            left -= len(piece)
        return b"".join(taken)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The pieces from here on, of up to 1 MiB each."""
        while piece := await self.read_async(PIECE - self._position % PIECE):
            yield piece

    def save(self, path: str | os.PathLike[str]) -> int:
        """Write what is left of it to a file; how many bytes that were."""
        written = 0
        with Path(path).open("wb", buffering=0) as file:
            while pieces := self._taken(PIECE, at_once=True):
                for piece in pieces:
                    view = memoryview(piece)
                    while view.nbytes:
                        count = file.write(view) or 0
                        written += count
                        view = view[count:]
        return written

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go to another place; where that is."""
        self._check_open()
        start = {0: 0, 1: self._position, 2: self.size}[whence]
        if start + offset < 0:
            raise OSError(errno.EINVAL, f"negative seek position {start + offset}")
        self._position = start + offset
        return self._position

    def tell(self) -> int:
        """How far it has been read."""
        self._check_open()
        return self._position

    def readable(self) -> bool:
        """Yes."""
        self._check_open()
        return True

    def seekable(self) -> bool:
        """Yes."""
        self._check_open()
        return True

    def close(self) -> None:
        """Read no more of it."""
        self.end(None)
        super().close()

    def __repr__(self) -> str:
        return f"Upload({self.name!r}, {self.type!r}, size={self.size})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "an upload cannot go to another process: read it in a function of a thread, and hand "
            "on the bytes or a file"
        )

    # --- for the dispatcher -------------------------------------------------------------------

    def arrived(self, offset: int, data: memoryview | None, problem: str | None) -> None:
        """Take a piece, or hear why there is none.

        Raises:
            ProtocolError: it was not asked for, or is not as long as it must be.
        """
        index, rest = divmod(offset, PIECE)
        with self._changed:
            if rest or index not in self._asked:
                raise ProtocolError(f"a piece at {offset} that nobody asked for")
            self._asked.discard(index)
            if problem is not None or data is None:
                self._fail(
                    CallError(
                        f"the page cannot read {self.name or 'its blob'} any more "
                        f"({(problem or '')[:200]}); was the file changed or removed?",
                        code="unreadable",
                    )
                )
                return
            if data.nbytes != min(PIECE, self.size - offset):
                error = ProtocolError(f"a piece at {offset} of {data.nbytes} bytes")
                self._fail(CallError(f"{self!r}: {error}", code="unreadable"))
                raise error
            if index in self._kept and self._error is None:
                self._pieces[index] = data
            self._wake()

    def end(self, error: CallError | None) -> None:
        """Its call has ended, with this error if one."""
        with self._changed:
            self._fail(error or CallError(
                f"{self!r} has ended with its call; read it before the function returns",
                code="closed",
            ))  # fmt: skip

    # --- inside -------------------------------------------------------------------------------

    def _fail(self, error: CallError) -> None:
        if self._error is None:
            self._error = error
            self._pieces.clear()
        self._wake()

    def _wake(self) -> None:
        self._changed.notify_all()
        wakers, self._wakers = self._wakers, []
        for waker in wakers:
            waker.settle(None)

    def _check_open(self) -> None:
        if self.closed:
            raise ValueError("I/O operation on a closed upload")

    def _left(self, size: int | None) -> int:
        left = max(0, self.size - self._position)
        return left if size is None or size < 0 else min(size, left)

    def _taken(self, size: int | None, *, at_once: bool) -> list[bytes | memoryview]:
        """What comes next in pieces; waits for it, or `at_once` for the first only."""
        taken: list[bytes | memoryview] = []
        left = self._left(size)
        while left > 0:
            piece = self._here(left)
            if piece is None:
                if at_once and taken:
                    break
                self._wait()
                continue
            taken.append(piece)
            left -= len(piece)
            if at_once:
                break
        return taken

    def _here(self, most: int) -> memoryview | None:
        """The next bytes out of the piece that they are in; None, and asked for, if it is not."""
        self._check_open()
        index, start = divmod(self._position, PIECE)
        with self._changed:
            if self._error is not None:
                raise self._error
            wanted = self._want(index)
            piece = self._pieces.get(index)
            if piece is not None:
                piece = piece[start : start + most]
                self._position += len(piece)
        for other in wanted:
            self._pull(other * PIECE, min(PIECE, self.size - other * PIECE))
        return piece

    def _want(self, index: int) -> list[int]:
        """The pieces to ask for now: more than one where it is read from front to back."""
        in_order = index in (self._last, self._last + 1)
        self._last = index
        count = -(-self.size // PIECE)
        if in_order or index not in self._kept:
            self._kept = range(index, min(index + (AHEAD if in_order else 1), count))
        for old in self._pieces.keys() - set(self._kept):
            del self._pieces[old]
        wanted = [i for i in self._kept if i not in self._asked and i not in self._pieces]
        self._asked.update(wanted)
        return wanted

    def _wait(self) -> None:
        if not may_wait():
            raise CallError(
                "read() would stop the main thread or a loop until the page has answered; use "
                "`async for piece in upload`, `await upload.read_async()`, or a plain def",
                code="unsupported",
            )
        index = self._position // PIECE
        with self._changed:
            self._changed.wait_for(lambda: self._error is not None or index in self._pieces)

    async def _arrival(self) -> None:
        """Wait until something comes, on a loop."""
        index = self._position // PIECE
        with self._changed:
            if self._error is not None or index in self._pieces:
                return
            waker: Answer[None] = Answer("a piece of an upload")
            self._wakers.append(waker)
        await waker


def _last(name: str) -> str:
    """A name that can stand behind a folder: no separators, control characters, or only dots."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    last = "".join(c for c in last if c.isprintable() and c != ":").strip()
    return "" if not last.strip(".") else last
