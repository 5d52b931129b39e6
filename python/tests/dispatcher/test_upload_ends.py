"""What ends the reading of a page's file, what a page may not answer, and credit by size."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from pytron import App, CallError, Upload
from pytron.dispatcher.uploads import PIECE
from pytron.testing import RemoteError, TestClient
from sleeping import asleep
from waiting import Gate

AppOf = App[Any]


class Mute:
    """A page that never answers what is asked of its file."""

    def __init__(self, app: AppOf, name: str) -> None:
        self.ended = Gate()
        self.codes: list[str] = []
        self.name = name
        self.app = app

    def call(self, page: Any, more: dict[str, Any] | None = None) -> None:
        offer = {"at": ["args", 0], "upload": 9, "size": 5, "type": ""}
        call = {"kind": "call", "id": 1, "name": self.name, "args": [None], "uploads": [offer]}
        page.send({**call, **(more or {})})
        page.read_until("pull")

    def read(self, file: Upload) -> None:
        try:
            file.read()
        except CallError as error:
            self.codes.append(error.code)
        finally:
            self.ended.set()


ENDINGS = {
    "cancel": lambda page: page.send({"kind": "cancel", "id": 1}),
    "reload": lambda page: page.send(
        {"kind": "hello", "version": 1, "session": "t" * 20, "client": ""}
    ),
    "close": lambda page: page.engine.command({"kind": "close", "window": page.window}),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_who_waits_for_a_piece_is_let_go_when_the_call_ends(app: AppOf, ending: str) -> None:
    mute = Mute(app, "read")
    app.expose(name="read")(mute.read)
    with asleep(app) as page:
        mute.call(page)
        ENDINGS[ending](page)
        mute.ended.pass_through()
        assert mute.codes == ["closed"]


def test_deadline_lets_go_too(app: AppOf) -> None:
    mute = Mute(app, "read")
    app.expose(name="read")(mute.read)
    with asleep(app) as page:
        mute.call(page, {"timeout": 50})
        mute.ended.pass_through()
        [error] = [m["error"] for m in page.read_until("error") if m["kind"] == "error"]
        assert (error["code"], mute.codes) == ("timeout", ["closed"])


def test_async_reader_is_let_go_when_the_page_is_gone(app: AppOf) -> None:
    ended = Gate()

    @app.expose
    async def read(file: Upload) -> None:
        try:
            await file.read_async()
        finally:
            ended.set()

    with asleep(app) as page:
        Mute(app, "read").call(page)
        page.engine.command({"kind": "close", "window": page.window})
        ended.pass_through()


@pytest.mark.parametrize(
    ("piece", "binary"),
    [
        ({"id": 9, "offset": 1}, b"x"),
        ({"id": 9, "offset": PIECE}, b"x"),
        ({"id": 9, "offset": 0}, b"too long"),
        ({"id": 9, "offset": 0}, b""),
    ],
)
def test_piece_that_does_not_fit_is_refused(
    app: AppOf, piece: dict[str, Any], binary: bytes
) -> None:
    mute = Mute(app, "read")
    app.expose(name="read")(mute.read)
    with asleep(app) as page:
        mute.call(page)
        place = {"at": ["data"], "part": 0, "type": "bytes"}
        message = {"kind": "piece", **piece, "data": None, "bin": [place]}
        page.send_binary(message, binary)
        [error] = [m["error"] for m in page.read_until("error") if m["kind"] == "error"]
        assert error["code"] == "protocol"


def test_piece_of_an_upload_that_has_ended_is_ignored(app: AppOf) -> None:
    with TestClient(app) as page:
        page.send({"kind": "piece", "id": 77, "offset": 0, "data": None})
        page.sync()
        assert page.faults == []


def test_two_uploads_of_one_id_are_refused(app: AppOf) -> None:
    @app.expose
    def take(*files: Upload) -> None: ...

    offer = {"upload": 9, "size": 5, "type": ""}
    with TestClient(app) as page:
        offers = [{"at": ["args", 0], **offer}, {"at": ["args", 1], **offer}]
        call = {"kind": "call", "id": 1, "name": "take", "args": [None, None]}
        page.send({**call, "uploads": offers})
        with pytest.raises(RemoteError, match="known already"):
            page.result(1)
        for path in (["args", 5], ["x"], [], ["args", 0, "y"], ["args", -1]):
            page.send({**call, "id": 2, "uploads": [{"at": path, **offer}]})
            with pytest.raises(RemoteError) as error:
                page.result(2)
            assert error.value.code == "protocol"


def test_stream_of_bytes_keeps_to_the_credit_by_size(app: AppOf) -> None:
    made = 0

    @app.expose
    def large() -> Iterator[bytes]:
        nonlocal made
        while True:
            made += 1
            yield bytes(PIECE)

    with asleep(app) as page:
        page.send({"kind": "call", "id": 1, "name": "large", "args": []})
        page.read_until("item", 4)
        page.send({"kind": "sync", "scope": "window"})
        page.read_until("snapshot")
        assert made == 4  # 64 credits, and each costs 17
        page.send({"kind": "credit", "id": 1, "count": 17 * 4})
        page.read_until("item", 4)
        assert made == 8


def test_async_stream_of_bytes_keeps_to_it_too(app: AppOf) -> None:
    made = 0

    @app.expose
    async def large() -> AsyncIterator[bytes]:
        nonlocal made
        while True:
            made += 1
            yield bytes(PIECE)

    @app.expose
    async def rest() -> int:
        await asyncio.sleep(0)
        return made

    with asleep(app) as page:
        page.send({"kind": "call", "id": 1, "name": "large", "args": []})
        page.read_until("item", 4)
        page.send({"kind": "call", "id": 2, "name": "rest", "args": []})
        [result] = [m["value"] for m in page.read_until("result") if m["kind"] == "result"]
        assert result == 4
