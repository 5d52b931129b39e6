"""Published blobs: lifetime, limits, and the kit's own paths."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytron.assets import Assets
from pytron.errors import AssetError

from .asking import ask


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_bytes_are_served_until_withdrawn() -> None:
    assets = Assets()
    url = assets.publish(b"0123456789", "image/png")
    assert url.startswith("/_pytron/blob/")
    got = ask(assets, url)
    assert (got.status, got.body, got.headers["content-type"]) == (200, b"0123456789", "image/png")
    assert ask(assets, url, range="bytes=-2").body == b"89"
    assert ask(assets, url, if_none_match=got.headers["etag"]).status == 304
    assert assets.withdraw(url)
    assert not assets.withdraw(url)
    assert ask(assets, url).status == 404


def test_urls_cannot_be_guessed() -> None:
    assets = Assets()
    urls = {assets.publish(b"") for _ in range(100)}
    assert len(urls) == 100
    assert all(len(url.rpartition("/")[2]) >= 24 for url in urls)
    for target in ("/_pytron/blob", "/_pytron/blob/", "/_pytron/blob/x", "/_pytron", "/_pytron/y"):
        assert ask(assets, target).status == 404


def test_a_name_stands_at_the_end_and_gives_the_type() -> None:
    assets = Assets()
    url = assets.publish(b"x", name="r é/".replace("/", ".csv"))
    assert url.endswith("/r%20%C3%A9.csv")
    assert ask(assets, url).headers["content-type"] == "text/csv; charset=utf-8"
    assert assets.withdraw("pytron://localhost" + url)
    for bad in ("a/b", "..", "", "a\\b", "C:x"):
        with pytest.raises(AssetError, match="plain file name"):
            assets.publish(b"x", name=bad)


def test_what_is_published_is_what_was_given() -> None:
    assets = Assets()
    data = bytearray(b"abc")
    array = np.arange(3, dtype="u1")
    urls = [assets.publish(data), assets.publish(array[::2]), assets.publish(memoryview(data))]
    data[0] = array[0] = 0
    assert [ask(assets, url).body for url in urls] == [b"abc", b"\0\2", b"abc"]


def test_a_path_and_a_source_are_read_when_asked_for(tmp_path: Path) -> None:
    assets = Assets(blob_limit_bytes=0)
    file = tmp_path / "a.txt"
    with pytest.raises(AssetError, match="is no file"):
        assets.publish(file)
    file.write_text("first")
    url = assets.publish(file)
    file.write_text("second")
    assert ask(assets, url).text == "second"
    assert ask(assets, url).headers["content-type"] == "text/plain; charset=utf-8"
    file.unlink()
    assert ask(assets, url).status == 404

    def source() -> Iterator[bytes]:
        yield b"a"
        yield b"b"

    streamed = assets.publish(source, "text/plain")
    assert [ask(assets, streamed).body for _ in range(2)] == [b"ab", b"ab"]


def test_a_lifetime_ends() -> None:
    clock = Clock()
    assets = Assets(clock=clock, blob_limit_bytes=10)
    url = assets.publish(b"0123456789", lifetime_s=5)
    clock.now_s = 4.9
    assert ask(assets, url).status == 200
    clock.now_s = 5
    assert ask(assets, url).status == 404
    assets.publish(b"0123456789")
    for bad in (0, -1, float("nan")):
        with pytest.raises(AssetError, match="lifetime"):
            assets.publish(b"", lifetime_s=bad)


def test_once_ends_with_the_last_byte() -> None:
    assets = Assets()
    url = assets.publish(b"0123456789", once=True)
    assert ask(assets, url, method="HEAD").status == 200
    assert ask(assets, url, range="bytes=0-4").body == b"01234"
    assert ask(assets, url, range="bytes=99-").status == 416
    assert ask(assets, url, range="bytes=5-").body == b"56789"
    assert ask(assets, url).status == 404
    again = assets.publish(b"x", once=True)
    assert [ask(assets, again).status for _ in range(2)] == [200, 404]


def test_the_limit_names_what_is_held() -> None:
    assets = Assets(blob_limit_bytes=10)
    first = assets.publish(b"0123456")
    with pytest.raises(AssetError, match="hold 7 of 10 bytes, 4 more") as caught:
        assets.publish(b"0123")
    assert caught.value.code == "too_large"
    assets.publish(b"012")
    assets.withdraw(first)
    assets.publish(b"0123456")


@pytest.mark.parametrize("data", ["text", 3, None, {"a": 1}, [b"x"]])
def test_what_cannot_be_published_is_refused(data: Any) -> None:
    with pytest.raises(AssetError, match="can't be published"):
        Assets().publish(data)


@pytest.mark.parametrize("kind", ["png", "text/html\r\nX: 1", "a/b/c d", "", "/"])
def test_a_malformed_type_is_refused(kind: str) -> None:
    with pytest.raises(AssetError, match="no media type"):
        Assets().publish(b"", kind)


def test_threads_share_the_blobs() -> None:
    assets = Assets(blob_limit_bytes=10_000)
    served: list[bytes] = []

    def work() -> None:
        for _ in range(200):
            url = assets.publish(b"x" * 100)
            served.append(ask(assets, url).body)
            assert assets.withdraw(url)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert served == [b"x" * 100] * 1200
    assets.publish(b"x" * 10_000)  # nothing is left behind


def test_the_client_is_served() -> None:
    for client in (b"export {}", lambda: b"export {}"):
        got = ask(Assets(client=client), "/_pytron/client.js?v=1")
        assert (got.status, got.body) == (200, b"export {}")
        assert got.headers["content-type"] == "text/javascript; charset=utf-8"
        assert got.headers["etag"]


def test_a_client_that_was_not_built_is_an_answer(caplog: pytest.LogCaptureFixture) -> None:
    def missing() -> bytes:
        raise AssetError("the client has not been built: run the build first")

    assert ask(Assets(client=missing), "/_pytron/client.js").status == 500
    assert "run the build first" in caplog.text
