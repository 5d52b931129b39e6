"""The small examples without a window: what their pages call does what their pages show."""

from __future__ import annotations

import gzip
import hashlib
from contextlib import closing

import pytest
from pytron.testing import Blob, RemoteError, TestClient

from .conftest import EXAMPLES, LoadExample

SMALL = sorted(path.parent.name for path in EXAMPLES.glob("*/page"))


@pytest.mark.parametrize("name", SMALL)
def test_page_of_each_example_is_served_with_its_client(
    name: str, load_example: LoadExample
) -> None:
    with TestClient(load_example(name).app) as page:
        answer = page.get("/")
        assert answer.status == 200
        assert "/_pytron/client.js" in answer.text
        assert page.get("/style.css").headers["Content-Type"].startswith("text/css")
        assert page.get("/_pytron/client.js").status == 200


def test_hello_greets_counts_and_tells(load_example: LoadExample) -> None:
    with TestClient(load_example("hello").app) as page:
        page.subscribe("greeted")
        assert page.call("greet", "Ada") == "Hello, Ada!"
        assert page.event() == ("greeted", "Ada")
        assert page.state == {"greeted": 1}


def test_calls_are_checked_and_errors_have_codes(load_example: LoadExample) -> None:
    with TestClient(load_example("calls").app) as page:
        assert page.call("add", 1, 2) == page.call("add", a=1, b=2) == 3
        assert page.call("after", 0.01) == "waited 0.01 s"
        assert page.call("plan", {"place": "lisbon", "start": "2026-05-17"}) == {
            "place": "Lisbon",
            "start": "2026-05-01",
            "days": 4,
        }
        assert page.call("readings", 30_000)[-1] == {"minute": 29_999, "celsius": 20.4}
        codes = {
            ("add", 1, "two"): "invalid_arguments",
            ("ad", 1, 2): "unknown_function",
            ("log_in", "ada"): "account_locked",
            ("slow",): "timeout",
        }
        for (name, *arguments), code in codes.items():
            with pytest.raises(RemoteError) as failure:
                page.call(name, *arguments)
            assert failure.value.code == code


def test_streams_come_to_their_end_and_progress_before_the_result(
    load_example: LoadExample,
) -> None:
    module = load_example("streams")
    with TestClient(module.app) as page:
        assert list(page.stream("countdown", 3)) == [3, 2, 1]
        with closing(page.stream("primes")) as primes:
            assert [next(primes) for _ in range(5)] == [2, 3, 5, 7, 11]
        assert page.call("crunch", 5) == "5 steps done"
        assert [report[1:] for report in page.progress] == [
            (step, 5, f"step {step}") for step in range(1, 6)
        ]
    assert module.ended == ["countdown"]


def test_bytes_go_down_and_up(load_example: LoadExample) -> None:
    with TestClient(load_example("binary").app) as page:
        made = page.call("gradient", 2, 1)
        assert bytes(made["pixels"]) == bytes((0, 0, 160, 255, 127, 0, 160, 255))
        back = page.call("inverted", made)
        assert bytes(back["pixels"]) == bytes((255, 255, 95, 255, 128, 255, 95, 255))


def test_files_are_read_and_streamed(load_example: LoadExample) -> None:
    data = b"a\nlonger\n" * 300_000
    with TestClient(load_example("files").app) as page:
        file = Blob(data, "lines.txt")
        assert page.call("digest", file) == hashlib.sha256(data).hexdigest()
        assert page.progress[-1][1:3] == (len(data), len(data))
        assert page.call("longest_line", file) == len("longer")
        assert gzip.decompress(b"".join(page.stream("compressed", file))) == data


def test_state_is_shared_by_two_windows(load_example: LoadExample) -> None:
    module = load_example("state")
    with TestClient(module.app) as page:
        page.call("open_another")
        other = page.page("window-2")
        page.call("add", "Yeast")
        assert len(other.wait_for_state(lambda state: state["left"] == 3)["items"]) == 3
        other.change([{"op": "set", "path": ["items", 0, "bought"], "value": True}])
        assert page.wait_for_state(lambda state: state["left"] == 2)["items"][0]["bought"]
        with pytest.raises(RemoteError) as refused:
            other.change([{"op": "set", "path": ["items", 0, "bought"], "value": "perhaps"}])
        assert refused.value.code == "invalid_change"
        assert page.state["items"][0]["bought"] is True


def test_events_go_both_ways(load_example: LoadExample) -> None:
    with TestClient(load_example("events").app) as page:
        page.subscribe("clicks.*")
        page.emit("clicked", {"at": 1})
        assert page.event() == ("clicks.counted", 1)
        page.subscribe("clock.tick")
        assert page.event()[0] == "clock.tick"


def test_assets_come_from_routes_files_and_blobs(load_example: LoadExample) -> None:
    with TestClient(load_example("assets").app) as page:
        badge = page.get("/badge/%3Cb%3E.svg")
        assert badge.headers["Content-Type"].startswith("image/svg+xml")
        assert "&lt;b>" in badge.text
        assert len(page.get("/squares.csv").text.splitlines()) == 1000
        part = page.get("/source/app.py", headers={"range": "bytes=0-12"})
        assert (part.status, part.body) == (206, b'"""Assets: pa')
        assert page.get("/source/page").status == 404
        assert page.get("/source/..%2F..%2Fpyproject.toml").status in (400, 404)
        assert page.get(page.call("publish", "hello")).text == "hello"


def test_window_with_unsaved_work_asks_back(load_example: LoadExample) -> None:
    module = load_example("windows")
    with TestClient(module.app) as page:
        label = page.call("open_another")
        other = page.page(label)
        other.subscribe("confirm-close")
        other.call("touched", label, True)
        module.app.window(label).close()
        assert other.event() == ("confirm-close", None)
        assert label in [window.label for window in module.app.windows]


def test_modules_are_namespaces_and_windows_limit_them(load_example: LoadExample) -> None:
    module = load_example("modules")
    with TestClient(module.app) as page:
        names = page.call("files.names")
        assert names == ["app.py", "files.py", "sums.py"]
        lines = [page.call("files.lines", name) for name in names]
        assert page.call("sums.total", lines) == sum(lines) > 30
        assert page.call("sums.secret") == "for the main window"
        module.app.open_window("second")
        with pytest.raises(RemoteError) as refused:
            page.page("second").call("sums.secret")
        assert refused.value.code == "not_allowed"
        with pytest.raises(RemoteError) as missing:
            page.call("files.lines", "nothing.py")
        assert missing.value.name == "FileNotFoundError"
