"""What the server engine is measured against: a bare Starlette WebSocket that echoes."""

import json
import sys

import uvicorn
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from benchmarks.server.measure import BARE


async def page(_request: object) -> HTMLResponse:
    """The page that measures."""
    return HTMLResponse(BARE)


async def echo(socket: WebSocket) -> None:
    """Parse and answer each message, as an author would write it."""
    await socket.accept()
    while True:
        message = json.loads(await socket.receive_text())
        if "report" in message:
            print("REPORT", json.dumps(message["report"]), flush=True)
            return
        await socket.send_text(json.dumps({"id": message["id"], "value": message["a"] + 1}))


if __name__ == "__main__":
    app = Starlette(routes=[Route("/", page), WebSocketRoute("/ws", echo)])
    uvicorn.run(
        app,
        port=int(sys.argv[1]),
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        log_level="warning",
    )
