"""Routes: patterns, parameters, and what functions return."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from pytron.assets import Assets, Request, Response, Routed
from pytron.errors import AssetError

from .asking import ask


def test_the_more_literal_pattern_wins() -> None:
    assets = Assets()

    @assets.route("a/{x}")
    def parameter(x: str) -> str:
        return f"parameter {x}"

    @assets.route("/a/fixed")
    def literal() -> str:
        return "literal"

    @assets.route("a/{x}.png")
    def ending(x: str) -> str:
        return f"ending {x}"

    @assets.route("a/t-{x}.png")
    def both(x: str) -> str:
        return f"both {x}"

    @assets.route("a/{rest:path}")
    def everything(rest: str) -> str:
        return f"rest {rest}"

    @assets.route("{first}/fixed/{last}")
    def around(first: str, last: str) -> str:
        return f"around {first} {last}"

    expected = {
        "/a/fixed": "literal",
        "/a/3": "parameter 3",
        "/a/3.png": "ending 3",
        "/a/t-3.png": "both 3",
        "/a/b/c": "rest b/c",
        "/a/fixed/z": "rest fixed/z",
        "/b/fixed/z": "around b z",
        "/a/%7Bx%7D": "parameter {x}",
        "/a/f%C3%A9": "parameter fé",
    }
    assert {target: ask(assets, target).text for target in expected} == expected
    assert ask(assets, "/a/").status == 404
    assert ask(assets, "/a").status == 404
    assert ask(assets, "/").status == 404


def test_a_branch_that_leads_nowhere_is_left_again() -> None:
    assets = Assets()
    assets.route("x/fixed/only")(lambda: "only")
    assets.route("x/{name}/other")(lambda name: f"other {name}")
    assert ask(assets, "/x/fixed/other").text == "other fixed"


@pytest.mark.parametrize(
    "target",
    [
        "/one/..",
        "/one/%2e%2e",
        "/one/a%2fb",
        "/one/a%5Cb",
        "/one/%00",
        "/one/C%3Ax",
        "/one/",
        "/all/../x",
        "/all/a/..%2f..%2fetc",
        "/all/a//b",
        "/all/.env",
        "/all/C:/x",
        "/all/con",
        "/all/a%5cb",
        "/all/",
    ],
)
def test_parameters_never_lead_out_of_a_folder(target: str) -> None:
    assets = Assets()
    assets.route("one/{x}")(lambda x: f"got {x}")
    assets.route("all/{rest:path}")(lambda rest: f"got {rest}")
    assert ask(assets, target).status == 404


def test_annotations_convert() -> None:
    assets = Assets()

    @assets.route("n/{a}/{b}/{c}")
    def numbers(a: int, b: float, c: bool, size: int = 4, name: str | None = None) -> str:
        return repr((a, b, c, size, name))

    @assets.route("need")
    def need(size: int, request: Request) -> str:
        return f"{size} {request.window}"

    assert ask(assets, "/n/-3/1.5/true").text == "(-3, 1.5, True, 4, None)"
    assert ask(assets, "/n/3/1/0?size=9&name=a%20b&v=1&size").status == 400
    assert ask(assets, "/n/3/1/0?name=a+b&v=1").text == "(3, 1.0, False, 4, 'a b')"
    for bad in ("/n/x/1/0", "/n/1/nan/0", "/n/1/1/yes", "/n/1.0/1/1", "/n/" + "9" * 999 + "/1/1"):
        assert ask(assets, bad).status == 404
    assert ask(assets, "/need?size=3").text == "3 main"
    assert "no 'size'" in ask(assets, "/need").text
    assert ask(assets, "/need?size=x").status == 400
    assert ask(assets, "/need?" + "&".join(["a=1"] * 2000)).status == 400


class Chunks:
    def __iter__(self) -> Iterator[bytes]:
        return iter([b"x", b"y"])


def generate() -> Iterator[bytes]:
    yield b"a"
    yield b"b"


async def generate_async() -> AsyncIterator[bytes]:
    yield b"c"
    yield b"d"


@pytest.mark.parametrize(
    ("value", "body", "kind"),
    [
        (b"bytes", b"bytes", "application/octet-stream"),
        (bytearray(b"array"), b"array", "application/octet-stream"),
        (memoryview(b"0123456")[::2], b"0246", "application/octet-stream"),
        ("text é", "text é".encode(), "text/plain; charset=utf-8"),
        (np.array([1, 2], dtype="<u2"), b"\1\0\2\0", "application/octet-stream"),
        (np.zeros((2, 2), dtype="u1").T[:, :1], b"\0\0", "application/octet-stream"),
        (np.zeros((0, 3)), b"", "application/octet-stream"),
        (generate, b"ab", "application/octet-stream"),
        (generate_async, b"cd", "application/octet-stream"),
        ([b"l", b"m"], b"lm", "application/octet-stream"),
        (Chunks(), b"xy", "application/octet-stream"),
        (Response("<p>", type="text/html"), b"<p>", "text/html"),
        (Response(b"{}", headers={"Content-Type": "a/b"}), b"{}", "a/b"),
    ],
)
def test_what_a_route_may_return(value: Any, body: bytes, kind: str) -> None:
    assets = Assets()
    assets.route("x")(lambda: value() if callable(value) else value)
    got = ask(assets, "/x")
    assert (got.status, got.body, got.headers["content-type"]) == (200, body, kind)


def test_what_is_async_is_awaited() -> None:
    assets = Assets()

    @assets.route("text")
    async def text() -> str:
        return "later"

    class Later:
        async def __call__(self) -> str:
            return "called"

    assets.route("stream")(generate_async)
    assets.route("plain")(generate)
    assets.route("object")(Later())
    assert ask(assets, "/text").text == "later"
    assert ask(assets, "/stream").body == b"cd"
    answer = assets.answer(Request("GET", "/stream", {}, "main"))
    assert isinstance(answer, Routed)
    assert answer.is_async
    assert not cast("Routed", assets.answer(Request("GET", "/plain", {}, "main"))).is_async
    assert ask(assets, "/object").text == "called"


def test_the_type_comes_from_the_route_or_the_url() -> None:
    assets = Assets()
    assets.route("a/{x}.png")(lambda x: x.encode())
    assets.route("b.png", type="image/webp")(lambda: b"")
    assets.route("c.css")(lambda: "a{}")
    assert ask(assets, "/a/1.png").headers["content-type"] == "image/png"
    assert ask(assets, "/b.png").headers["content-type"] == "image/webp"
    assert ask(assets, "/c.css").headers["content-type"] == "text/css; charset=utf-8"


def test_a_path_is_served_as_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[1]")
    assets = Assets()
    assets.route("f/{name}")(lambda name: tmp_path / name)
    got = ask(assets, "/f/a.json", range="bytes=1-1")
    assert (got.status, got.text) == (206, "1")
    assert got.headers["content-type"] == "application/json; charset=utf-8"
    for absent in ("nothing", "a" * 300, "%01"):
        assert ask(assets, f"/f/{absent}").status == 404
    assets.route("folder")(lambda: tmp_path)
    assert ask(assets, "/folder").status == 404


def test_ranges_etags_and_head_work_for_routes() -> None:
    assets = Assets()
    calls: list[int] = []

    @assets.route("x")
    def x() -> bytes:
        calls.append(1)
        return b"0123456789"

    whole = ask(assets, "/x")
    assert ask(assets, "/x", range="bytes=2-3").body == b"23"
    assert ask(assets, "/x", if_none_match=whole.headers["etag"]).status == 304
    head = ask(assets, "/x", method="HEAD")
    assert (head.body, head.headers) == (b"", whole.headers)
    assert len(calls) == 4


def test_responses_say_more() -> None:
    assets = Assets()
    assets.route("made")(lambda: Response("made", status=201, headers={"X-Made": "1"}))
    assets.route("cached")(lambda: Response("x", headers={"cache-control": "max-age=9"}))
    assets.route("none")(lambda: None)
    got = ask(assets, "/made", range="bytes=0-0")
    assert (got.status, got.text, got.headers["x-made"]) == (201, "made", "1")
    assert ask(assets, "/cached").headers["cache-control"] == "max-age=9"
    assert ask(assets, "/none").status == 404


@pytest.mark.parametrize(
    "value",
    [
        {"a": 1},
        {1, 2},
        3,
        object(),
        Response("x", type="text/html\r\nX-Evil: 1"),
        Response("x", type="nonsense"),
        Response("x", headers={"X-A": "1\r\nX-B: 2"}),
        Response("x", headers={"X A": "1"}),
        Response("x", headers={"Content-Length": "1"}),
    ],
)
def test_what_cannot_be_sent_is_500(value: Any, caplog: pytest.LogCaptureFixture) -> None:
    assets = Assets()
    assets.route("x")(lambda: value)
    got = ask(assets, "/x")
    assert got.status == 500
    assert "x-evil" not in got.headers
    assert "x-b" not in got.headers
    assert "the route 'x'" in caplog.text


def test_a_failing_route_shows_its_traceback_in_development_only() -> None:
    def fail() -> bytes:
        raise ValueError("the secret reason")

    for dev in (True, False):
        assets = Assets(dev=dev)
        assets.route("x")(fail)
        got = ask(assets, "/x")
        assert got.status == 500
        assert ("the secret reason" in got.text) is dev


def two(x: str, y: str) -> str:
    return x + y


@pytest.mark.parametrize(
    ("pattern", "function", "message"),
    [
        ("_pytron/x", lambda: b"", "reserved"),
        ("a//b", lambda: b"", "malformed"),
        ("", lambda: b"", "malformed"),
        ("a/", lambda: b"", "malformed"),
        ("a/..", lambda: b"", "malformed"),
        ("a/{x", two, "malformed"),
        ("a/{x}{y}", two, "malformed"),
        ("a/{x}/{x}", two, "malformed"),
        ("a/{x:path}/{y}", two, "malformed"),
        ("a/pre{x:path}", two, "malformed"),
        ("a/{x:int}", two, "malformed"),
        ("a/{z}", two, "no parameter 'z'"),
        ("a/{x}", 3, "needs a function"),
    ],
)
def test_patterns_that_cannot_be_are_refused(
    pattern: str, function: Callable[..., Any], message: str
) -> None:
    with pytest.raises(AssetError, match=message):
        Assets().route(pattern)(function)


def test_functions_that_do_not_fit_are_refused() -> None:
    def listed(x: list[int]) -> bytes:
        return bytes(x)

    def positional(x: str, /) -> bytes:
        return x.encode()

    with pytest.raises(AssetError, match="a URL can't hold"):
        Assets().route("{x}")(listed)
    with pytest.raises(AssetError, match="positional-only"):
        Assets().route("{x}")(positional)
    with pytest.raises(AssetError, match="no media type"):
        Assets().route("x", type="png")


def test_a_collision_names_both() -> None:
    assets = Assets()
    assets.route("a/{x}")(lambda x: x)
    assets.route("a/{rest:path}")(lambda rest: rest)
    with pytest.raises(AssetError, match=r"'/a/\{y\}' and 'a/\{x\}'"):
        assets.route("/a/{y}")(lambda y: y)
    with pytest.raises(AssetError, match="answer the same paths"):
        assets.route("a/{other:path}")(lambda other: other)


def test_the_decorator_gives_the_function_back() -> None:
    def function() -> bytes:
        return b""

    assert Assets().route("x")(function) is function
