"""What pages write to their consoles, on its way to the terminal."""

from __future__ import annotations

import io
import logging
from types import SimpleNamespace
from typing import Any

import pytest
from pytron import App
from pytron.development.console import PageLog, heard
from pytron.devserver.terminal import Terminal
from pytron.testing import TestClient

SESSION: Any = SimpleNamespace(label="main")


def said(data: object) -> list[tuple[str, str, str]]:
    lines: list[tuple[str, str, str]] = []
    heard(SESSION, data, lambda *line: lines.append(line))
    return lines


def test_lines_are_said_with_their_level_and_window() -> None:
    assert said({"lines": [["info", "one"], ["error", "two\nlines"]], "lost": 0}) == [
        ("info", "main", "one"),
        ("error", "main", "two\nlines"),
    ]


def test_lines_that_were_too_many_are_counted() -> None:
    assert said({"lines": [["info", "one"]], "lost": 7})[-1] == (
        "warning",
        "main",
        "7 more lines came too fast to be shown",
    )


def test_a_page_cannot_command_the_terminal() -> None:
    ((_, _, text),) = said({"lines": [["info", "\x1b[2Jgone\r\x07\x9b1m\tkept\nkept"]]})
    assert text == "\\x1b[2Jgone\\x0d\\x07\\x9b1m\tkept\nkept"


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "lines",
        {"lines": "x"},
        {"lines": [None, 1, [], ["info"], ["loud", "x"], [1, "x"], ["info", 2]]},
        {"lines": [], "lost": "many"},
        {"lines": [], "lost": -1},
    ],
)
def test_what_is_malformed_says_nothing(data: object) -> None:
    assert said(data) == []


def test_a_long_line_is_cut() -> None:
    ((_, _, text),) = said({"lines": [["info", "x" * 100_000]]})
    assert len(text) == 8_192


def test_errors_that_are_logged_of_a_page_are_said_as_its_own() -> None:
    lines: list[tuple[str, str, str]] = []
    logger = logging.getLogger("pytron.page.test")
    handler = PageLog(lambda *line: lines.append(line))
    logger.addHandler(handler)
    try:
        logger.error("[%s] %s", "settings", "TypeError: no\x1b[m")
    finally:
        logger.removeHandler(handler)
    assert lines == [("error", "settings", "TypeError: no\\x1b[m")]


def test_without_a_keeper_it_goes_into_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PYTRON_DEV", "1")
    with caplog.at_level(logging.INFO, "pytron.page"), TestClient(App("Said")) as page:
        page.send({"kind": "tool", "name": "console", "data": {"lines": [["info", "hi"]]}})
        page.sync()
    assert "[main] hi" in caplog.messages


def shown(level: str, only: tuple[str, ...] = ()) -> str:
    out = io.StringIO()
    terminal = Terminal(["app", "page"], only, level=level, out=out)
    for name in ("debug", "info", "warning", "error"):
        terminal.said({"level": name, "label": "main", "text": f"a {name}"})
    terminal.said({"level": "error", "label": "settings", "text": "of\nanother"})
    return out.getvalue()


def test_the_terminal_labels_pages_and_says_which_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    assert shown("info").splitlines() == [
        "page │ a info",
        "page │ warning: a warning",
        "page │ error: a error",
        "page │ [settings] error: of",
        "page │ another",
    ]
    assert "a debug" in shown("debug")
    assert shown("error").splitlines()[0] == "page │ error: a error"
    assert shown("info", ("app",)) == ""


def test_what_is_serious_has_a_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[31merror: a error\x1b[0m" in shown("error")


def test_what_webkit_writes_of_a_console_is_not_shown_again() -> None:
    out = io.StringIO()
    terminal = Terminal(["window"], out=out)
    with open(terminal.pipe("window"), "w", encoding="utf-8") as window:  # noqa: PTH123
        window.write("http://localhost:3000/a.js:761:33: CONSOLE LOG told already\n")
        window.write("pytron://localhost/main.js:1:1: CONSOLE JS ERROR SyntaxError: no\n")
    assert len(terminal.tail("window")) == 2
    assert out.getvalue() == (
        "window │ pytron://localhost/main.js:1:1: CONSOLE JS ERROR SyntaxError: no\n"
    )
