"""The inspector's page and what it asks for, below `/_pytron/inspect/`. It only reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import parse_qs

from pytron import bundled, codec
from pytron.assets.answers import Answer, Content, Request, etag_of, failure, serve
from pytron.inspector.recorder import Recorder

#: How long a question for more records is held before it is answered with none.
_WAIT_S: Final = 10.0
#: Those of the bundle, which is made by packages/pytron-inspector.
_FILES: Final[Mapping[str, str]] = {
    "index.html": "text/html; charset=utf-8",
    "inspector.js": "text/javascript; charset=utf-8",
    "inspector.css": "text/css; charset=utf-8",
}
#: Nothing but its own files: values of the app are shown in it, and none may become a script.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Serving:
    """Answers what the page asks."""

    def __init__(self, recorder: Recorder, facts: Callable[[], Mapping[str, Any]]) -> None:
        """Serve a recorder; `facts` gives what is so now: windows, versions."""
        self._recorder = recorder
        self._facts = facts

    def answer(self, request: Request, names: list[str]) -> Answer:
        """Answer for a path below `/_pytron/inspect/`."""
        name = "/".join(names) or "index.html"
        kind = _FILES.get(name)
        if kind is not None:
            data = bundled.inspector(name)
            headers = [("Content-Security-Policy", _POLICY)]
            content = Content(data, len(data), kind, etag_of(data), headers=headers)
            return serve(request, content)
        query = parse_qs(request.target.partition("?")[2], keep_blank_values=True)
        if name == "records":
            return self._records(query)
        if name == "state":
            history = self._recorder.histories.get(query.get("scope", ["app"])[0])
            if history is None:
                return failure(404, "there is no state of that scope")
            return _json(history.shown(_number(query, "after", -1)))
        return failure(404, "not found")

    def _records(self, query: Mapping[str, list[str]]) -> Answer:
        recorder = self._recorder
        wait_s = _WAIT_S if "wait" in query else 0.0
        found = recorder.changed(_number(query, "after", 0), wait_s)
        return _json(
            {
                "app": self._facts(),
                "version": found.version,
                "more": found.more,
                "dropped": recorder.records.dropped(),
                "lost": recorder.inbox.lost,
                "scopes": list(recorder.histories),
                "records": found.records,
            }
        )


def _number(query: Mapping[str, list[str]], name: str, default: int) -> int:
    text = query.get(name, [""])[0]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else default


def _json(value: object) -> Answer:
    body = codec.encode_plain(value)
    headers = [
        ("Content-Type", "application/json"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", "no-store"),
        ("Content-Length", str(len(body))),
    ]
    return Answer(200, headers, body)
