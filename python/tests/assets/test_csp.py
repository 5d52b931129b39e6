"""The policy of documents: what runs, and what doesn't."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytron.assets import Assets, Response
from pytron.assets.csp import inline_of
from pytron.errors import AssetError

from .asking import ask


def hash_of(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def policy_of(assets: Assets, target: str = "/") -> dict[str, list[str]]:
    text = ask(assets, target).headers["content-security-policy"]
    rules = [rule.split() for rule in text.split(";")]
    return {name: sources for name, *sources in rules}


@pytest.fixture
def page(tmp_path: Path) -> Path:
    file = tmp_path / "index.html"
    file.write_bytes(
        b"\xef\xbb\xbf<!doctype html>\r\n<script>\r\nlet a = '<b>' && 1\r\n</script>"
        b"<script type=module src=/app.js></script>"
        b'<script type="importmap">{"imports":{}}</script>'
        b"<p onclick='go(&quot;x&quot;)' title=onload><!-- <script>no</script> --></p>"
        b"<style>p{}</style>"
    )
    return tmp_path


def test_a_document_gets_the_policy(page: Path) -> None:
    (page / "app.js").write_text("")
    rules = policy_of(Assets(page))
    assert rules["default-src"] == ["'self'"]
    assert rules["object-src"] == rules["frame-ancestors"] == ["'none'"]
    assert rules["connect-src"] == ["'self'", "data:", "blob:", "https:", "wss:"]
    assert "'unsafe-inline'" not in rules["script-src"]
    assert "'unsafe-eval'" not in rules["script-src"]
    assert "content-security-policy" not in ask(Assets(page), "/app.js").headers


def test_the_inline_scripts_of_the_frontend_are_let_by_hash(page: Path) -> None:
    hashes = [source for source in policy_of(Assets(page))["script-src"] if "sha256" in source]
    assert hashes == [
        hash_of("\nlet a = '<b>' && 1\n"),
        hash_of('{"imports":{}}'),
        hash_of('go("x")'),
    ]
    assert "'unsafe-hashes'" in policy_of(Assets(page))["script-src"]


def test_a_page_without_handlers_needs_no_unsafe_hashes(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<script>1</script>")
    assert "'unsafe-hashes'" not in policy_of(Assets(tmp_path))["script-src"]


def test_a_large_document_is_hashed_too(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<p>" + "x" * 100_000 + "<script>1</script>")
    assert hash_of("1") in policy_of(Assets(tmp_path))["script-src"]


def test_documents_of_routes_run_no_inline_script(page: Path) -> None:
    assets = Assets(page)
    assets.route("made.html")(lambda: "<script>evil()</script>")
    assets.route("own")(
        lambda: Response("x", "text/html", headers={"Content-Security-Policy": "sandbox"})
    )
    rules = policy_of(assets, "/made.html")
    assert not any("sha256" in source for source in rules["script-src"])
    assert policy_of(assets, "/own") == {"sandbox": []}
    assets.route("pic.svg")(lambda: "<svg/>")
    assert "script-src" in policy_of(assets, "/pic.svg")


def test_the_policy_can_be_replaced_and_disabled(page: Path) -> None:
    own = policy_of(Assets(page, csp="default-src 'none'; script-src 'self' {hashes}"))
    assert own["default-src"] == ["'none'"]
    assert hash_of('{"imports":{}}') in own["script-src"]
    assert "content-security-policy" not in ask(Assets(page, csp=False), "/").headers
    for bad in ("a\r\nX: 1", "é"):
        with pytest.raises(AssetError, match="one line"):
            Assets(page, csp=bad)
    with pytest.raises(AssetError, match="csp=True"):
        Assets(page, csp=True)


def test_an_origin_that_is_not_self_can_be_named(page: Path) -> None:
    rules = policy_of(Assets(page, origin="pytron://localhost"))
    assert rules["default-src"] == ["'self'", "pytron://localhost"]
    assert "pytron://localhost" in rules["connect-src"]


def test_the_hashes_follow_the_file(page: Path) -> None:
    assets = Assets(page)
    ask(assets, "/")
    (page / "index.html").write_text("<script>other</script>")
    assert hash_of("other") in policy_of(assets)["script-src"]


@given(st.binary(max_size=200) | st.text(alphabet="<script>/ on=\"'!-&;\r\n\0", max_size=200))
def test_no_document_breaks_the_search(document: bytes | str) -> None:
    found = inline_of(document if isinstance(document, bytes) else document.encode())
    assert all(source.startswith("'sha256-") for source in [*found.scripts, *found.handlers])
