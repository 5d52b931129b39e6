"""The page that a window shows instead of nothing."""

from __future__ import annotations

from typing import Final

HTML: Final = "text/html; charset=utf-8"

_WORDS: Final = {
    "crashed": (
        "This page stopped working",
        "It was loaded again several times and stopped each time. Close the window and open the "
        "app again; if that does not help, its log says more.",
    ),
    "blank": (
        "This window cannot show its page",
        "The graphics of this computer and its web view do not work together, with the processor "
        "drawing neither. `pytron doctor` says what is known of them; PYTRON_ENGINE=chrome or "
        "PYTRON_ENGINE=server shows the app in another way. The app's log has the reason.",
    ),
    "failed": (
        "This page could not be loaded",
        "Its server may not be running. The app's log has the address and the reason.",
    ),
}

_PAGE: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<style>
body {{ margin: 0; min-height: 100vh; display: grid; place-content: center; padding: 2rem;
  font: 16px/1.6 system-ui, sans-serif; background: Canvas; color: CanvasText; }}
main {{ max-width: 32rem; }}
h1 {{ font-size: 1.4rem; margin: 0 0 .5rem; }}
p {{ margin: 0; opacity: .8; }}
</style>
<main role="alert"><h1>{title}</h1><p>{text}</p></main></html>
"""


def error_page(cause: str) -> bytes:
    """The page for a cause: `crashed`, `blank` or `failed`. Any other counts as `failed`."""
    title, text = _WORDS.get(cause, _WORDS["failed"])
    return _PAGE.format(title=title, text=text).encode()
