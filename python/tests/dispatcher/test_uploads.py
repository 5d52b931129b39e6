"""Files of pages as arguments, and streams of bytes the other way."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytron import App, CallError, Upload
from pytron.dispatcher.uploads import AHEAD, PIECE
from pytron.testing import Blob, RemoteError, TestClient
from waiting import finishes

AppOf = App[Any]
DATA = bytes(range(256)) * 12_000 + b"end"  # three pieces, the last one short


def test_file_is_read_whole(app: AppOf) -> None:
    @app.expose
    def read(file: Upload) -> list[Any]:
        return [file.name, file.type, file.size, file.read() == DATA, file.read(), file.tell()]

    with TestClient(app) as page:
        found = page.call("read", Blob(DATA, "a.bin", "application/x-a"))
    assert found == ["a.bin", "application/x-a", len(DATA), True, b"", len(DATA)]


def test_file_is_read_in_any_way_that_files_are(app: AppOf, tmp_path: Path) -> None:
    @app.expose
    def read(file: Upload) -> list[bool]:
        buffer = bytearray(PIECE + 7)
        whole = io.BytesIO()
        found = [file.read(3) == DATA[:3], file.peek(4)[:4] == DATA[3:7]]
        found += [file.readinto(buffer) == len(buffer), bytes(buffer) == DATA[3 : len(buffer) + 3]]
        found += [file.seek(-3, io.SEEK_END) == len(DATA) - 3, file.read(99) == b"end"]
        file.seek(0)
        shutil.copyfileobj(file, whole)
        found += [whole.getvalue() == DATA, file.seek(1) == 1]
        found += [file.save(tmp_path / "out") == len(DATA) - 1]
        return [*found, (tmp_path / "out").read_bytes() == DATA[1:]]

    with TestClient(app) as page:
        assert all(page.call("read", Blob(DATA)))


def test_lines_and_text(app: AppOf) -> None:
    @app.expose
    def lines(file: Upload) -> list[str]:
        raw = [line.decode() for line in file]
        file.seek(0)
        return [*raw, *io.TextIOWrapper(file, "utf-8").read().splitlines()]

    with TestClient(app) as page:
        assert page.call("lines", Blob("é\nb\n".encode())) == ["é\n", "b\n", "é", "b"]


def test_only_what_is_read_is_asked_for(app: AppOf) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("large", bytes(20 * PIECE))
        files.writestr("small.txt", "found")

    @app.expose
    def small(file: Upload) -> str:
        return zipfile.ZipFile(file).read("small.txt").decode()

    with TestClient(app) as page:
        assert page.call("small", Blob(archive.getvalue())) == "found"
        assert sum(size for _, size in page.offers.pulled) < 3 * PIECE


def test_no_more_than_a_few_pieces_are_on_the_way(app: AppOf) -> None:
    most = 0

    @app.expose
    def read(file: Upload) -> int:
        nonlocal most
        while file.read(1000):
            most = max(most, len(file._pieces) + len(file._asked))
        return file.tell()

    with TestClient(app) as page:
        assert page.call("read", Blob(bytes(12 * PIECE))) == 12 * PIECE
        assert len(page.offers.pulled) == 12
    assert 1 < most <= AHEAD


def test_async_function_reads_without_holding_up_the_loop(app: AppOf) -> None:
    @app.expose
    async def read(file: Upload) -> list[Any]:
        first = await file.read_async(5)
        pieces = [piece async for piece in file]
        return [first, b"".join(pieces) == DATA[5:], max(map(len, pieces)) <= PIECE]

    with TestClient(app) as page:
        assert page.call("read", Blob(DATA)) == [DATA[:5], True, True]


def test_plain_read_is_refused_where_it_would_hold_up_others(app: AppOf) -> None:
    @app.expose
    async def read(file: Upload) -> bytes:
        return file.read()

    @app.expose(executor="loop")
    def read_there(file: Upload) -> bytes:
        return file.read()

    with TestClient(app) as page:
        for name in ("read", "read_there"):
            with pytest.raises(RemoteError, match="async for piece in upload") as refused:
                page.call(name, Blob(b"x"))
            assert refused.value.code == "unsupported"


def test_generator_may_read_as_it_goes(app: AppOf) -> None:
    @app.expose
    def lengths(file: Upload) -> Iterator[int]:
        while piece := file.read(PIECE):
            yield len(piece)

    with TestClient(app) as page:
        assert sum(page.stream("lengths", Blob(DATA))) == len(DATA)


def test_files_may_stand_anywhere_and_be_left_out(app: AppOf) -> None:
    @app.expose
    def all_of(files: list[Upload], more: dict[str, Upload | None], last: Any = None) -> list[Any]:
        found = more["a"]
        assert found is not None
        return [*(f.read() for f in files), found.read(), more["b"], last and last.read()]

    with TestClient(app) as page:
        files = [Blob(b"1"), Blob(b"2")]
        expected = [b"1", b"2", b"3", None]
        assert page.call("all_of", files, {"a": Blob(b"3"), "b": None}) == [*expected, None]
        named = page.call("all_of", files=files, more={"a": Blob(b"3"), "b": None}, last=Blob(b"4"))
        assert named == [*expected, b"4"]


def test_file_where_none_is_taken_is_refused_with_the_remedy(app: AppOf) -> None:
    @app.expose
    def length(data: bytes) -> int:
        return len(data)

    @app.expose
    def size(file: Upload) -> int:
        return file.size

    with TestClient(app) as page:
        with pytest.raises(RemoteError, match=r"annotate it as pytron\.Upload") as refused:
            page.call("length", Blob(b"x"))
        assert refused.value.code == "invalid_arguments"
        with pytest.raises(RemoteError, match="expected `Upload`, got `str`"):
            page.call("size", "x")
        assert page.call("size", Blob(b"x")) == 1


def test_file_that_the_page_cannot_read_any_more(app: AppOf) -> None:
    @app.expose
    def read(file: Upload) -> bytes:
        return file.read()

    @app.expose
    async def read_async(file: Upload) -> bytes:
        return await file.read_async()

    with TestClient(app) as page:
        for name in ("read", "read_async"):
            with pytest.raises(RemoteError, match=r"it\.txt any more \(NotReadable\)") as error:
                page.call(name, Blob(b"x", "it.txt", problem="NotReadable"))
            assert error.value.code == "unreadable"


def test_file_cannot_be_read_after_its_call(app: AppOf) -> None:
    kept: list[Upload] = []

    @app.expose
    def keep(file: Upload) -> None:
        kept.append(file)

    with TestClient(app) as page:
        page.call("keep", Blob(b"x"))
        with pytest.raises(CallError, match="before the function returns") as error:
            finishes(kept[0].read)
        assert error.value.code == "closed"
        [session] = app._runner.runtime.dispatcher.sessions.values()  # type: ignore[union-attr]
        assert session.uploads == {}


def test_file_that_was_closed_is_not_read(app: AppOf) -> None:
    @app.expose
    def read(file: Upload) -> str:
        with file:
            pass
        try:
            file.read()
        except ValueError as error:
            return str(error)
        return ""

    with TestClient(app) as page:
        assert page.call("read", Blob(b"x")) == "I/O operation on a closed upload"


def size_of(file: Upload) -> int:
    """Here, for only what stands in a module can be called in another process."""
    return file.size


def test_upload_cannot_go_to_another_process(app: AppOf) -> None:
    app.expose(executor="process", name="size")(size_of)
    with TestClient(app) as page, pytest.raises(RemoteError, match="cannot go to another process"):
        page.call("size", Blob(b"x"))


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("../../etc/passwd", "passwd"), ("C:\\x\\y.txt", "y.txt"), ("..", ""), ("...", ""),
        ("a\0b\n.txt", "ab.txt"), ("a:b", "ab"), ("/", ""), ("  ", ""), ("żółć.txt", "żółć.txt"),
    ],
)  # fmt: skip
def test_name_can_be_put_behind_a_folder(app: AppOf, told: str, name: str) -> None:
    @app.expose
    def name_of(file: Upload) -> str:
        return file.name

    with TestClient(app) as page:
        assert page.call("name_of", Blob(b"", told)) == name


def test_many_read_at_the_same_time(app: AppOf) -> None:
    @app.expose
    def read(file: Upload) -> int:
        return len(file.read())

    @app.expose
    async def read_async(file: Upload) -> int:
        return len(await file.read_async())

    with TestClient(app) as page:
        names = ["read", "read_async"] * 20
        calls = [page.start(name, Blob(bytes(n * 100_000))) for n, name in enumerate(names)]
        assert [page.result(call) for call in calls] == [n * 100_000 for n in range(40)]
