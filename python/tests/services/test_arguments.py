"""What users are likely to give services by mistake, and what they are told."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any, cast

import pytest
from pytron import App, CallError
from pytron.services.desk import SERVICES
from pytron.services.dialogs import Filter
from pytron.services.menus import Item
from pytron.testing import TestClient

NOTE = {"mime": "application/x-notes", "name": "Note"}


@pytest.mark.parametrize(
    ("call", "words"),
    [
        # A text instead of a list would be taken letter by letter.
        (lambda app: app.dialogs.message("?", buttons="OK"), "buttons='OK' must be a list, each"),
        (lambda app: app.autostart.enable("--hidden"), "args='--hidden' must be a list"),
        (lambda app: app.links.register_files("note", **NOTE), "extensions='note' must be a list"),
        (lambda app: app.clipboard.write_files("a.txt"), "paths='a.txt' must be a list"),
        # What has a class of its own.
        (lambda app: app.dialogs.open_file(filters=["png"]), "filters[0]='png' must be like Filt"),
        (
            lambda app: app.dialogs.save_file(filters=[Filter("Pictures", "png")]),
            "filters[0].extensions='png' must be a list",
        ),
        (lambda app: app.menus.set([{"id": "a"}]), 'must be like Item("Open…", "open", keys='),
        (
            lambda app: app.tray.show("a.png", items=[Item("A", items=cast("Any", ["b"]))]),
            "items[0].items[0]='b' must be like Item(",
        ),
        (lambda app: app.notifications.show("a", actions=["Reply"]), 'like Action("reply", "Re'),
        # Another kind of value, and what only looks right.
        (lambda app: app.clipboard.write_text(3), "text=3 must be a text"),
        (lambda app: app.clipboard.write_image(Path("a.png")), "must be bytes"),
        (lambda app: app.clipboard.write_image(b"GIF89a"), "no whole PNG"),
        (lambda app: app.secrets.set("token", None), "value=None must be a text"),
        (lambda app: app.badge.count("3"), "number='3' must be a whole number"),
        (lambda app: app.badge.progress(40), "from 0 to 1"),
        (lambda app: app.opener.url(Path("/etc/hosts")), "must be a text"),
        (lambda app: app.opener.url("/etc/hosts"), "a file is for opener.file"),
        (lambda app: app.opener.file(None), "path=None must be a path"),
        (lambda app: app.dialogs.message("?", level="loud"), "one of info, warning, error, qu"),
        (lambda app: app.dialogs.message("x" * 999, level=1), "level=1 must be"),
        (lambda app: app.notifications.show("a", icon="none.png"), "is not there"),
        (lambda app: app.shortcuts.register("show", None), "keys=None must be a text"),
        (lambda app: app.links.register_scheme("notes://"), "without ':'"),
        (lambda app: app.links.register_scheme("HTTP"), "no scheme for an app"),
        (lambda app: app.links.register_scheme("öl"), "no scheme for an app"),
        (
            lambda app: app.links.register_files(["note"], mime="x notes/a;b", name="Note"),
            "such as application/x-notes",
        ),
        (lambda app: app.links.register_files(["a b"], **NOTE), "such as note or tar.gz"),
    ],
)
def test_likely_mistake_is_refused_with_its_remedy(call: Any, words: str) -> None:
    app = App("Mistaken")
    with TestClient(app), pytest.raises(CallError, match=re.escape(words)) as refused:
        call(app).result()
    assert refused.value.code == "invalid_arguments"


def test_what_fits_is_let_through_and_python_says_what_is_missing() -> None:
    app = App("Mistaken")
    with TestClient(app):
        for fits in (
            app.dialogs.open_file(folder="~"),  # pyright: ignore[reportArgumentType] - text will do
            app.menus.set([Item("File", items=(Item("Open", "open"),))]),
            app.menus.popup([], x=1, y=None),
        ):
            with pytest.raises(CallError) as refused:
                fits.result()
            assert refused.value.code == "unsupported"  # by the engine without windows
        with pytest.raises(TypeError, match="required"):
            app.shortcuts.register("show")  # pyright: ignore[reportCallIssue] - that is the test
        with pytest.raises(TypeError, match="unexpected"):
            app.dialogs.message("?", button=[])  # pyright: ignore[reportCallIssue] - so is this


def test_every_method_that_answers_looks_at_its_arguments() -> None:
    unchecked = [
        f"{name}.{method.__name__}"
        for name in SERVICES.names()
        for method in vars(SERVICES.find(name)).values()
        if inspect.isfunction(method) and not method.__name__.startswith("_")
        if "Answer" in str(method.__annotations__.get("return"))
        if not hasattr(method, "__wrapped__")
    ]
    assert unchecked == []
