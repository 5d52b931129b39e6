"""Runs under a Windows CPython: the link over a named pipe, and the server's loop in turns.

Without arguments it is the kit, starts itself as the host, and prints what it found as JSON lines.
The packages are made by hand: `pytron` itself would import what is not installed there.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
import types
from pathlib import Path
from typing import Any

KIT = Path(os.environ["KIT"])
LINK = "PYTRON_LINK"
DEADLINE_S = 120.0


def make_packages() -> None:
    """Let modules be imported that need nothing but the standard library."""
    for name in ("pytron", "pytron.platforms", "pytron.server"):
        module: Any = types.ModuleType(name)
        module.__path__ = [str(KIT.joinpath(*name.split(".")))]
        sys.modules[name] = module


def tell(**found: object) -> None:
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()


def serve_as_host(pipes: Any, pack: Any) -> None:
    """Give back what comes, until the link ends."""
    channel = pipes.inherited(os.environ.pop(LINK))
    hub = pipes.Hub()
    hub.add(channel)
    while True:
        hub.wait(DEADLINE_S)
        parcels, more = channel.read()
        for parcel in parcels:
            channel.send(pack(parcel.text, [bytes(part) for part in parcel.parts]))
        if not more:
            return


class Kit:
    """One end of a link, and the process at the other."""

    def __init__(self, pipes: Any, *, change: Any = None, owner: int | None = None) -> None:
        self.host: subprocess.Popen[bytes] | None = None

        def owned() -> int:
            if owner is not None:
                return owner
            return self.host.pid if self.host is not None else 0

        self.channel, address = pipes.listen(owned)
        variables = {**os.environ, LINK: change(address) if change else address}
        self.host = subprocess.Popen([sys.executable, __file__, "host"], env=variables)
        self.hub = pipes.Hub()
        self.hub.add(self.channel)

    def ask(self, pack: Any, text: bytes, *parts: bytes) -> Any:
        self.channel.send(pack(text, parts))
        while True:
            self.hub.wait(DEADLINE_S)
            parcels, more = self.channel.read()
            if parcels:
                return parcels[0]
            if not more:
                raise SystemExit("the link has ended")

    def end(self) -> str:
        """How the link ends: with data, or without."""
        while True:
            self.hub.wait(DEADLINE_S)
            parcels, more = self.channel.read()
            if parcels:
                return "data"
            if not more:
                return "ended"


def try_link(pipes: Any, pack: Any) -> None:
    """What spec/view.md, section 7, says of pipes."""
    kit = Kit(pipes)
    assert kit.host is not None
    large = os.urandom(5 << 20)
    small = kit.ask(pack, b'{"kind":"a"}')
    back = kit.ask(pack, b'{"kind":"b"}', large)
    tell(text=bytes(small.text).decode(), large=bytes(back.parts[0]) == large)
    kit.channel.close()
    tell(left=kit.host.wait(DEADLINE_S))

    kit = Kit(pipes)
    assert kit.host is not None
    kit.ask(pack, b'{"kind":"a"}')
    kit.host.kill()
    tell(killed=kit.end())

    def without_token(address: str) -> str:
        kind, name, token = address.split(":")
        return f"{kind}:{name}:{'0' * len(token)}"

    kit = Kit(pipes, change=without_token)
    assert kit.host is not None
    tell(token=kit.end())
    kit.host.kill()

    kit = Kit(pipes, owner=os.getpid())
    assert kit.host is not None
    tell(stranger=kit.end())
    kit.host.kill()


def try_turns() -> None:
    """A server's loop whose every turn is another thread's."""
    from pytron.server.turns import LoopInTurns

    turns = LoopInTurns(asyncio.ProactorEventLoop())  # type: ignore[attr-defined]

    class Echo(asyncio.Protocol):
        def connection_made(self, transport: Any) -> None:
            self.transport = transport

        def data_received(self, data: bytes) -> None:
            self.transport.write(data)
            turns.wake()

    listener = socket.create_server(("127.0.0.1", 0))
    turns.finish(turns.loop.create_server(Echo, sock=listener))
    client = socket.create_connection(listener.getsockname(), DEADLINE_S)
    client.settimeout(DEADLINE_S)
    heard: list[str] = []
    over = threading.Event()

    def turn(ended: threading.Event) -> None:
        turns.run()
        ended.set()
        over.wait()  # workers live on, and Wine takes back what a thread that ends still waits for

    for word in (b"one", b"two", b"three"):
        client.sendall(word)
        ended = threading.Event()
        threading.Thread(target=turn, args=[ended], daemon=True).start()
        heard.append(client.recv(100).decode())
        if not ended.wait(DEADLINE_S):
            heard.append("it still runs")
    over.set()
    tell(turns=heard)


if __name__ == "__main__":
    make_packages()
    from pytron.framing import pack
    from pytron.platforms import pipes

    if sys.argv[1:] == ["host"]:
        serve_as_host(pipes, pack)
    else:
        try_link(pipes, pack)
        try_turns()
    os._exit(0)
