"""The frontend: files, documents, single-page apps, and what is missing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pytron.assets import Assets
from pytron.errors import AssetError

from .asking import ask

HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A built frontend, with a secret beside it."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "docs").mkdir()
    (folder / ".well-known").mkdir()
    (folder / "index.html").write_text("<!doctype html><title>home</title>")
    (folder / "about.html").write_text("about")
    (folder / "docs" / "index.html").write_text("docs")
    (folder / "assets" / "app-Bx3_9aQz.js").write_text("export {}")
    (folder / "big.bin").write_bytes(bytes(range(256)) * 1024)
    (folder / "a b é.txt").write_text("space")
    (folder / ".env").write_text("TOKEN=secret")
    (folder / ".well-known" / "x.txt").write_text("known")
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "inside.txt").symlink_to(folder / "about.html")
    (folder / "outside.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "up").symlink_to(tmp_path)
    (folder / "loop").symlink_to(folder / "loop")
    return folder


@pytest.mark.parametrize(
    ("target", "body", "kind"),
    [
        ("/", "<!doctype html><title>home</title>", "text/html; charset=utf-8"),
        ("/index.html", "<!doctype html><title>home</title>", "text/html; charset=utf-8"),
        ("/?q=1", "<!doctype html><title>home</title>", "text/html; charset=utf-8"),
        ("/about", "about", "text/html; charset=utf-8"),
        ("/docs/", "docs", "text/html; charset=utf-8"),
        ("/docs", "docs", "text/html; charset=utf-8"),
        ("/assets/app-Bx3_9aQz.js", "export {}", "text/javascript; charset=utf-8"),
        ("/a%20b%20%C3%A9.txt", "space", "text/plain; charset=utf-8"),
        ("/inside.txt", "about", "text/html; charset=utf-8"),
        ("/.well-known/x.txt", "known", "text/plain; charset=utf-8"),
    ],
)
def test_files_are_served(site: Path, target: str, body: str, kind: str) -> None:
    got = ask(Assets(site), target)
    assert (got.status, got.text, got.headers["content-type"]) == (200, body, kind)
    assert got.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "target",
    [
        "/nothing",
        "/nothing.js",
        "/assets",
        "/assets/",
        "//index.html",
        "/./index.html",
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/%2E%2e%2fsecret.txt",
        "/..%5csecret.txt",
        "/..\\secret.txt",
        "/%5C%5Cserver%5Cshare",
        "//server/share",
        "/C:/windows/win.ini",
        "/C%3A/windows/win.ini",
        "/index.html%00.png",
        "/index.html::$DATA",
        "/index.html.",
        "/index.html%20",
        "/%2findex.html",
        "/index%2ehtml",
        "/outside.txt",
        "/up/secret.txt",
        "/up/dist/index.html/x",
        "/loop",
        "/loop/x",
        "/.env",
        "/.ENV",
        "/docs/.hidden",
        "/CON",
        "/nul.txt",
        "/com1.log",
        "/docs/aux",
        "/~root",
        "/" + "a" * 300,
        "/" + "a/" * 2000,
    ],
)
def test_what_is_elsewhere_hidden_or_absent_is_404(site: Path, target: str) -> None:
    got = ask(Assets(site), target)
    assert got.status == 404
    assert b"secret" not in got.body


@pytest.mark.parametrize(
    "target", ["", "x", "http://localhost/", "/%", "/%zz", "/%ff", "/a b", "/\n", "/\ud800", "/a#b"]
)
def test_malformed_targets_are_400(site: Path, target: str) -> None:
    assert ask(Assets(site), target).status == 400
    assert ask(Assets(site), "/" + "a" * 10_000).status == 400


@pytest.mark.parametrize("target", ["/users/7", "/users/7/", "/deep/er/still?x=.js"])
def test_paths_of_the_page_own_router_get_the_index(site: Path, target: str) -> None:
    assets = Assets(site)
    got = ask(assets, target, **HTML)
    assert (got.status, got.text) == (200, "<!doctype html><title>home</title>")
    assert ask(assets, target).status == 404  # a script, an image, a fetch
    assert ask(assets, target, accept="*/*").status == 404


@pytest.mark.parametrize(
    "target",
    ["/nothing.js", "/users/7.5", "/.env", "/..%2fetc", "/up/x", "/_pytron/x", "/nul", "/a/../b"],
)
def test_nothing_else_gets_the_index(site: Path, target: str) -> None:
    if target == "/up/x":  # a link that leads out is like a folder that isn't there
        assert ask(Assets(site), target, **HTML).text == "<!doctype html><title>home</title>"
    else:
        assert ask(Assets(site), target, **HTML).status == 404


def test_a_changed_file_is_read_again(site: Path) -> None:
    assets = Assets(site)
    first = ask(assets, "/about")
    assert ask(assets, "/about").headers["etag"] == first.headers["etag"]
    (site / "about.html").write_text("other")
    os.utime(site / "about.html", ns=(1, 1))
    second = ask(assets, "/about")
    assert second.text == "other"
    assert second.headers["etag"] != first.headers["etag"]


def test_a_document_that_was_looked_through_before_is_served_as_it_is_now(site: Path) -> None:
    assets = Assets(site)
    assets.prepare()
    (site / "index.html").write_text("<p>new</p><script>f()</script>", "utf-8")
    answer = ask(assets, "/")
    assert answer.body == b"<p>new</p><script>f()</script>"
    assert "sha256-" in answer.headers["content-security-policy"]


def test_what_is_missing_is_told_when_it_is_asked_for(tmp_path: Path) -> None:
    assets = Assets(tmp_path / "dist")
    assets.prepare()
    assert ask(assets, "/").status == 404


def test_a_large_file_is_a_slice(site: Path) -> None:
    assets = Assets(site)
    got = ask(assets, "/big.bin")
    assert got.body == (site / "big.bin").read_bytes()
    assert got.headers["content-type"] == "application/octet-stream"
    part = ask(assets, "/big.bin", range="bytes=255-257")
    assert (part.status, part.body) == (206, b"\xff\x00\x01")
    assert part.headers["content-range"] == "bytes 255-257/262144"


def test_one_html_file_is_all_there_is(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<p>page")
    (tmp_path / "app.py").write_text("SECRET")
    assets = Assets(page)
    assets.check()
    assert ask(assets, "/").text == "<p>page"
    assert ask(assets, "/page.html").text == "<p>page"
    assert ask(assets, "/route", **HTML).text == "<p>page"
    assert ask(assets, "/app.py").status == 404
    link = tmp_path / "elsewhere" / "link.html"
    link.parent.mkdir()
    link.symlink_to(page)
    assert ask(Assets(link), "/").text == "<p>page"
    assert ask(Assets(link), "/page.html").status == 404


def test_a_missing_frontend_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match="build the frontend first"):
        Assets(tmp_path / "dist").check()
    (tmp_path / "package.json").write_text("{}")
    with pytest.raises(AssetError, match="run `pytron build --install` first"):
        Assets(tmp_path / "dist").check()
    empty = tmp_path / "web" / "page"
    empty.mkdir(parents=True)
    with pytest.raises(AssetError, match=r"has no index.html: set `frontend`"):
        Assets(empty).check()
    got = ask(Assets(empty), "/")
    assert got.status == 404
    assert "has no index.html" in got.text
    Assets(None).check()
    assert ask(Assets(None), "/").status == 404


def test_a_file_that_cannot_be_read_is_404(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert ask(Assets(site), "/about").status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "get", ""])
def test_other_methods_are_405(site: Path, method: str) -> None:
    got = ask(Assets(site), "/", method=method)
    assert (got.status, got.headers["allow"]) == (405, "GET, HEAD")


def test_head_is_get_without_the_body(site: Path) -> None:
    assets = Assets(site)
    for target in ("/", "/big.bin", "/nothing"):
        head, get = ask(assets, target, method="HEAD"), ask(assets, target)
        assert (head.status, head.headers) == (get.status, get.headers)
        assert head.body in (b"", get.body)
    assert ask(assets, "/", method="HEAD").body == b""
    assert ask(assets, "/big.bin", method="HEAD", range="bytes=0-1").status == 200


def test_what_is_read_ahead_is_served_and_what_is_missing_is_told_later(tmp_path: Path) -> None:
    missing = Assets(tmp_path / "dist")
    missing.prepare()
    assert ask(missing, "/").status == 404
    (tmp_path / "index.html").write_text("<script>first()</script>", "utf-8")
    assets = Assets(tmp_path)
    assets.prepare()
    before = ask(assets, "/")
    (tmp_path / "index.html").write_text("<script>second, and longer()</script>", "utf-8")
    after = ask(assets, "/")
    assert before.status == after.status == 200
    assert before.headers != after.headers  # another hash of another script
