"""Ask assets for something, as an engine would."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import NamedTuple

from pytron.assets import Answer, Assets, FileSlice, Request, Routed


class Got(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def ask(assets: Assets, target: str, *, method: str = "GET", **headers: str) -> Got:
    """Ask as the window `main`; header names are given with `_` for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = Request(method, target, named, "main")
    answer = assets.answer(request)
    if isinstance(answer, Routed):
        try:
            value = answer.function(**answer.arguments)
            if answer.is_async:
                value = asyncio.run(value)
        except ValueError as error:
            answer = answer.failed(error)
        else:
            answer = answer.finish(value, request)
    names = [name for name, _ in answer.headers]
    assert len(names) == len({name.lower() for name in names}), "a header stands twice"
    got = Got(answer.status, {name.lower(): text for name, text in answer.headers}, read(answer))
    if "content-length" in got.headers and method == "GET":
        assert int(got.headers["content-length"]) == len(got.body)
    assert answer.status == 304 or got.headers["x-content-type-options"] == "nosniff"
    return got


def read(answer: Answer) -> bytes:
    """Read a body to its end."""
    body = answer.body
    if isinstance(body, FileSlice):
        with body.path.open("rb") as file:
            file.seek(body.offset)
            return file.read(body.length)
    if isinstance(body, Iterator):
        return b"".join(bytes(piece) for piece in body)
    if isinstance(body, AsyncIterator):
        return asyncio.run(drain(body))
    return bytes(body)


async def drain(pieces: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in pieces])
