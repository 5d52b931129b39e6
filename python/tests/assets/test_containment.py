"""Whatever a page asks for, it gets nothing from outside, and always an answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pytron.assets import Answer, Assets, FileSlice, Request, Routed
from pytron.assets.paths import is_safe_name, parse_target

from .asking import read

SECRET = b"the secret outside"

PIECES = st.sampled_from(
    [
        *(
            "..",
            ".",
            "",
            "/",
            "//",
            "\\",
            "%2e",
            "%2E%2e",
            "%2f",
            "%5c",
            "%252e%252e",
            "%00",
            "%c0%ae",
        ),
        *(
            "secret",
            "secret.txt",
            "dist",
            "index.html",
            "sub",
            "link",
            "out",
            "up",
            "inner",
            "a.txt",
        ),
        *(
            "C:",
            "c%3a",
            "::$DATA",
            "~",
            ".env",
            "%2eenv",
            "con",
            "NUL.txt",
            " ",
            "%20",
            ".",
            "?",
            "#",
        ),
        *(
            "_pytron",
            "blob",
            "client.js",
            "..;",
            "%u002e",
            "．．",
            "%ef%bc%8e",
            "\u2215",
            "\x00",
            "é",
        ),
    ]
)
TARGETS = st.builds(
    "{}{}".format,
    st.sampled_from(["/", "", "//", "/sub/", "/up/", "/link/", "/files/"]),
    st.lists(PIECES | st.text(max_size=3), max_size=8).map("/".join)
    | st.lists(PIECES, max_size=8).map("".join),
)
HEADERS = st.dictionaries(
    st.sampled_from(["range", "if-none-match", "if-modified-since", "if-range", "accept"]),
    st.sampled_from(["bytes=0-", "bytes=-5", "text/html", "*", '"x"', "\x00", ""]) | st.text(),
)


@pytest.fixture(scope="module")
def assets(tmp_path_factory: pytest.TempPathFactory) -> Assets:
    """A frontend with links in and out, beside a secret."""
    root = tmp_path_factory.mktemp("containment")
    folder = root / "dist"
    (folder / "sub" / "inner").mkdir(parents=True)
    for file in ("index.html", "a.txt", "sub/a.txt", "sub/inner/a.txt"):
        (folder / file).write_text("inside")
    for place in (root / "secret.txt", root / "secret", folder / ".env", root / "distant"):
        place.write_bytes(SECRET)
    (folder / "link").symlink_to(folder / "sub")
    (folder / "out").symlink_to(root / "secret.txt")
    (folder / "up").symlink_to(root)
    (folder / "sub" / "up").symlink_to(Path("..") / "..")
    made = Assets(folder, client=b"inside")

    @made.route("files/{rest:path}")
    def files(rest: str) -> Path:
        return folder / "sub" / "inner" / rest

    @made.route("name/{name}")
    def name(name: str) -> str:
        assert "/" not in name
        assert "\\" not in name
        assert name not in ("", ".", "..")
        return "inside"

    return made


@settings(max_examples=1500, deadline=None)
@given(target=TARGETS, method=st.sampled_from(["GET", "HEAD", "GET", "POST"]), headers=HEADERS)
@example("/up/secret.txt", "GET", {})
@example("/sub/up/secret", "GET", {})
@example("/out", "GET", {})
@example("/../secret.txt", "GET", {"accept": "text/html"})
@example("/files/../../../secret.txt", "GET", {})
@example("/files/..%2f..%2f..%2fsecret.txt", "GET", {})
@example("/name/%2e%2e", "GET", {})
@example("/name/a%2fb", "GET", {})
@example("/distant", "GET", {})
def test_nothing_outside_is_ever_served(
    assets: Assets, target: str, method: str, headers: dict[str, str]
) -> None:
    request = Request(method, target, headers, "main")
    answer = assets.answer(request)
    if isinstance(answer, Routed):
        answer = answer.finish(answer.function(**answer.arguments), request)
    assert isinstance(answer, Answer)
    assert answer.status in (200, 206, 304, 400, 404, 405, 416)
    if isinstance(answer.body, FileSlice):
        assert "dist" in answer.body.path.parts
    body = read(answer)
    assert SECRET not in body
    if answer.status == 200 and method == "GET":
        assert body == b"inside"


@given(st.text(max_size=20) | st.lists(PIECES, max_size=4).map("".join))
def test_a_safe_name_is_one_visible_component(name: str) -> None:
    if is_safe_name(name):
        joined = Path("root") / name
        assert joined.parts == ("root", name)
        assert joined.name == name
        assert not name.startswith(".") or name == ".well-known"


@given(st.text(max_size=60))
def test_a_target_is_taken_apart_or_refused(text: str) -> None:
    target = parse_target("/" + text)
    if target is not None:
        assert len(target.raw) == len(target.names) >= 1
        assert "/".join(target.raw) == text.partition("?")[0]


def test_a_target_is_decoded_once() -> None:
    target = parse_target("/%252e%252e/%25/a%2Fb?x=%2e")
    assert target is not None
    assert target.names == ["%2e%2e", "%", "a/b"]
    assert target.query == "x=%2e"
