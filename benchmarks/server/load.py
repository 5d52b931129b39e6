"""Many clients of one server: `python -m benchmarks.server.load PORT COOKIE CLIENTS RATE SECONDS`.

Loopback only. Each client is a page's session without a page; together they make RATE calls a
second, spread evenly, and every answer is checked.
"""

import asyncio
import json
import secrets
import struct
import sys
import time

from websockets.asyncio.client import ClientConnection, connect

MOST_CLIENTS, MOST_SECONDS = 10_000, 120


def frame(message: object) -> bytes:
    """A frame of one message."""
    text = json.dumps([message]).encode()
    return struct.pack("<I", len(text)) + text


class Client:
    """One session."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.waiting: dict[int, tuple[float, int]] = {}
        self.times: list[float] = []
        self.last = 0
        self.wrong = 0
        self.frames = 0

    async def read(self) -> None:
        """Take answers until the connection ends."""
        async for data in self.socket:
            if isinstance(data, str):
                continue
            self.frames += 1
            if self.frames % 16 == 0:
                await self.socket.send(json.dumps({"kind": "ack", "seen": self.frames}))
            (length,) = struct.unpack_from("<I", data)
            for message in json.loads(data[4 : 4 + length]):
                if message["kind"] in ("result", "error"):
                    began, wanted = self.waiting.pop(message["id"])
                    self.times.append(time.perf_counter() - began)
                    self.wrong += message.get("value") != wanted

    async def call(self) -> None:
        """One call."""
        self.last += 1
        self.waiting[self.last] = (time.perf_counter(), self.last + 1)
        call = {"kind": "call", "id": self.last, "name": "add", "args": [self.last, 1]}
        await self.socket.send(frame(call))


async def join(port: int, cookie: str) -> Client:
    """Connect and say hello."""
    connecting = connect(
        f"ws://127.0.0.1:{port}/_pytron/socket?page=%2F",
        origin=f"http://127.0.0.1:{port}",  # type: ignore[arg-type]
        additional_headers={"Cookie": cookie},
        compression=None,
        open_timeout=60,
        ping_interval=None,
    )
    socket = await connecting.__aenter__()
    hello = {"kind": "hello", "version": 1, "session": secrets.token_urlsafe(16), "connection": 1}
    await socket.send(json.dumps(hello))
    return Client(socket)


async def main(port: int, cookie: str, clients: int, rate: float, seconds: float) -> None:
    """Connect all, then call; print what was measured."""
    began = time.perf_counter()
    some: list[Client] = []
    while len(some) < clients:
        wave = min(50, clients - len(some))
        some += await asyncio.gather(*(join(port, cookie) for _ in range(wave)))
    connected_s = time.perf_counter() - began
    readers = [asyncio.ensure_future(client.read()) for client in some]
    await asyncio.sleep(1)  # every hello is answered
    start = time.perf_counter()
    for number in range(int(rate * seconds)):
        due = start + number / rate
        wait = due - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        await some[number % clients].call()
    calling_s = time.perf_counter() - start
    deadline = time.perf_counter() + 20
    while any(client.waiting for client in some) and time.perf_counter() < deadline:
        await asyncio.sleep(0.05)
    times = sorted(time_s for client in some for time_s in client.times)
    found = {
        "clients": clients,
        "connected_s": round(connected_s, 1),
        "calls": len(times),
        "per_s": round(rate * seconds / calling_s),
        "p50_ms": round(times[len(times) // 2] * 1000, 2),
        "p99_ms": round(times[int(len(times) * 0.99)] * 1000, 2),
        "most_ms": round(times[-1] * 1000, 1),
        "unanswered": sum(len(client.waiting) for client in some),
        "wrong": sum(client.wrong for client in some),
    }
    print(json.dumps(found), flush=True)
    for reader in readers:
        reader.cancel()


if __name__ == "__main__":
    port, cookie, clients, rate, seconds = sys.argv[1:]
    if int(clients) > MOST_CLIENTS or float(seconds) > MOST_SECONDS:
        raise SystemExit(f"at most {MOST_CLIENTS} clients and {MOST_SECONDS} s")
    asyncio.run(main(int(port), cookie, int(clients), float(rate), float(seconds)))
