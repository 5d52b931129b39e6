"""The benchmark app on PyTauri, from its precompiled wheel.

PyTauri's functions are asynchronous and take one argument, `body`.
"""

from typing import Any

import functions
from anyio import to_thread
from anyio.from_thread import start_blocking_portal
from pydantic import BaseModel, RootModel
from pytauri import Commands
from pytauri.ipc import JavaScriptChannelId
from pytauri.webview import WebviewWindow
from pytauri_wheel.lib import builder_factory, context_factory

commands = Commands()
Records = list[dict[str, Any]]


class Push(BaseModel):
    """What the page sends to have events pushed."""

    channel: JavaScriptChannelId[RootModel[Any]]
    count: int
    group: int


@commands.command()
async def ping(body: int) -> int:
    """Answer with the argument."""
    return functions.ping(body)


@commands.command()
async def ping_many(body: list[int]) -> list[int]:
    """Answer many pings sent in one call."""
    return functions.ping_many(body)


@commands.command()
async def intervals() -> list[float]:
    """Microseconds between pings."""
    return functions.intervals()


@commands.command()
async def answered() -> None:
    """The cold start is over."""
    functions.answered()


@commands.command()
async def plan() -> str:
    """The steps to measure."""
    return functions.plan()


@commands.command()
async def record(body: tuple[str, str]) -> None:
    """Keep one step's result."""
    functions.record(*body)


@commands.command()
async def dicts() -> Records:
    """A list of small records."""
    return functions.dicts()


@commands.command()
async def take_dicts(body: Records) -> int:
    """Take such a list."""
    return functions.take_dicts(body)


@commands.command()
async def checksum() -> int:
    """The payload's checksum."""
    return functions.checksum()


@commands.command()
async def checksum_up() -> int:
    """The uploaded bytes' checksum."""
    return functions.checksum_up()


@commands.command()
async def download() -> bytes:
    """The payload; arrives as an ArrayBuffer."""
    return functions.payload()


@commands.command()
async def upload(body: bytes) -> int:
    """Take bytes."""
    return functions.take_bytes(body)


@commands.command()
async def push(body: Push, webview_window: WebviewWindow) -> None:
    """Push events over a channel."""
    channel = body.channel.channel_on(webview_window.as_ref_webview())
    functions.push(body.count, body.group, lambda data: channel.send_model(RootModel[Any](data)))


@commands.command()
async def busy(body: float) -> int:
    """Compute, as written without a thought for the event loop."""
    return functions.busy(body)


@commands.command()
async def busy_in_thread(body: float) -> int:
    """Compute, moved to a thread by the author."""
    return await to_thread.run_sync(functions.busy, body)


@commands.command()
async def memory() -> int:
    """Resident bytes of this process."""
    return functions.memory()


@commands.command()
async def finish() -> None:
    """All is measured."""
    functions.finish()


def main() -> None:
    """Run the app."""
    with start_blocking_portal("asyncio") as portal:
        context = context_factory(functions.PAGE.parent.absolute())
        handler = commands.generate_handler(portal)
        builder_factory().build(context=context, invoke_handler=handler).run()


if __name__ == "__main__":
    main()
