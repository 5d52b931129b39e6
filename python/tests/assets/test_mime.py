"""Media types: ours, whatever the machine says."""

from __future__ import annotations

import mimetypes
import re

import pytest
from pytron.assets.mime import TYPES, is_html, type_of


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.js", "text/javascript; charset=utf-8"),
        ("a.MJS", "text/javascript; charset=utf-8"),
        ("dir.d/a.css", "text/css; charset=utf-8"),
        ("a.min.html", "text/html; charset=utf-8"),
        ("a.wasm", "application/wasm"),
        ("a.js.map", "application/json; charset=utf-8"),
        ("a.woff2", "font/woff2"),
        ("a.svg", "image/svg+xml; charset=utf-8"),
        ("a.webmanifest", "application/manifest+json; charset=utf-8"),
        ("a", None),
        ("a.unknown", None),
        (".js", None),
        ("dir.js/a", None),
        ("", None),
    ],
)
def test_types(name: str, kind: str | None) -> None:
    assert type_of(name) == kind


def test_the_machine_has_no_say() -> None:
    mimetypes.add_type("text/plain", ".js")
    try:
        assert type_of("a.js") == "text/javascript; charset=utf-8"
    finally:
        mimetypes.init()


def test_the_table_is_well_formed() -> None:
    for ending, kind in TYPES.items():
        assert re.fullmatch(r"[a-z0-9]+", ending)
        assert re.fullmatch(r"[a-z]+/[a-z0-9.+-]+(; charset=utf-8)?", kind)


def test_documents_are_what_can_run_scripts() -> None:
    assert is_html("Text/HTML; charset=x")
    assert is_html("image/svg+xml")
    assert not is_html("text/plain")
