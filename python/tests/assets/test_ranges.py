"""Ranges, conditions and dates, by RFC 9110."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytron.assets import Assets
from pytron.assets.ranges import format_date, parse_date, parse_range

from .asking import ask


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=2-5", (2, 4)),
        ("bytes=5-", (5, 5)),
        ("bytes=0-99", (0, 10)),
        ("bytes=9-9", (9, 1)),
        ("bytes=-3", (7, 3)),
        ("bytes=-99", (0, 10)),
        ("Bytes = 1 - 2 ", (1, 2)),
        ("bytes=10-", (10, 0)),
        ("bytes=99-100", (99, 0)),
        ("bytes=-0", (10, 0)),
        ("bytes=5-2", None),
        ("bytes=-", None),
        ("bytes=", None),
        ("bytes=a-b", None),
        ("bytes=0-1,4-5", None),
        ("lines=0-1", None),
        ("bytes=--1", None),
        ("bytes=" + "9" * 5000 + "-", None),
        ("bytes=٣-", None),
        ("", None),
    ],
)
def test_ranges(header: str, expected: tuple[int, int] | None) -> None:
    assert parse_range(header, 10) == expected


@given(st.text(alphabet="bytes=0123456789-, \t٣", max_size=30), st.integers(0, 50))
def test_a_range_is_always_inside(header: str, size: int) -> None:
    found = parse_range(header, size)
    if found is not None and found[1]:
        assert 0 <= found[0] < size
        assert found[0] + found[1] <= size


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    (tmp_path / "index.html").write_text("x")
    (tmp_path / "ten.txt").write_text("0123456789")
    return Assets(tmp_path)


def test_a_range_outside_is_416(assets: Assets) -> None:
    got = ask(assets, "/ten.txt", range="bytes=10-")
    assert (got.status, got.headers["content-range"]) == (416, "bytes */10")


def test_several_ranges_get_the_whole(assets: Assets) -> None:
    got = ask(assets, "/ten.txt", range="bytes=0-1,4-5")
    assert (got.status, got.text) == (200, "0123456789")


def test_an_etag_that_matches_is_304(assets: Assets) -> None:
    tag = ask(assets, "/ten.txt").headers["etag"]
    for known in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        got = ask(assets, "/ten.txt", if_none_match=known)
        assert (got.status, got.body) == (304, b"")
        assert got.headers["etag"] == tag
        assert "content-type" not in got.headers
    for known in ('"x"', tag.strip('"'), ""):
        assert ask(assets, "/ten.txt", if_none_match=known).status == 200
    assert ask(assets, "/ten.txt", if_none_match=tag, range="bytes=0-1").status == 304


def test_a_date_counts_only_without_an_etag(assets: Assets) -> None:
    date = ask(assets, "/ten.txt").headers["last-modified"]
    assert ask(assets, "/ten.txt", if_modified_since=date).status == 304
    assert ask(assets, "/ten.txt", if_modified_since=format_date(0)).status == 200
    assert ask(assets, "/ten.txt", if_modified_since="yesterday").status == 200
    assert ask(assets, "/ten.txt", if_modified_since=date, if_none_match='"x"').status == 200


def test_if_range_guards_a_range(assets: Assets) -> None:
    whole = ask(assets, "/ten.txt")
    tag, date = whole.headers["etag"], whole.headers["last-modified"]
    for same in (tag, date):
        assert ask(assets, "/ten.txt", range="bytes=0-1", if_range=same).status == 206
    for other in ('"x"', f"W/{tag}", format_date(0), "nonsense"):
        assert ask(assets, "/ten.txt", range="bytes=0-1", if_range=other).status == 200


@given(st.integers(0, 253402300799))
def test_dates_survive(moment: int) -> None:
    assert parse_date(format_date(moment)) == moment


def test_dates_are_written_as_http_wants() -> None:
    assert format_date(784111777.9) == "Sun, 06 Nov 1994 08:49:37 GMT"
    for bad in ("", "Sun, 06 Nov 1994", "Sun, 06 Xxx 1994 08:49:37 GMT", "06 Nov 1994"):
        assert parse_date(bad) is None


@given(st.text(max_size=40))
def test_no_text_breaks_the_date_parser(text: str) -> None:
    parse_date(text)
    parse_date(f"Sun, {text[:2]:>2} Nov 1994 08:49:37 GMT")
